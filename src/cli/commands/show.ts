import { EvalsError } from "../../domain/problem.ts";
import { show } from "../../operations/show.ts";
import { showFingerprint } from "../../operations/show-fingerprint.ts";
import { fingerprintDocument, showDocument } from "../../reports/json/show.ts";
import { fingerprintText } from "../../reports/terminal/fingerprint.ts";
import { shownText } from "../../reports/terminal/shown-run.ts";
import type { ShowCall } from "../declarations/show.ts";
import { printResult } from "../print-result.ts";

/** `evals show`: shows a run's cases, one case with its trials, one trial, or the parts of a fingerprint. */
export async function showCommand({ io, options, args: [word, other] }: ShowCall): Promise<number> {
  const { directory, failing = false, json = false } = options;
  if (options.fingerprint === true) {
    const shown = await showFingerprint(io, { directory, run: word, other });
    return printResult(io, options, {
      document: () => fingerprintDocument(shown),
      text: () => fingerprintText(shown),
    });
  }
  refuseSecondRun(other);
  const trial = options.trial === undefined ? undefined : Number(options.trial);
  const reasons = failing && !json;
  const shown = await show(io, { directory, word, case: options.case, trial, failing, reasons });
  return printResult(io, options, {
    document: () => showDocument(shown),
    text: (terminal) => shownText(shown, terminal),
  });
}

/** Rejects a second run without `--fingerprint`, because `evals show` would silently ignore the second run. */
function refuseSecondRun(other: string | undefined): void {
  if (other === undefined) return;
  throw new EvalsError({
    code: "EVALS_USAGE",
    what: "`evals show` got two runs, but no --fingerprint.",
    why: "Without --fingerprint, `evals show` can show only one run.",
    fix: "evals show <a> <b> --fingerprint, or evals diff <a> <b>",
  });
}
