import { askedOf } from "../../domain/asked-of-trace.ts";
import { everyPage } from "../../domain/pages.ts";
import type { Feedback, TrafficCondition, TrafficTrace } from "../../domain/traffic.ts";
import { isRefused } from "../../domain/transcript.ts";
import type { Store } from "../../store/store.ts";
import { storedFilter } from "../traffic/traffic-filter.ts";
import type { ReadAnswer } from "./read-arm.ts";

/** The suite whose scores of the traffic are used. */
export interface ScoredBy {
  readonly suite: string;
  /** Names of the suite's required scorers that can score traffic. */
  readonly required: readonly string[];
}

/** Number of traces read at once. It is small, because a conversation may be large. */
const PAGE = 200;

/** Stored traces as the answers of an arm. @param by the suite whose scores decide which pass; null for no suite */
export async function readTraffic(
  { traffic }: Pick<Store, "traffic">,
  where: readonly TrafficCondition[],
  by: ScoredBy | null,
): Promise<ReadAnswer[]> {
  const filter = await storedFilter({ where }, traffic);
  const answers: ReadAnswer[] = [];
  for await (const traces of everyPage((page) => traffic.traces(filter, page), PAGE)) {
    const passed = by === null ? new Map<string, boolean | null>() : await passesOf(traffic, traces, by);
    for (const trace of traces) answers.push({ ...answerOf(trace), pass: passed.get(trace.id) ?? null });
  }
  return answers;
}

function answerOf(trace: TrafficTrace): ReadAnswer {
  const { session, at, tags, latency_ms, cost_usd, error, feedback, transcript } = trace;
  const failed = error !== null;
  const asked = askedOf(trace);
  return {
    ...{ session, tags, latency_ms, cost_usd, failed, asked, trace: trace.id },
    ...{ case: null, trial: 1, pass: null, output: transcript.output },
    at: at === null ? null : Date.parse(at),
    input: asked === null ? null : JSON.stringify(asked),
    refused: failed ? null : isRefused(transcript),
    feedback: meanScore(feedback),
  };
}

function meanScore(feedback: readonly Feedback[]): number | null {
  const scores = feedback.flatMap(({ score }) => score ?? []);
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Whether each trace passed all required scorers; null for a trace that a required scorer could not score. */
async function passesOf(
  traffic: Store["traffic"],
  traces: readonly TrafficTrace[],
  { suite, required }: ScoredBy,
): Promise<Map<string, boolean | null>> {
  const verdicts = new Map<string, Map<string, boolean | null>>();
  for (const { trace, suite: of, scorer, pass } of await traffic.scores(traces.map(({ id }) => id)))
    if (of === suite) verdicts.set(trace, (verdicts.get(trace) ?? new Map()).set(scorer, pass));
  return new Map(
    traces.map(({ id }) => {
      const passes = required.map((name) => verdicts.get(id)?.get(name) ?? null);
      return [
        id,
        passes.length === 0 || passes.includes(null) ? null : passes.every((pass) => pass === true),
      ];
    }),
  );
}
