export const help = `gwlint checks that nginx, the socket, Gunicorn / uWSGI / uvicorn and the Python entry file fit together.

Usage
  gwlint [options] [path ...]     lint a folder (default: .) or what belongs to a file
  gwlint path [path ...]          show the way of a request through the stack
  gwlint explain <rule>           what a rule finds, with examples
  gwlint rules                    list all rules

Output
  --format <pretty|json|compact>  default pretty
  --level <error|warning|info>    show nothing weaker; default info
  --color <auto|always|never>     NO_COLOR and FORCE_COLOR are respected
  -v, --verbose                   list what could not be checked

Choice
  --select <rule or group,...>    only these
  --ignore <rule or group,...>    all but these
  --fail-on <error|warning|never> when to exit with 1; default warning
  --target-version <nginx=1.22,gunicorn=20.1,uwsgi=2.0>
                                  judge as these versions do, whatever the files tell
  --allow-outside                 follow links and includes out of the folder
  --allow-empty                   nothing to lint is no failure

Repair
  --fix                           apply safe fixes
  --unsafe-fixes                  apply all fixes that are not alternatives
  --diff                          print them as a patch instead of writing

  -h, --help    --version

Exit codes: 0 nothing found, 1 findings, 2 could not run.

Examples
  gwlint                          lint the deployment in this folder
  gwlint /etc/nginx               lint this machine's nginx
  gwlint --diff | git apply       look at the safe fixes first, then take them
  gwlint path deploy/             see which server answers which location
`;
