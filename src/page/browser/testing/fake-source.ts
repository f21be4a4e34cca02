import type { RunReport } from "../../../domain/report.ts";
import { UNKNOWN_USAGE } from "../../../domain/transcript.ts";
import type { RunSummary, ViewedCase, ViewedTrial } from "../../../domain/viewed-run.ts";
import { report } from "../../../reports/testing/reported-run.ts";
import type { IndexDocument, PageStart, RunDocument, TraceDocument } from "../../page-documents.ts";
import type { LiveParts, PageSource } from "../source.ts";

export const summary: RunSummary = {
  ...{ id: "3f9c21aa", suite: "triage", name: "triage", target: "prompt 1.3.0 · small", cases: 5, trials: 5 },
  ...{ status: "complete", outcome: "failed", verdict: "regressed", pass_rate: { value: 0.55 } },
  ...{ cost_usd: null, done: 25, planned: 25, commit: null, dirty: null, started_at: "2025-03-01T12:00:00Z" },
};

const trial = (number: number, text: string, outcome: ViewedTrial["outcome"]): ViewedTrial => ({
  ...{ trial: number, times: 1, outcome, error: null, output: { text, letters: text.length } },
  scores: [{ scorer: "queue", required: true, score: 0, pass: outcome === "passed", reason: "as it is" }],
  facts: null,
});

/** A fake source of one run with the cases of an index. */
export function fakeSource(
  index: IndexDocument,
  {
    mode = "file",
    text = "an answer",
    changes = {},
  }: { mode?: PageStart["mode"]; text?: string; changes?: Partial<RunReport> } = {},
): PageSource {
  const run: RunDocument = {
    key: "3f9c21aa",
    summary,
    report: { ...report, ...changes },
    history: [],
    prompts: null,
  };
  const home = { runs: [summary, { ...summary, id: "51d0a77e" }], more: false };
  const caseAt = async (_: string, position: number): Promise<ViewedCase> => ({
    id: index.ids[position] ?? "",
    tags: [],
    line: null,
    input: { text: index.inputs[position] ?? "", letters: 0 },
    expected: null,
    now: {
      run: "3f9c21aa",
      name: "run 3f9c21aa",
      trials: [trial(1, text, "passed"), trial(2, `${text} more`, "failed")],
    },
    before: { run: null, name: "the baseline", trials: [trial(1, "an old answer", "passed")] },
  });
  return {
    start: {
      mode,
      version: "0.0.0",
      runs: mode === "file" ? [{ key: "3f9c21aa", summary }] : [],
      matrices: [],
    },
    home: async () => home,
    homeAtHand: () => home,
    summaryAtHand: (key) => home.runs.find(({ id }) => id === key) ?? null,
    runAtHand: () => run,
    run: async () => run,
    index: async () => index,
    caseAt,
    trial: async (where) => ({
      trial: trial(where.trial, text, "failed"),
      parts: [
        { kind: "request", title: "user", passage: { text: "asked", letters: 5 } },
        { kind: "tool call", title: "find_order", passage: { text: '{"id":1}', letters: 8 } },
        { kind: "answer", title: "", passage: { text: text.slice(0, 10), letters: text.length } },
      ],
    }),
    lettersOf: async (_, __, from) => text.slice(from),
    search: async () => new Set([3]),
    live: null,
    watch: () => () => {},
  };
}

/** A fake page in a file: two targets of one suite, of which the second is gated, and one significant difference. */
export function fakeMatrix(index: IndexDocument): PageSource {
  const [older, gated] = ["51d0a77e", "3f9c21aa"];
  const target = {
    prompt: null,
    model: "small",
    pass_rate: { value: 0.5 },
    cost_usd: null,
    latency_p95: null,
  };
  const summaries: readonly RunSummary[] = [
    { ...summary, id: older, outcome: "not_gated", verdict: "none", target: "prompt 1.2.0 · small" },
    { ...summary, id: gated },
  ];
  const source = fakeSource(index);
  const run = async (key: string): Promise<RunDocument> => ({
    ...(await source.run(key)),
    key,
    summary: summaries.find(({ id }) => id === key) ?? summary,
  });
  const home = { runs: summaries, more: false };
  return {
    ...source,
    home: async () => home,
    homeAtHand: () => home,
    run,
    start: {
      ...source.start,
      runs: summaries.map((one) => ({ key: one.id, summary: one })),
      matrices: [
        {
          suite: "triage",
          targets: [
            { ...target, name: "triage@1.2.0 · small", run: older, gated: false },
            { ...target, name: "triage@1.3.0 · small", run: gated, gated: true },
          ],
          differences: [
            {
              ...{ a: "triage@1.2.0 · small", b: "triage@1.3.0 · small" },
              ...{ delta: 0.3, low: 0.1, high: 0.5, p: 0.004, sure: true, cases: 5 },
            },
          ],
        },
      ],
    },
  };
}

/** Two suites to label and one trace. `text` is used for everything that a user or a model writes. */
export function fakeLive(text: string): LiveParts {
  const trace: TraceDocument["trace"] = {
    ...{ id: text, at: "2025-03-01T12:00:00Z", session: text, user: text, service: text, environment: text },
    ...{ arm: text, model: text, prompt: text, prompt_version: text, tags: [text], error: text },
    ...{ latency_ms: 800, cost_usd: null, usage: UNKNOWN_USAGE },
    feedback: [{ name: text, score: 1, label: text, comment: text }],
  };
  const score = {
    trace: text,
    suite: "triage",
    scorer: "tone",
    hash: "",
    score: 1,
    pass: true,
    reason: text,
  };
  return {
    labels: async () => ({
      suites: [
        { suite: "triage", judge: null, run: "3f9c21aa", labels: 2, raters: 1 },
        { suite: text, judge: text, run: "51d0a77e", labels: 0, raters: 0 },
      ],
    }),
    labellingPath: () => "/t/labels/",
    traffic: async () => ({
      counts: { traces: 1, sessions: 1, users: 1 },
      ...{ first: trace.at, last: trace.at, listed: [{ ...trace, output: text }] },
    }),
    trace: async () => ({
      trace,
      parts: [{ kind: "answer", title: text, passage: { text, letters: text.length } }],
      scores: [score],
    }),
    lettersOfTrace: async () => "",
  };
}
