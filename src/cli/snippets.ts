/** A file that makes a hook or a pipeline run gwlint. */
export interface Snippet {
  readonly id: 'pre-commit' | 'github' | 'gitlab' | 'circleci' | 'jenkins';
  readonly title: string;
  /** Where the tool looks for it. */
  readonly path: string;
  /** What shows that a project uses the tool, beside the file itself. */
  readonly signs: readonly string[];
  readonly text: (version: string) => string;
}

/** The same texts stand in docs/ci, and a test holds them equal. */
export const snippets: readonly Snippet[] = [
  {
    id: 'pre-commit',
    title: 'pre-commit',
    path: '.pre-commit-config.yaml',
    signs: ['.git'],
    text: version => `repos:
  - repo: local
    hooks:
      - id: gwlint
        name: gwlint
        language: node
        additional_dependencies: ["gwlint@${version}"]
        entry: gwlint
        # Half a deployment cannot be judged: the whole repository is read.
        pass_filenames: false
`,
  },
  {
    id: 'github',
    title: 'GitHub Actions',
    path: '.github/workflows/gwlint.yml',
    signs: ['.github'],
    text: version => `name: gwlint
on: [push, pull_request]
permissions:
  contents: read
jobs:
  gwlint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      # Findings stand beside the lines of a pull request: in GitHub Actions annotations are added by themselves.
      - run: npx --yes gwlint@${version}
`,
  },
  {
    id: 'gitlab',
    title: 'GitLab CI',
    path: '.gitlab-ci.yml',
    signs: [],
    text: version => `gwlint:
  image: node:22-slim
  script:
    - npx --yes gwlint@${version} --format pretty --format gitlab=gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
`,
  },
  {
    id: 'circleci',
    title: 'CircleCI',
    path: '.circleci/config.yml',
    signs: ['.circleci'],
    text: version => `version: 2.1
jobs:
  gwlint:
    docker:
      - image: cimg/node:22.12
    steps:
      - checkout
      - run: npx --yes gwlint@${version} --format pretty --format junit=reports/gwlint.xml
      - store_test_results:
          path: reports
workflows:
  lint:
    jobs: [gwlint]
`,
  },
  {
    id: 'jenkins',
    title: 'Jenkins',
    path: 'Jenkinsfile',
    signs: [],
    text: version => `pipeline {
  agent { docker { image 'node:22-slim' } }
  environment { HOME = "\${env.WORKSPACE}" }
  stages {
    stage('gwlint') {
      steps {
        sh 'npx --yes gwlint@${version} --format pretty --format junit=gwlint.xml'
      }
      post { always { junit 'gwlint.xml' } }
    }
  }
}
`,
  },
];
