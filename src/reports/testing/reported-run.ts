import type {
  CaseAnswers,
  CaseComparison,
  CaseRow,
  Comparison,
  PastRun,
  ReportedRun,
  RunReport,
} from "../../domain/report.ts";
import type { RunHeader } from "../../domain/run.ts";
import { gateRule } from "../../domain/testing/gate-rules.ts";
import { viewedRows } from "./viewed-rows.ts";

export const header: RunHeader = {
  id: "3f9c21aa",
  suite: "triage",
  alias: "small",
  one_of_several: false,
  provider: "openai",
  target: "prompt 1.3.0 · small-2024-07-18",
  model: "small-2024-07-18",
  prompt: { name: "triage", version: "1.3.0" },
  trials: 5,
  cases: 4,
  planned: 20,
  fingerprint: "f".repeat(64),
  target_hash: "0".repeat(64),
  rescored_from: null,
  plan: "1".repeat(64),
  narrowing: null,
  scorers: [
    { name: "queue", type: "equals", required: true, binary: true, hash: "2".repeat(64) },
    { name: "tone", type: "module", required: false, binary: false, hash: "3".repeat(64) },
  ],
  commit: "0123456789abcdef0123456789abcdef01234567",
  dirty: false,
  started_at: "2025-03-01T12:00:00.000Z",
};

const moved = (id: string, was: number, is: number, p: number, significant: boolean): CaseComparison => ({
  id,
  baseline: { passed: was, answered: 15 },
  candidate: { passed: is, answered: 5 },
  p,
  significant,
});

export const comparison: Comparison = {
  suite: "triage",
  baseline: {
    side: "evals/baselines/triage.jsonl at main",
    run: null,
    target: "prompt 1.2.0 · small-2024-07-18",
    fingerprint: "e".repeat(64),
    trials: 15,
    pass_rate: 0.914,
  },
  candidate: {
    side: "run 3f9c21aa",
    run: "3f9c21aa",
    target: "prompt 1.3.0 · small-2024-07-18",
    fingerprint: "f".repeat(64),
    trials: 5,
    pass_rate: 0.55,
  },
  verdict: "regressed",
  metrics: [
    {
      metric: "pass_rate",
      baseline: 0.914,
      candidate: 0.55,
      delta: -0.364,
      low: -0.42,
      high: -0.31,
      p: 0.00025,
      verdict: "regressed",
    },
    {
      metric: "score.tone",
      baseline: 0.8,
      candidate: 0.81,
      delta: 0.01,
      low: -0.02,
      high: 0.04,
      p: 0.7,
      verdict: "no_regression",
    },
  ],
  cases: {
    paired: 4,
    broken: ["refund-07"],
    fixed: ["parcel-02"],
    flaky: ["angry-02"],
    new: [],
    removed: ["old-01"],
    changed: [],
    missing: [],
  },
  detectable_drop: 0.09,
  population: { low: -0.5, high: -0.2 },
  said: "pass rate fell 36.4 points (31.0 to 42.0) on these 4 cases: regressed",
  moved: [moved("refund-07", 15, 0, 0.0001, true), moved("parcel-02", 3, 5, 0.009, true)],
  tags: [
    { tag: "billing", cases: 2, delta: -0.6, low: -0.8, high: -0.4, p: 0.001, significant: true },
    { tag: "shipping", cases: 2, delta: 0.1, low: -0.1, high: 0.3, p: 0.4, significant: false },
  ],
  examples: [],
};

