import * as z from "zod";
import { FAILURE_CLASSES } from "./failure.ts";
import type { Json } from "./json.ts";
import { onFirstUse } from "./on-first-use.ts";
import { SKIP_REASONS } from "./outcome.ts";
import { BUMPS, MAJOR_CHANGES } from "./prompt-change.ts";
import type { Comparison, RunReport } from "./report.ts";
import { summarySchemas, withRuleValues } from "./stored-summary.ts";
import { VERDICTS } from "./verdict.ts";

/**
 * A run's report as stored, in the form that `evals run --json` prints. Every member may be absent: a rescored run has
 * no gate, and earlier versions wrote less.
 */
export interface StoredReport extends Partial<Omit<RunReport, "header" | "status" | "errors">> {
  readonly error_examples?: RunReport["errors"];
}

const reportSchema = onFirstUse(() => {
  const { Bound, Values, WrittenSummary } = summarySchemas();
  const ComparedSide = z.looseObject({
    side: z.string(),
    file: z.looseObject({ path: z.string(), at: z.string() }).exactOptional(),
    run: z.string().nullable(),
    target: z.string(),
    fingerprint: z.string().nullable(),
    trials: z.number(),
    pass_rate: Bound,
  });

  const Counted = z.looseObject({ passed: z.number(), answered: z.number() });

  const Contract = z.looseObject({
    prompt: z.string(),
    from: z.string(),
    to: z.string(),
    declared: z.enum(BUMPS),
    outcome: z.enum(["kept", "broken", "undecided"]),
    needed: z.enum(BUMPS).nullable(),
    changes: z.array(z.looseObject({ what: z.enum(MAJOR_CHANGES), said: z.string() })),
    said: z.string(),
  });

  const Compared = z.looseObject({
    suite: z.string(),
    alias: z.string().exactOptional(),
    prompt: z.string().exactOptional(),
    baseline: ComparedSide,
    candidate: ComparedSide,
    verdict: z.enum(VERDICTS),
    metric: z.string().exactOptional(),
    metrics: z.array(
      z.looseObject({
        metric: z.string(),
        baseline: Bound,
        candidate: Bound,
        delta: Bound,
        low: Bound,
        high: Bound,
        p: Bound,
        verdict: z.enum(VERDICTS),
      }),
    ),
    cases: z.looseObject({
      paired: z.number(),
      broken: z.array(z.string()),
      fixed: z.array(z.string()),
      flaky: z.array(z.string()),
      new: z.array(z.string()),
      removed: z.array(z.string()),
      changed: z.array(z.string()),
      missing: z.array(z.string()),
    }),
    detectable_drop: Bound,
    population: z.looseObject({ low: z.number(), high: z.number() }).nullable(),
    said: z.string(),
    decided: z
      .looseObject({
        trials: z.number(),
        metric: z.string(),
        delta: Bound,
        low: Bound,
        high: Bound,
        p: Bound,
        said: z.string(),
      })
      .exactOptional(),
    moved: z.array(
      z.looseObject({
        id: z.string(),
        baseline: Counted,
        candidate: Counted,
        p: z.number(),
        significant: z.boolean(),
      }),
    ),
    tags: z.array(
      z.looseObject({
        tag: z.string(),
        cases: z.number(),
        delta: z.number(),
        low: z.number(),
        high: z.number(),
        p: z.number(),
        significant: z.boolean(),
      }),
    ),
    failures: z
      .array(
        z.looseObject({
          class: z.enum(FAILURE_CLASSES),
          baseline: z.number(),
          candidate: z.number(),
          delta: z.number(),
          low: z.number(),
          high: z.number(),
          p: z.number(),
          significant: z.boolean(),
        }),
      )
      .exactOptional(),
    examples: z.array(
      z.looseObject({
        id: z.string(),
        input: z.string().exactOptional(),
        before: z.string().nullable(),
        after: z.string().nullable(),
        scorer: z.string(),
        reason: z.string(),
      }),
    ),
    canary: z
      .looseObject({
        run: z.string(),
        asked: z.number(),
        answered: z.number(),
        baseline: Bound,
        today: Bound,
        p: Bound,
        stale: z.boolean(),
      })
      .exactOptional(),
    contract: Contract.exactOptional(),
    warnings: z.array(z.literal("baseline_stale")).exactOptional(),
  }) satisfies z.ZodType<Comparison>;

  const GoOn = { go_on: z.string().optional() };
  const End = z.union([
    z.looseObject({ kind: z.enum(["all-asked", "decided", "interrupted", "running"]), ...GoOn }),
    z.looseObject({
      kind: z.literal("skipped"),
      because: z.enum(SKIP_REASONS),
      budget: z.looseObject({ usd: z.number().optional(), tokens: z.number().optional() }).optional(),
      ...GoOn,
    }),
    z.looseObject({
      kind: z.enum(["unreachable", "judge-unreachable"]),
      message: z.string(),
      because: z
        .enum(["none-answered", "no-more", "no-money", "long-wait", "no-batch", "workers-lost", "no-worker"])
        .optional(),
      ...GoOn,
    }),
  ]);

  const Worst = z.looseObject({
    id: z.string(),
    passed: z.number(),
    answered: z.number(),
    trial: z.number(),
    scorer: z.string(),
    reason: z.string(),
    input: z.string().exactOptional(),
    output: z.string(),
    line: z.number().nullable(),
  });

  const Failures = z.record(
    z.string(),
    z.looseObject({
      trials: z.number(),
      cases: z.array(z.string()),
      clusters: z.array(
        z.looseObject({
          trials: z.number(),
          case: z.string(),
          trial: z.number(),
          evidence: z.string(),
          tool: z.string().nullable(),
        }),
      ),
    }),
  );

  /** Unknown members from later versions are allowed. */
  return WrittenSummary.extend({
    error_examples: z
      .array(z.looseObject({ kind: z.string(), count: z.number(), message: z.string() }))
      .exactOptional(),
    tags: z.record(z.string(), Values).exactOptional(),
    comparison: Compared.nullable().exactOptional(),
    end: End.exactOptional(),
    worst: z.array(Worst).exactOptional(),
    failures: Failures.exactOptional(),
    never_pass: Bound.exactOptional(),
    flaky: Bound.exactOptional(),
    notes: z.array(z.string()).exactOptional(),
    spent: z.looseObject({ usd: Bound, tokens: Bound }).exactOptional(),
    dataset_path: z.string().exactOptional(),
    duration_ms: Bound.exactOptional(),
    pace: z
      .looseObject({
        limited_by: z
          .enum(["tokens_per_minute", "requests_per_minute", "concurrency", "refusals"])
          .nullable(),
        waited_ms: z.number(),
        refused: z.number(),
      })
      .optional(),
    retries: z.looseObject({ trials: z.number(), attempts: z.number(), waited_ms: z.number() }).optional(),
  });
});

/**
 * A run's stored report, validated when read; null when the report is absent or unreadable, so that the run must be
 * measured again. For a list of runs `storedSummary` is sufficient.
 */
export function storedReport({ report }: { readonly report: Json }): StoredReport | null {
  return isReport(report) ? withRuleValues(report) : null;
}

function isReport(report: Json): report is Json & z.output<ReturnType<typeof reportSchema>> {
  return report !== null && reportSchema().safeParse(report, { jitless: true }).success;
}
