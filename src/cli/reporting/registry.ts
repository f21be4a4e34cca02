import type { ReportedRun } from "../../domain/report.ts";

/** All that a reporter may show. */
export interface ReportInput {
  readonly runs: readonly ReportedRun[];
  readonly exit: number;
  /** The project's folder in its repository, with `/`; empty at its root. */
  readonly folder: string;
}

/** One way to write runs down. */
export interface ReporterEntry {
  /** `--reporter <name>`. */
  readonly name: string;
  /** It makes a document of one past run, for `evals report`; files that end so are written in it. */
  readonly document?: { readonly ending: string };
  /** Too large or too rich for a terminal: without a file's name it gets one. */
  readonly needsFile?: true;
  /** Makes all text of some runs. */
  readonly render: (input: ReportInput) => Promise<string>;
}

/** Every reporter, in the order of the help: one module in `reports/`, one line here. */
export const REPORTERS: readonly ReporterEntry[] = [
  { name: "terminal", render: async (input) => (await import("./plain-reports.ts")).terminalText(input) },
  {
    name: "json",
    document: { ending: ".json" },
    render: async (input) => (await import("./plain-reports.ts")).jsonText(input),
  },
  {
    name: "junit",
    document: { ending: ".xml" },
    render: async ({ runs }) => (await import("../../reports/junit/junit.ts")).junitReport(runs),
  },
  {
    name: "markdown",
    document: { ending: ".md" },
    render: async ({ runs }) => (await import("../../reports/markdown/markdown.ts")).markdownReport(runs),
  },
  {
    name: "github",
    render: async ({ runs, folder }) =>
      (await import("../../reports/github/annotations.ts")).annotations(runs, folder),
  },
  {
    name: "html",
    needsFile: true,
    document: { ending: ".html" },
    render: async ({ runs }) =>
      (await import("../../page/page-file.ts")).pageFile(runs.map((run) => ({ key: keyOf(run), run }))),
  },
];

/** Whether a reporter writes a file even where none is named. */
export const needsFile = (name: string): boolean =>
  REPORTERS.some((one) => one.name === name && one.needsFile === true);

export const REPORTER_NAMES: readonly string[] = REPORTERS.map(({ name }) => name);

/** Those of past runs; a page, which a person opens, first. */
export const DOCUMENT_NAMES: readonly string[] = REPORTERS.filter(({ document }) => document !== undefined)
  .map(({ name }) => name)
  .reverse();

/** As the page's addresses name a run: `a..b` for one that is held against another than its own baseline. */
function keyOf({ report, against }: ReportedRun): string {
  const { id } = report.header;
  return against === undefined ? id : `${against}..${id}`;
}
