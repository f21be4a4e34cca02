import type { ReportedRun } from "../../domain/report.ts";

/** The runs to report, and where their project is. */
export interface ReportInput {
  readonly runs: readonly ReportedRun[];
  readonly exit: number;
  /** The project's folder relative to the root of its repository, separated by `/`; empty at the root. */
  readonly folder: string;
}

/** One format in which runs can be reported. */
export interface ReporterEntry {
  /** Name for `--reporter <name>`. */
  readonly name: string;
  /** Present if `evals report` can write a past run in this format; `ending` is the file extension. */
  readonly document?: { readonly ending: string };
  /** Present for a format that is not for stdout: without a file name it is written to a default file. */
  readonly needsFile?: true;
  /** Creates the text of a report about all runs. */
  readonly render: (input: ReportInput) => Promise<string>;
}

/** All reporters in the order of the help. To add one: one folder in `reports/`, and one entry here. */
export const REPORTERS: readonly ReporterEntry[] = [
  {
    name: "terminal",
    render: async ({ runs }) => (await import("../../reports/terminal/runs-text.ts")).runsText(runs),
  },
  {
    name: "json",
    document: { ending: ".json" },
    render: async ({ runs, exit }) => (await import("../../reports/json/runs-text.ts")).runsJson(exit, runs),
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
    render: async ({ runs }) => {
      const { matricesOf } = await import("../../metrics/compare-targets.ts");
      const { pageFile } = await import("../../page/page-file.ts");
      return pageFile(
        runs.map((run) => ({ key: keyOf(run), run })),
        await matricesOf(runs),
      );
    },
  },
];

/** The text of the reporter with this name. */
export async function renderReport(name: string, input: ReportInput): Promise<string> {
  return (await REPORTERS.find((one) => one.name === name)?.render(input)) ?? "";
}

/** Whether a reporter writes a file even if none is named. */
export const needsFile = (name: string): boolean =>
  REPORTERS.some((one) => one.name === name && one.needsFile === true);

export const REPORTER_NAMES: readonly string[] = REPORTERS.map(({ name }) => name);

/** Names of the formats in which `evals report` writes a past run; `html` comes first. */
export const DOCUMENT_NAMES: readonly string[] = REPORTERS.filter(({ document }) => document !== undefined)
  .map(({ name }) => name)
  .reverse();

/**
 * A run's key in the page's addresses: its id, or `a..b` when it is compared with a run other than its own
 * baseline.
 */
function keyOf({ report, against }: ReportedRun): string {
  const { id } = report.header;
  return against === undefined ? id : `${against}..${id}`;
}
