import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { show } from "../../operations/show.ts";
import { showFingerprint } from "../../operations/show-fingerprint.ts";
import { fingerprintDocument, showDocument } from "../../reports/json/show.ts";
import { fingerprintText } from "../../reports/terminal/fingerprint.ts";
import { shownText } from "../../reports/terminal/shown-run.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

/** Options of `evals show`, as typed. */
export interface ShowOptions extends CommandOptions {
  readonly failing?: boolean | undefined;
  readonly case?: string | undefined;
  readonly trial?: string | undefined;
  readonly fingerprint?: boolean | undefined;
}

/** `evals show`: a run's cases, one case with its trials, one trial, or the parts of a fingerprint. */
export async function showCommand(
  options: ShowOptions,
  word: string,
  other: string | undefined,
  io: Io,
): Promise<number> {
  const { directory, failing = false, json = false } = options;
  if (options.fingerprint === true) {
    const shown = await showFingerprint(io, { directory, run: word, other });
    printResult(io, options, {
      document: () => fingerprintDocument(shown),
      text: () => fingerprintText(shown),
    });
    return EXIT.ok;
  }
  refuseSecondRun(other);
  const trial = options.trial === undefined ? undefined : Number(options.trial);
  const reasons = failing && !json;
  const shown = await show(io, { directory, word, case: options.case, trial, failing, reasons });
  printResult(io, options, {
    document: () => showDocument(shown),
    text: (terminal) => shownText(shown, terminal),
  });
  return EXIT.ok;
}

/** Without `--fingerprint` a second run would be silently ignored. */
function refuseSecondRun(other: string | undefined): void {
  if (other === undefined) return;
  throw new EvalsError({
    code: "EVALS_USAGE",
    what: "evals show takes one run; two are compared by their fingerprints.",
    why: "What to show of the second one would be a guess.",
    fix: "evals show <a> <b> --fingerprint, or evals diff <a> <b>",
  });
}
