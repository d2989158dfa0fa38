import { writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { FormatContext } from '../report/format.js';
import { prettyReport } from '../report/pretty.js';
import { type Report, relocate } from '../report/report.js';
import type { SourceFile } from '../text/source.js';
import type { Options, Output } from './args.js';
import type { Format } from './options.js';
import { type Io, wantsColour, wantsLinks } from './output.js';
import type { LoadRules } from './rules.js';
import { pageLink, pageText, type Tool, webPage } from './tool.js';

type Render = (report: Report, context: FormatContext) => string;

/** Each of these is loaded when it is asked for. The pretty one is for the place where it is read, so it is made apart. */
const renderers: Readonly<Record<Exclude<Format, 'pretty'>, (rules: LoadRules) => Promise<Render>>> = {
  compact: async () => (await import('../report/compact.js')).compactReport,
  json: async () => {
    const { jsonReport } = await import('../report/json.js');
    return (report, { tool }) => jsonReport(report, tool);
  },
  sarif: async loadRules => {
    const { sarifReport } = await import('../report/sarif.js');
    const rules = await loadRules();
    return (report, context) => sarifReport(report, context, rules);
  },
  github: async () => (await import('../report/github.js')).githubReport,
  gitlab: async () => (await import('../report/gitlab.js')).gitlabReport,
  junit: async () => (await import('../report/junit.js')).junitReport,
  checkstyle: async () => (await import('../report/checkstyle.js')).checkstyleReport,
  rdjson: async () => (await import('../report/rdjson.js')).rdjsonReport,
  markdown: async () => (await import('../report/markdown.js')).markdownReport,
};

/** The variable that holds the root of the checkout, for formats whose reader looks for files from there. */
const checkouts: Partial<Record<Format, string>> = {
  github: 'GITHUB_WORKSPACE',
  sarif: 'GITHUB_WORKSPACE',
  gitlab: 'CI_PROJECT_DIR',
};

/** What the user asked for; in GitHub Actions annotations are added by themselves. */
export function outputsOf({ outputs }: Options, io: Io): readonly Output[] {
  if (outputs.length > 0) return outputs;
  return io.env['GITHUB_ACTIONS'] === 'true' ? [{ format: 'pretty' }, { format: 'github' }] : [{ format: 'pretty' }];
}

/** Writes the report in every format that was asked for. Returns what went wrong. */
export async function writeReport(
  report: Report,
  options: Options,
  rules: LoadRules,
  tool: Tool,
  io: Io,
): Promise<string | undefined> {
  const render = async (format: Exclude<Format, 'pretty'>) => {
    const made = await renderers[format](rules);
    return made(fromCheckout(report, format, io), { tool, link: webPage, page: pageText });
  };
  for (const { format, file } of outputsOf(options, io)) {
    const text = await textFor(report, { format, ...(file !== undefined && { file }) }, render, options, io);
    if (file === undefined) io.stdout(text);
    else {
      const problem = writeWhole(resolve(io.cwd, file), text);
      if (problem !== undefined) return `${file}: ${problem}`;
    }
  }
  return undefined;
}

async function textFor(
  report: Report,
  { format, file }: Output,
  render: (format: Exclude<Format, 'pretty'>) => Promise<string>,
  options: Options,
  io: Io,
): Promise<string> {
  if (options.statistics && (format === 'pretty' || format === 'json')) {
    const { statisticsJson, statisticsText } = await import('../report/statistics.js');
    return format === 'json' ? statisticsJson(report) : statisticsText(report);
  }
  return format === 'pretty' ? pretty(report, file, options, io) : render(format);
}

async function pretty(report: Report, file: string | undefined, options: Options, io: Io): Promise<string> {
  const toFile = file !== undefined;
  return prettyReport(report, {
    colour: toFile ? options.color === 'always' : wantsColour(io, options.color),
    width: toFile ? 80 : (io.columns ?? 80),
    verbose: options.verbose,
    bare: options.quiet,
    ...(!toFile && wantsLinks(io, options.color) && { link: pageLink }),
  });
}

/** The report with paths as seen from the root of the checkout, where that lies above the working directory. */
function fromCheckout(report: Report, format: Format, io: Io): Report {
  const root = io.env[checkouts[format] ?? ''];
  if (root === undefined || !isAbsolute(root)) return report;
  const prefix = relative(root, io.cwd);
  if (prefix === '' || prefix.startsWith('..') || isAbsolute(prefix)) return report;
  const moved = new Map<SourceFile, SourceFile>();
  return relocate(report, file => {
    const known = moved.get(file);
    if (known) return known;
    const one = { ...file, path: join(prefix, file.path).split(sep).join('/') };
    moved.set(file, one);
    return one;
  });
}

function writeWhole(path: string, text: string): string | undefined {
  try {
    writeFileSync(path, text);
    return undefined;
  } catch (error) {
    return `cannot be written (${error instanceof Error && 'code' in error ? error.code : 'unknown reason'})`;
  }
}