export const report: RunReport = {
  header,
  status: "complete",
  counts: {
    cases: 4,
    trials: 20,
    answered: 19,
    errored: 1,
    skipped: 0,
    not_needed: 0,
    calls: 21,
    cached: 0,
  },
  errors: [{ kind: "timeout", count: 1, message: "no reply within 60 s" }],
  metrics: {
    pass_rate: { value: 0.55, low: 0.31, high: 0.77 },
    "pass^1": { value: 0.55 },
    "pass^5": { value: 0.5, low: 0.15, high: 0.85 },
    "score.queue": { value: 0.55, low: 0.31, high: 0.77 },
    "score.tone": { value: 0.81, low: 0.7, high: 0.9 },
    latency_p50: { value: 913, low: 800, high: 1000 },
    latency_p95: { value: 2100, low: 1800, high: null },
    cost_usd: { value: 0.42 },
    cost_per_trial: { value: 0.0221 },
  },
  tags: {
    billing: { pass_rate: { value: 0.3, low: 0.1, high: 0.6 } },
    shipping: { pass_rate: { value: 0.8, low: 0.5, high: 0.95 } },
  },
  comparison,
  gate: {
    outcome: "failed",
    verdict: "regressed",
    rules: [
      gateRule({ rule: "require score.queue", outcome: "failed", value: 0.55, required: ">= 0.9" }),
      gateRule({ rule: "require latency_p95", outcome: "passed", value: 2100, required: "<= 4s" }),
      gateRule({
        rule: "critical tag:vip",
        outcome: "failed",
        value: 0,
        required: "every trial passes",
        said: "failing: refund-07",
      }),
      gateRule({
        rule: "regression pass_rate",
        outcome: "failed",
        value: -0.364,
        required: "no drop of more than 3 points",
        said: comparison.said,
      }),
    ],
  },
  end: { kind: "all-asked" },
  worst: [],
  never_pass: 1,
  flaky: 1,
  notes: ["The model `small` floats: its provider moves it."],
  spent: { usd: 0.42, tokens: 12_000 },
  dataset_path: "datasets/triage.jsonl",
  duration_ms: 41_000,
};

const nothing: CaseAnswers = {
  trial: 1,
  input: "When are you open?",
  output: '{"queue":"billing"}',
  before: null,
  expected: '{"queue":"billing"}',
  scorer: "",
  reason: "",
  error: null,
};

/** A case that always passes, now and before, with the changes of a test. */
export function row(
  changes: Partial<Omit<CaseRow, "answers">> = {},
  answers: Partial<CaseAnswers> = {},
): CaseRow {
  return {
    id: "hours-01",
    tags: ["shipping"],
    line: 4,
    planned: 5,
    answered: 5,
    passed: 5,
    errored: 0,
    trials: "ppppp",
    scores: [1, 0.8],
    latency_ms: 4500,
    change: "same",
    significant: false,
    baseline: { passed: 15, answered: 15 },
    ...changes,
    answers: async () => ({ ...nothing, ...answers }),
  };
}

/** Four cases: one broke, one is flaky with an error, one is fixed, one is unchanged. */
export const rows: readonly CaseRow[] = [
  row(
    {
      id: "refund-07",
      tags: ["billing", "vip"],
      line: 1,
      passed: 0,
      trials: "fffff",
      scores: [0, 0.8],
      change: "broken",
      significant: true,
    },
    {
      output: '{"queue":"payments"}',
      before: '{"queue":"billing"}',
      scorer: "queue",
      reason: 'expected "billing", found "payments"',
    },
  ),
  row(
    {
      id: "angry-02",
      tags: ["billing"],
      line: 2,
      answered: 4,
      passed: 3,
      errored: 1,
      trials: "ppfpe",
      scores: [0.75, 0.7],
      latency_ms: null,
      baseline: { passed: 12, answered: 15 },
    },
    {
      trial: 3,
      output: "Sure thing!\nHere is your JSON",
      before: '{"queue":"billing"}',
      scorer: "queue",
      reason: "not valid JSON",
      error: { kind: "timeout", message: "no reply within 60 s" },
    },
  ),
  row(
    {
      id: "parcel-02",
      line: 3,
      change: "fixed",
      significant: true,
      baseline: { passed: 3, answered: 15 },
    },
    { before: '{"queue":"account"}', scorer: "queue", reason: 'expected "shipping", found "account"' },
  ),
  row(),
];

export const history: readonly PastRun[] = [0.9, 0.92, 0.55].map((value, at) => ({
  id: `0000000${at}`,
  started_at: `2025-02-2${at + 1}T12:00:00.000Z`,
  target: "prompt 1.2.0 · small-2024-07-18",
  pass_rate: { value, low: value - 0.05, high: value + 0.04 },
}));

