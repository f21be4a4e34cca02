import { type ComparedSides, type ComparedSuites, compare } from "../../operations/compare.ts";
import { diffDocument } from "../../reports/json/diff-json.ts";
import { documentText } from "../../reports/json/documents.ts";
import { cut, plainLine } from "../../reports/plain-text.ts";
import { comparisonReport, VERDICT_WORDS } from "../../reports/terminal/comparison.ts";
import { runReport } from "../../reports/terminal/run-report.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import { comparisonSummary, runSummary } from "../../reports/terminal/summary.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";
import { type RunView, runView } from "../run-view.ts";
import { keepHeapSmall } from "../small-heap.ts";

/** Options of `evals diff`, as typed. */
export interface DiffOptions {
  readonly directory?: string | undefined;
  readonly runMissing?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** `evals diff <a> [b]`: two sides of each suite, case by case. */
export async function diffCommand(
  options: DiffOptions,
  a: string,
  b: string | undefined,
  io: Io,
): Promise<number> {
  keepHeapSmall();
  const view = options.runMissing === true ? runsBeside(io) : null;
  try {
    const found = await compare(io, {
      directory: options.directory,
      baseline: a,
      candidate: b,
      runMissing: view,
    });
    io.stdout(options.json === true ? documentText(diffDocument(found)) : textOf(found, options, io));
    return found.exit;
  } finally {
    view?.close();
  }
}

/** What runs say goes where progress goes: the comparison is what was asked for. */
function runsBeside(io: Io): RunView {
  const plain = { width: io.width, color: false };
  let first = true;
  return runView(io, {
    quiet: false,
    ended: (report) => {
      io.stderr(`${first ? "" : "\n"}${runReport(report, plain)}`);
      first = false;
    },
    over: (reports) => {
      const summary = runSummary(reports, plain);
      if (summary !== "") io.stderr(`\n${summary}`);
    },
  });
}

function textOf({ compared }: ComparedSuites, options: DiffOptions, io: Io): string {
  const terminal = { width: io.width, color: wantsColor(io, options.color) };
  const style = styleFor(terminal.color);
  const reports = compared.map(
    ({ comparison, differing }) =>
      comparisonReport(comparison, style, io.width) + differingText(differing, io.width),
  );
  const comparisons = compared.map(({ comparison }) => comparison);
  return reports.join("\n") + comparisonSummary(comparisons, VERDICT_WORDS, terminal);
}

/** Which parts of the two fingerprints differ. */
function differingText(differing: ComparedSides["differing"], width: number): string {
  if (differing.length === 0) return "";
  const lines = differing.map(({ part, said }) => cut(`    ${part.padEnd(9)}${plainLine(said)}`, width));
  return ["", "  what differs", ...lines, ""].join("\n");
}
