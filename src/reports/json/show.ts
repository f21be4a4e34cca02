import { EXIT } from "../../domain/exit-code.ts";
import type { ComparedFingerprints, ShownFingerprint } from "../../domain/fingerprint-parts.ts";
import type { Shown } from "../../domain/shown-run.ts";

const HEAD = { schema: "evals.show/1", exit: EXIT.ok };

/** The output of `evals show --json`. */
export function showDocument(shown: Shown): object {
  switch (shown.kind) {
    case "run": {
      const { header, status, report, listed } = shown;
      return { ...HEAD, run: header, status, report, cases: listed };
    }
    case "case": {
      const { header, content, trials, baseline } = shown;
      const whole = trials.map(({ trial, transcript, failure }) => ({ ...trial, failure, transcript }));
      return { ...HEAD, run: header, case: shown.case, ...content, trials: whole, baseline };
    }
    case "trial": {
      const { header, content, request, transcript, judged } = shown;
      const trial = { ...shown.trial, failure: shown.failure };
      const exchanges = judged.length === 0 ? {} : { judged };
      return { ...HEAD, run: header, case: shown.case, ...content, request, trial, transcript, ...exchanges };
    }
    case "trace": {
      const { transcript: _, ...trace } = shown.trace;
      const { model, session } = trace;
      return { ...HEAD, trace, transcript: { ...shown.transcript, model, session }, scores: shown.scores };
    }
  }
}

/** The output of `evals show --fingerprint --json`. */
export function fingerprintDocument(shown: ShownFingerprint | ComparedFingerprints): object {
  if (shown.kind === "two") {
    const { runs, fingerprints, differences } = shown;
    return { ...HEAD, runs, fingerprints, differences };
  }
  const { fingerprint, prompt, request, target, dataset, cases, scorers } = shown.parts;
  return {
    ...HEAD,
    run: shown.run,
    fingerprint,
    parts: {
      prompt: prompt ?? null,
      request,
      target,
      dataset: { path: dataset, cases: cases.size, contents: shown.contents },
      scorers,
    },
  };
}
