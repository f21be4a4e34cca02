import { createHash } from "node:crypto";
import { askedOf } from "../domain/asked-of-trace.ts";
import type { Case } from "../domain/case.ts";
import { DEFAULT_CONCURRENCY } from "../domain/config.ts";
import { hashJson } from "../domain/json.ts";
import { NotJudged } from "../domain/judge.ts";
import type { ErrorKind } from "../domain/outcome.ts";
import { everyPage } from "../domain/pages.ts";
import type { LoadedSuite } from "../domain/project.ts";
import type { ScoredTraffic, TrafficScorer } from "../domain/scored-traffic.ts";
import type { OpenScorer } from "../domain/scorer.ts";
import type { TrafficFilter, TrafficScore, TrafficTrace } from "../domain/traffic.ts";
import { isRefused } from "../domain/transcript.ts";
import { type MeasuredTrace, measureTraffic } from "../metrics/traffic-metrics.ts";
import { judgePool } from "../run/judge-pool.ts";
import { closeScorers, openScorers, scorerHost } from "../run/open-scorers.ts";
import { usdOf } from "../run/price-usage.ts";
import { type Scoring, scoreTrial } from "../run/score-trial.ts";
import type { Store } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { suiteTrust } from "./gating/judge-trust.ts";
import type { JudgingConsent } from "./judging/judging-price.ts";
import { parseShare } from "./options/parse-share.ts";
import { openProject } from "./project/open-project.ts";
import { openWrittenHistory } from "./project/stored-history.ts";
import { replayOf } from "./running/replay-model.ts";
import { storedFilter, type TypedFilter, trafficFilter } from "./traffic/traffic-filter.ts";
import { judgingTraffic } from "./traffic/traffic-judging.ts";

export interface ScoreTrafficInput extends TypedFilter {
  readonly directory?: string | undefined;
  readonly suite: string;
  /** `1%` or `0.01` of the traces; default all. */
  readonly sample?: string | undefined;
  /** Seed of the sample. */
  readonly seed: string;
  readonly consent: JudgingConsent;
  /** The command as typed, for error messages; by default `evals score <suite> --traffic`. */
  readonly command?: string | undefined;
  /** Whether judges take their replies from recordings, so that no judge's model is asked. */
  readonly replay: boolean;
}

/**
 * Scores stored traffic with the suite's scorers that need no expected value, and with its calibrated judges. The
 * scores are stored with the traces.
 *
 * @throws {EvalsError} for mistakes of the project, and EVALS_RESCORE_COSTS when judges would have to be paid without
 * consent
 */
export async function scoreTraffic(io: Environment, input: ScoreTrafficInput): Promise<ScoredTraffic> {
  const { directory, suite: name, seed, consent } = input;
  const { command = `evals score ${name} --traffic` } = input;
  const typed = trafficFilter(io, input);
  const share = input.sample === undefined ? null : parseShare(input.sample, "--sample");
  const project = await openProject(io, { directory, suites: [name] });
  const [suite] = project.suites as readonly [LoadedSuite];
  const store = await openWrittenHistory(project.root, io);
  const concurrency = suite.suite.concurrency ?? project.config.defaults.concurrency ?? DEFAULT_CONCURRENCY;
  const pool = judgePool(project, { concurrency, instead: input.replay ? await replayOf() : undefined });
  const all = await openScorers(suite, scorerHost(project, { concurrency, judges: pool.host }));
  try {
    const trust = suiteTrust(project.root, name, suite.suite.gate, all);
    const scorers = all.map((one): TrafficScorer => {
      return { name: one.name, required: one.required, left: whyLeft(one, trust.byScorer.get(one.name)) };
    });
    const used = all.filter((_, at) => scorers[at]?.left === null);
    const filter = await storedFilter(typed, store.traffic);
    const isDrawn = drawn(share, seed);
    const isJudging = used.some((one) => one.opinion === true);
    const totals = await judgingTraffic(pool, { project, store, io, consent, command }, async () => {
      if (!isJudging) return;
      for await (const traces of pages(store, filter))
        await Promise.all(traces.filter(isDrawn).map((one) => scoreTrace(used, one)));
    });
    const days = new Map<string | null, MeasuredTrace[]>();
    let unjudged = 0;
    const priceOf = await publishedPrices();
    for await (const traces of pages(store, filter)) {
      const scored = await Promise.all(traces.map((one) => (isDrawn(one) ? scoreTrace(used, one) : null)));
      await store.traffic.recordScores(scored.flatMap((one, at) => scoresOf(name, used, traces[at], one)));
      for (const [at, trace] of traces.entries()) {
        const scoring = scored[at] ?? null;
        if (scoring instanceof NotJudged) unjudged++;
        const day = trace.at?.slice(0, 10) ?? null;
        const list = days.get(day) ?? [];
        days.set(day, list);
        list.push(measured(trace, scoring, used, priceOf));
      }
    }
    const names = used.map((one) => one.name);
    const order = [...days.keys()].sort((a, b) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1));
    return {
      ...{ suite: name, where: typed.where ?? [], scorers, unjudged },
      since: typed.since === undefined ? null : new Date(typed.since).toISOString(),
      sample: share === null ? null : { share, seed },
      days: order.map((day) => measureTraffic(day, days.get(day) ?? [], names)),
      total: measureTraffic(null, [...days.values()].flat(), names),
      judged: isJudging ? totals() : null,
    };
  } finally {
    await closeScorers(all);
    await pool.close();
    store.close();
  }
}