/** A run that regressed, with everything that a report can contain. */
export function reportedRun(
  changes: Partial<RunReport> = {},
  { cases = rows, past = history }: { cases?: readonly CaseRow[]; past?: readonly PastRun[] } = {},
): ReportedRun {
  const changed = { ...report, ...changes };
  return {
    report: changed,
    rows: async function* () {
      yield* cases;
    },
    history: async () => past,
    view: async () => viewedRows(changed, cases),
  };
}

/** A text with which a model or a dataset could try to control the readers of a report. */
export const HOSTILE = [
  "::error file=a.js,line=1::owned\n::set-output name=x::y",
  "##[command]rm -rf / ##vso[task.complete]",
  "\u001b[2J\u001b]0;title\u0007 \u0000 \ud800 \ufffe \u202egnihtemos\u202c",
  "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">",
  "]]> <!-- --> --> </pre></details></code> <![CDATA[ &amp; &#0; ",
  "```\n```` ~~~ | a | b | [link](javascript:alert(1)) ![x](http://evil.example/x.png) www.evil.example",
  "@octocat @evil/team #1 octo/repo#2 https://evil.example \n\n# heading\n\n---\n- [x] done\n\n    code",
].join("\n");

/** A run in which every text from models, datasets and users is hostile. */
export function hostileRun(): ReportedRun {
  const evil = HOSTILE;
  const rule = gateRule({
    rule: `critical tag:${evil}`,
    outcome: "failed",
    value: 0,
    required: evil,
    said: evil,
  });
  const cases = [
    row(
      {
        id: evil,
        tags: [evil],
        passed: 0,
        trials: "fffff",
        change: "broken",
        significant: true,
        baseline: { passed: 15, answered: 15 },
      },
      {
        input: evil,
        output: evil,
        before: `before ${evil}`,
        expected: evil,
        scorer: evil,
        reason: evil,
        error: { kind: "provider", message: evil },
      },
    ),
    row({ id: `${evil}\u0001`, passed: 4, trials: "ppppf", errored: 1 }, { output: evil, reason: evil }),
  ];
  return reportedRun(
    {
      header: { ...header, suite: evil, alias: evil, target: evil, one_of_several: true, cases: 2 },
      comparison: {
        ...comparison,
        said: evil,
        baseline: { ...comparison.baseline, side: evil, target: evil },
        metrics: comparison.metrics.map((one) => ({ ...one, metric: `score.${evil}` })),
        cases: { ...comparison.cases, broken: [evil], fixed: [evil], new: [evil], removed: [evil] },
        moved: [{ ...moved("", 15, 0, 0.001, true), id: evil }],
        tags: comparison.tags.map((one) => ({ ...one, tag: evil })),
      },
      tags: { [evil]: report.tags.billing ?? {}, other: report.tags.shipping ?? {} },
      errors: [{ kind: "provider", count: 1, message: evil }],
      notes: [evil],
      gate: { outcome: "failed", verdict: "regressed", rules: [rule] },
      end: { kind: "unreachable", message: evil },
      dataset_path: evil,
    },
    { cases, past: history.map((one) => ({ ...one, id: evil, target: evil })) },
  );
}

/** A run of `cases` cases that all broke, with answers of `length` characters. */
export function largeRun(cases: number, length: number, letter = "a word & <more> "): ReportedRun {
  const text = letter.repeat(Math.ceil(length / letter.length)).slice(0, length);
  const ids = Array.from({ length: cases }, (_, at) => `case-${at}`);
  const all = ids.map((id, at) =>
    row(
      {
        id,
        line: at + 1,
        tags: ["billing", `tag-${at % 40}`],
        passed: at % 3,
        trials: "ffppp".slice(0, 5),
        change: "broken",
        significant: at % 2 === 0,
      },
      {
        output: text,
        before: `before ${text}`,
        reason: `reason ${at} ${text.slice(0, 80)}`,
        scorer: "queue",
      },
    ),
  );
  return reportedRun(
    {
      header: { ...header, cases, planned: cases * 5 },
      comparison: {
        ...comparison,
        cases: { ...comparison.cases, broken: ids },
        moved: ids.map((id) => moved(id, 15, 0, 0.0001, true)),
      },
      never_pass: cases,
    },
    { cases: all },
  );
}
