import * as z from "zod";
import type { CorrectedRate } from "./calibration.ts";
import type { Json } from "./json.ts";
import { onFirstUse } from "./on-first-use.ts";
import type { Metrics, MetricValue, RunCounts } from "./run.ts";
import { GATE_OUTCOMES, type GateResult, readStoredRules, VERDICTS } from "./verdict.ts";

/** The numbers of a run's stored report, for lists. Every member may be absent: a rescored run has no gate. */
export interface StoredSummary {
  readonly counts?: RunCounts;
  readonly metrics?: Metrics;
  readonly gate?: GateResult;
}

/**
 * The schemas of a report's numbers. They are created when a report is read, because creating them takes
 * milliseconds and most commands read no report.
 */
export const summarySchemas = onFirstUse(() => {
  const Bound = z.number().nullable();

  const Corrected = z.looseObject({
    value: Bound,
    low: Bound,
    high: Bound,
    method: z.enum(["ppi++", "rogan-gladen", "labels"]).nullable(),
    labels: z.number(),
    why: z.string().exactOptional(),
  }) satisfies z.ZodType<CorrectedRate>;

  const Value = z.looseObject({
    value: Bound,
    low: Bound.exactOptional(),
    high: Bound.exactOptional(),
    source: z.string().optional(),
    corrected: Corrected.exactOptional(),
  }) satisfies z.ZodType<MetricValue>;

  const Values = z.record(z.string(), Value);

  const Counts = z.looseObject({
    cases: z.number(),
    trials: z.number(),
    answered: z.number(),
    errored: z.number(),
    skipped: z.number(),
    not_needed: z.number(),
    calls: z.number(),
    judge_calls: z.number().optional(),
    variants: z
      .looseObject({
        variants: z.number(),
        answered: z.number(),
        errored: z.number(),
        skipped: z.number(),
      })
      .optional(),
    cached: z.number(),
    cut: z.number().optional(),
  }) satisfies z.ZodType<RunCounts>;

  const Rule = z.looseObject({
    rule: z.string(),
    kind: z.string().exactOptional(),
    outcome: z.enum(["passed", "failed", "undecided"]),
    value: Bound,
    required: z.string(),
    said: z.string().exactOptional(),
    enforced: z.literal(false).exactOptional(),
    because: z.string().exactOptional(),
  });

  const Gate = z.looseObject({
    outcome: z.enum(GATE_OUTCOMES),
    verdict: z.enum([...VERDICTS, "none"]),
    rules: z.array(Rule),
  });

  /** Unknown members from later versions are allowed. */
  const WrittenSummary = z.looseObject({
    counts: Counts.exactOptional(),
    metrics: Values.exactOptional(),
    gate: Gate.exactOptional(),
  });
  return { Bound, Values, WrittenSummary };
});
type WrittenSummary = z.output<ReturnType<typeof summarySchemas>["WrittenSummary"]>;

/**
 * The numbers of a run's stored report, validated when read; empty when the report is absent or unreadable. For the
 * whole report see `storedReport` (stored-report.ts).
 */
export function storedSummary({ report }: { readonly report: Json }): StoredSummary {
  return isSummary(report) ? withRuleValues(report) : {};
}

function isSummary(report: Json): report is Json & WrittenSummary {
  // The schema is not compiled, because a list has too few reports to make compiling worthwhile.
  return report !== null && summarySchemas().WrittenSummary.safeParse(report, { jitless: true }).success;
}

/** The report with structured values for its rules; reports of version 0.1.0 have only texts. */
export function withRuleValues<T extends Pick<WrittenSummary, "gate">>(
  report: T,
): Omit<T, "gate"> & { readonly gate?: GateResult } {
  const { gate, ...rest } = report;
  return gate === undefined ? rest : { ...rest, gate: { ...gate, rules: readStoredRules(gate.rules) } };
}