/** Number of traces read at once. It is small, because a conversation may be large. */
const PAGE = 200;

async function* pages({ traffic }: Store, filter: TrafficFilter): AsyncGenerator<readonly TrafficTrace[]> {
  yield* everyPage((page) => traffic.traces(filter, page), PAGE);
}

type Trusted = { readonly state: string; readonly why: string; readonly next: string | null };

/** Why a scorer cannot score traffic; null when it can. */
function whyLeft(scorer: OpenScorer, trust: Trusted | undefined): string | null {
  const needed = scorer.reads.filter((path) => path !== "input");
  if (needed.length > 0) return `it reads ${needed.join(", ")}, which no trace has`;
  if (scorer.relative === true)
    return "it compares each answer with the baseline's, and traffic has no baseline";
  if (scorer.raw === true) return "it has `raw: true`, and the unredacted text that it needs is not stored";
  if (trust === undefined || trust.state === "believed") return null;
  return `${trust.why}${trust.next === null ? "" : `. Next: ${trust.next}`}`;
}

/** Decides whether a trace is in the sample, by the seed and the trace's id: the same seed draws the same traces. */
function drawn(share: number | null, seed: string): (trace: Pick<TrafficTrace, "id">) => boolean {
  if (share === null) return () => true;
  return ({ id }) => createHash("sha256").update(`${seed}\n${id}`).digest().readUInt32BE(0) / 2 ** 32 < share;
}

/** The scores of a trace. Null for a trace without an answer; `NotJudged` when a judge could not be asked. */
async function scoreTrace(
  scorers: readonly OpenScorer[],
  trace: TrafficTrace,
): Promise<Scoring | NotJudged | null> {
  const { transcript } = trace;
  if (hasFailed(trace) || transcript.messages.length === 0) return null;
  const golden: Case = { id: trace.id, input: askedOf(trace), tags: trace.tags, metadata: {} };
  try {
    return await scoreTrial(scorers, { golden, trial: 1, transcript });
  } catch (error) {
    if (error instanceof NotJudged) return error;
    throw error;
  }
}

/** Whether the trace's outermost span failed. Then the trace has no answer, even if a model has replied before. */
const hasFailed = ({ error }: TrafficTrace): boolean => error !== null;

/** The stored form of a trace's scores. */
function scoresOf(
  suite: string,
  scorers: readonly OpenScorer[],
  trace: TrafficTrace | undefined,
  scoring: Scoring | NotJudged | null,
): readonly TrafficScore[] {
  if (trace === undefined || scoring === null || scoring instanceof NotJudged || scoring.kind === "failed")
    return [];
  return scorers.flatMap((scorer, at): TrafficScore[] => {
    const one = scoring.scores[at];
    if (one === undefined) return [];
    const kept = { trace: trace.id, suite, scorer: scorer.name, hash: hashJson(scorer.identity) };
    if (one === null) return [{ ...kept, score: null, pass: null, reason: scoring.voids?.[at] ?? "" }];
    return [{ ...kept, score: one.score, pass: one.pass, reason: one.reason }];
  });
}

type PriceOf = (trace: TrafficTrace) => number | null;

function measured(
  trace: TrafficTrace,
  scoring: Scoring | NotJudged | null,
  scorers: readonly OpenScorer[],
  priceOf: PriceOf,
): MeasuredTrace {
  const failed = hasFailed(trace);
  const scored = scoring === null || scoring instanceof NotJudged ? null : scoring;
  const scores = scored?.kind === "scored" ? scored.scores : [];
  const decides = scorers.some(({ required }) => required);
  return {
    session: trace.session,
    failed,
    latency_ms: trace.latency_ms,
    cost_usd: trace.cost_usd ?? priceOf(trace),
    refused: failed ? null : isRefused(trace.transcript),
    pass: scored?.kind === "scored" && decides ? scored.pass : null,
    scores: scorers.map((_, at) => scores[at]?.score ?? null),
    scored: scored?.kind === "scored",
    error: failed ? kindOfError(trace.error ?? "") : scored?.kind === "failed" ? scored.error : null,
  };
}

/** The error kind for a failure that telemetry describes as text. */
function kindOfError(words: string): ErrorKind {
  if (/\b429\b|rate.?limit|too many requests|quota/i.test(words)) return "rate-limit";
  if (/time.?(?:d )?out|deadline|\b(?:408|504)\b/i.test(words)) return "timeout";
  if (/\btool\b/i.test(words)) return "tool";
  return /\b(?:json|parse|malformed|unexpected token)\b/i.test(words) ? "malformed-reply" : "provider";
}

/**
 * Returns a function that gives the cost of a trace in US dollars, by its model's published price; null if unknown.
 */
async function publishedPrices(): Promise<PriceOf> {
  const { publishedPriceOf } = await import("../providers/price-table.ts");
  const known = new Map<string, ReturnType<typeof publishedPriceOf>>();
  return ({ model, usage }) => {
    if (model === null) return null;
    if (!known.has(model)) known.set(model, publishedPriceOf(model));
    return usdOf(known.get(model) ?? null, usage);
  };
}
