import { compare } from "../../operations/compare.ts";
import { diffDocument } from "../../reports/json/diff-json.ts";
import { comparedSuitesText } from "../../reports/terminal/compared-suites.ts";
import { runReport } from "../../reports/terminal/run-report.ts";
import { runSummary } from "../../reports/terminal/summary.ts";
import type { DiffCall } from "../declarations/diff.ts";
import type { Io } from "../io.ts";
import { printResult } from "../print-result.ts";
import { type RunView, runView } from "../run-view.ts";
import { keepHeapSmall } from "../v8-flags.ts";

/** `evals diff <a> [b]`: compares two sides of each suite, case by case. */
export async function diffCommand({ io, options, args: [a, b] }: DiffCall): Promise<number> {
  keepHeapSmall();
  const view = options.runMissing === true ? runsBeside(io) : null;
  try {
    const found = await compare(io, {
      directory: options.directory,
      baseline: a,
      candidate: b,
      runMissing: view,
    });
    return printResult(io, options, {
      exit: found.exit,
      document: () => diffDocument(found),
      text: (terminal) => comparedSuitesText(found.compared, terminal),
    });
  } finally {
    view?.close();
  }
}

/** Shows the runs that --run-missing starts. Their reports go to stderr, because stdout has the comparison. */
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
