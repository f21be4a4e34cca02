import type { RunHistory } from "../../metrics/run-history.ts";
import { stabilitySentence } from "../../metrics/stability.ts";

/** The document of `evals history --json`, `evals.history/1`; of one suite with its stability. */
export function historyDocument({ suite, runs, stability }: RunHistory) {
  const listed = runs.map(({ header, status, ended_at, calls, counts, metrics, gate }) => ({
    ...header,
    ...{ status, ended_at, calls, counts, metrics, gate },
  }));
  const document = { schema: "evals.history/1", exit: 0, runs: listed };
  if (suite === null) return document;
  if (stability === null) return { ...document, stability: null };
  const { fingerprint, stability: stable, runs: ids, flaky, measured } = stability;
  return {
    ...document,
    stability: {
      fingerprint,
      ...stable,
      runs: ids,
      compared: stable.runs,
      said: stabilitySentence(stable),
      flaky: measured === 0 ? null : flaky,
      measured,
    },
  };
}
