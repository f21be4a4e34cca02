import { answerEnd } from "../../domain/finish-reason.ts";
import { isUnfinished, type RunHeader, type StoredCase, type StoredTrial } from "../../domain/run.ts";
import type { Score } from "../../domain/score.ts";
import { isRefused, tokensOf, toolCallCount, UNKNOWN_USAGE } from "../../domain/transcript.ts";
import { plainWay, wayCounts } from "../../domain/way-counts.ts";
import { markProcess, type ProcessMark } from "../../processes/process-mark.ts";
import { otherProcess, workNow } from "../run-process.ts";
import type {
  CachedAnswer,
  CaseBodies,
  KnownSpending,
  LostReply,
  LostSpending,
  NewJudgement,
  NewRunCase,
  RunWriter,
  Store,
  StoredJudgement,
  StoredRun,
  TrialRecord,
  TrialRow,
  TrialScoring,
} from "../store.ts";
import { runBusy } from "../store-errors.ts";
import { type MemoryBatch, memoryBatches } from "./memory-batches.ts";
import { careOf } from "./memory-care.ts";
import { type Change, type ReadInPages, readsOver } from "./memory-reads.ts";
import { emptyTraffic, type TrafficMemory, trafficIn } from "./memory-traffic.ts";

interface Answer {
  readonly askedHash: string | null;
  readonly trial: number;
  readonly transcript: CachedAnswer["transcript"];
  readonly raw: string | null;
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
}

interface Trial {
  readonly case_no: number;
  readonly trial: number;
  answer: number | null;
  cached: boolean;
  error: StoredTrial["error"];
  message: string | null;
  pass: boolean | null;
  scores: readonly (Score | null | undefined)[];
  voids: readonly (string | null)[] | undefined;
  tries: StoredTrial["tries"];
}

interface Run {
  header: RunHeader;
  status: StoredRun["status"];
  owner: ProcessMark | null;
  calls: number;
  judge_calls: number;
  ended_at: string | null;
  report: StoredRun["report"];
  readonly cases: readonly NewRunCase[];
  readonly asks: boolean;
  readonly trials: Map<string, Trial>;
  /** Whether the run was deleted. Its number is not used again. */
  pruned?: boolean;
}

/** The content of a store, which several handles share like a file. */
export interface Memory {
  lost: (LostReply & { readonly run_no: number })[];
  readonly runs: Run[];
  /** Answers by id; undefined for a deleted one. */
  readonly answers: (Answer | undefined)[];
  readonly changes: Change[];
  readonly texts: Map<string, string>;
  readonly traffic: TrafficMemory;
  readonly batches: MemoryBatch[];
  readonly departures: {
    readonly id: number;
    readonly model: string;
    readonly at: number;
    readonly tokens: number;
  }[];
  readonly judgements: (NewJudgement & {
    readonly id: number;
    readonly at: number;
    readonly body: string;
    discarded: boolean;
  })[];
}

export const emptyMemory = (): Memory => ({
  runs: [],
  answers: [],
  changes: [],
  texts: new Map(),
  traffic: emptyTraffic(),
  batches: [],
  departures: [],
  judgements: [],
  lost: [],
});

/** The time of every answer in this store. */
const NOW = Date.UTC(2025, 2, 1, 12);

const NOTHING_KNOWN = {
  latency_ms: null,
  cost_usd: null,
  usage: UNKNOWN_USAGE,
  refused: false,
  tool_calls: 0,
  cut: false,
  way: { steps: null, turns: null, failed_calls: null, stopped: null },
};

/**
 * A store in memory that passes the same tests as the real stores. A record can be read as soon as it is written,
 * without a commit.
 */
export function memoryStore(
  memory: Memory = emptyMemory(),
  self: ProcessMark = markProcess(process.pid),
): Store {
  const runOf = (no: number): Run => {
    const run = memory.runs[no - 1];
    if (run === undefined) throw new Error(`no run ${no}`);
    return run;
  };
  const stored = (run: Run): StoredRun => ({
    no: memory.runs.indexOf(run) + 1,
    header: run.header,
    ...workNow(run),
    ended_at: isUnfinished(run.status) ? null : run.ended_at,
    report: isUnfinished(run.status) ? null : run.report,
    calls: run.calls,
    judge_calls: run.judge_calls,
  });
  const trialsOf = (run: Run): Trial[] =>
    [...run.trials.values()].sort((a, b) => a.case_no - b.case_no || a.trial - b.trial);
  const toCached = (id: number): CachedAnswer => {
    const answer = memory.answers[id];
    if (answer === undefined) throw new Error(`no answer ${id}`);
    return { answer_id: id, transcript: answer.transcript };
  };
  const claim = (run: Run): void => {
    const other = otherProcess(run.owner, self);
    if (other !== null) throw runBusy(run.header, other);
    // Compared as objects, because two stores of one process have equal marks.
    if (run.owner !== null && run.owner !== self && run.owner.pid === self.pid)
      throw runBusy(run.header, null);
    hold(run);
  };
  const hold = (run: Run): void => {
    run.owner = self;
    atClose.push(() => {
      if (run.owner === self) run.owner = null;
    });
  };
  const atClose: (() => void)[] = [];
  const open = (run: Run, no: number): RunWriter => {
    const { keep, ...writer } = writerOf(run, no, memory);
    atClose.push(keep);
    return writer;
  };
  const newestFirst = (): Run[] => memory.runs.filter((run) => !run.pruned).reverse();

  const whole: Omit<Store, "read"> = {
    care: careOf(memory),
    traffic: trafficIn(memory.traffic, NOW),
    batches: memoryBatches(memory.batches, NOW),
    departures: {
      depart: (model, after, within_ms, decide) => {
        const now = Date.now();
        const rows = memory.departures.filter(
          (one) => one.model === model && one.id > after && one.at > now - within_ms,
        );
        const others = rows.map(({ id, at, tokens }) => ({ id, age_ms: now - at, tokens }));
        const tokens = decide(others);
        if (tokens === null) return rows.at(-1)?.id ?? after;
        const id = memory.departures.length + 1;
        memory.departures.push({ id, model, at: now, tokens: Math.ceil(tokens) });
        return id;
      },
    },
    create: (header, cases, bodies) => {
      const all = [...cases];
      const texts = textsOf(all, bodies, memory.texts);
      for (const [key, text] of texts) memory.texts.set(key, text);
      const run: Run = {
        header,
        status: "running",
        owner: null,
        calls: 0,
        judge_calls: 0,
        ended_at: null,
        report: null,
        cases: all,
        asks: bodies.request !== null,
        trials: new Map(),
      };
      memory.runs.push(run);
      hold(run);
      return open(run, memory.runs.length);
    },
    claim: ({ no }) => {
      claim(runOf(no));
      return stored(runOf(no));
    },
    resume: ({ no, header }) => {
      const run = runOf(no);
      claim(run);
      run.header = header;
      run.status = "running";
      return open(run, no);
    },
    runs: ({ canary_of, pressure_of, suite, plan, status, limit }) =>
      newestFirst()
        .filter((run) => run.header.canary_of === canary_of && run.header.pressure_of === pressure_of)
        .filter((run) => suite === undefined || run.header.suite === suite)
        .filter((run) => plan === undefined || run.header.plan === plan)
        .map(stored)
        .filter((run) => status === undefined || status.includes(run.status))
        .slice(0, limit),
    runsByPrefix: (prefix) =>
      newestFirst()
        .filter((run) => run.header.id.startsWith(prefix))
        .map(stored),
    cases: (no) =>
      runOf(no).cases.map(({ asked_hash: _, ...one }, case_no): StoredCase => ({ case_no, ...one })),
    scan: (no) =>
      trialsOf(runOf(no))
        .map((trial) => rowOf(trial, memory))
        .values(),
    scanScores: (no) =>
      trialsOf(runOf(no))
        .map((trial) => ({ ...rowOf(trial, memory), ...NOTHING_KNOWN }))
        .values(),
    trials: (no, caseNo) => {
      const run = runOf(no);
      const mine = trialsOf(run).filter((trial) => trial.case_no === caseNo);
      return mine.map((trial) => wholeTrial(trial, run, memory));
    },
    content: (no, caseNo) => {
      const text = memory.texts.get(`content ${runOf(no).cases[caseNo]?.content_hash}`);
      return text === undefined ? null : JSON.parse(text);
    },
    request: (no, caseNo) => {
      const run = runOf(no);
      const text = run.asks ? memory.texts.get(`request ${run.cases[caseNo]?.asked_hash}`) : undefined;
      return text === undefined ? null : JSON.parse(text);
    },
    cached: (askedHash, trial) => {
      const id = memory.answers.findLastIndex((one) => one?.askedHash === askedHash && one.trial === trial);
      return id === -1 ? undefined : toCached(id);
    },
    retries: (no) => {
      const tried = trialsOf(runOf(no)).flatMap(({ tries }) => tries ?? []);
      if (tried.length === 0) return null;
      return {
        trials: tried.filter(({ attempts }) => attempts > 1).length,
        attempts: tried.reduce((sum, { attempts }) => sum + attempts - 1, 0),
        waited_ms: tried.reduce((sum, { waited_ms }) => sum + waited_ms, 0),
      };
    },
    fallbackAnswers: (no) =>
      trialsOf(runOf(no)).filter(
        ({ answer, error }) =>
          error === null && answer !== null && toCached(answer).transcript.fallback !== undefined,
      ).length,
    lostSpending: (no, of) => lostSpending(memory, no, of),
    unscoredSpending: (no) => {
      const unscored = trialsOf(runOf(no)).filter(({ answer, pass }) => answer !== null && pass === null);
      const paid = unscored.map(({ answer }) => toCached(answer ?? 0).transcript);
      return together(spendingOn(paid), lostSpending(memory, no, "target"));
    },
    transcript: (no, caseNo, trial) => {
      const id = runOf(no).trials.get(`${caseNo}/${trial}`)?.answer ?? null;
      return id === null ? undefined : toCached(id);
    },
    ...judgementsIn(memory),
    close: () => {
      for (const last of atClose.splice(0)) last();
    },
  };
  const find = (no: number): StoredRun | undefined => {
    const run = memory.runs[no - 1];
    return run && !run.pruned ? stored(run) : undefined;
  };
  const paged: ReadInPages = {
    trial: (no, caseNo, number) => {
      const run = runOf(no);
      const found = trialsOf(run).find((one) => one.case_no === caseNo && one.trial === number);
      return found && wholeTrial(found, run, memory);
    },
    answerIds: (no) => trialsOf(runOf(no)).flatMap((one) => one.answer ?? []),
    origins: (no) => {
      const origins = new Map<number, string[]>();
      for (const { case_no, answer } of trialsOf(runOf(no)).filter((one) => one.cached)) {
        const asking = memory.runs.filter((run) =>
          trialsOf(run).some((one) => !one.cached && one.answer !== null && one.answer === answer),
        );
        const ids = asking.map((run) => run.header.id);
        origins.set(case_no, [...new Set([...(origins.get(case_no) ?? []), ...ids])]);
      }
      return origins;
    },
    lostReplies: (no) => memory.lost.flatMap(({ run_no, ...reply }) => (run_no === no ? [reply] : [])),
  };
  return { ...whole, read: readsOver({ ...whole, ...paged }, find, memory.changes) };
}

type Judgements = Pick<
  Store,
  | "recordJudgement"
  | "judgement"
  | "judgementRequest"
  | "judgements"
  | "judgementsOfCase"
  | "untoldJudgements"
  | "discardJudgements"
  | "newestJudgement"
  | "judgeSpending"
>;

function judgementsIn(memory: Memory): Judgements {
  const kept = memory.judgements;
  return {
    recordJudgement: async (one) => {
      const id = (kept.at(-1)?.id ?? 0) + 1;
      kept.push({ ...one, id, at: NOW, body: one.request.body(), discarded: false });
      return id;
    },
    judgement: (asked, draw, { since = 0, discarded_after = Number.MAX_SAFE_INTEGER } = {}) => {
      const found = kept.findLast(
        (one) =>
          one.asked === asked &&
          one.draw === draw &&
          one.at >= since &&
          (!one.discarded || one.id > discarded_after),
      );
      return found && storedJudgement(found);
    },
    discardJudgements: (ids) => {
      for (const one of kept) if (ids.includes(one.id)) one.discarded = true;
    },
    newestJudgement: () => kept.at(-1)?.id ?? 0,
    judgements: (ids) => ids.flatMap((id) => kept.filter((one) => one.id === id).map(storedJudgement)),
    judgementsOfCase: (runNo, caseId) =>
      kept.filter((one) => one.run_no === runNo && one.case_id === caseId).map(storedJudgement),
    untoldJudgements: (runNo) =>
      kept
        .filter(({ run_no, transcript: { cost_usd, usage } }) => {
          return run_no === runNo && (cost_usd === null || tokensOf(usage) === null);
        })
        .map(storedJudgement),
    judgementRequest: (id) => {
      const found = kept.find((one) => one.id === id);
      return found === undefined ? null : JSON.parse(found.body);
    },
    judgeSpending: (runNo) => {
      const mine = kept.filter((one) => one.run_no === runNo).map((one) => one.transcript);
      return {
        ...together(spendingOn(mine), lostSpending(memory, runNo, "judges")),
        dearest_usd: largest(mine.map((one) => one.cost_usd)),
        longest_output: largest(mine.map(({ usage }) => usage.output_tokens)),
      };
    },
  };
}

function largest(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((one) => one !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function spendingOn(replies: readonly Pick<LostReply, "usage" | "cost_usd">[]): KnownSpending {
  return {
    replies: replies.length,
    usd: replies.reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0),
    unpriced: replies.filter(({ cost_usd }) => cost_usd === null).length,
    tokens: replies.reduce((sum, { usage }) => sum + (tokensOf(usage) ?? 0), 0),
    untold: replies.filter(({ usage }) => tokensOf(usage) === null).length,
  };
}

function lostSpending({ lost }: Memory, runNo: number, of: "target" | "judges"): LostSpending {
  const mine = lost.filter(
    (one) => one.run_no === runNo && (of === "target" ? one.judge === null : one.judge !== null),
  );
  return {
    ...spendingOn(mine),
    most_usd: mine.reduce((sum, one) => sum + (one.cost_usd === null ? (one.most_usd ?? 0) : 0), 0),
    most_tokens: mine.reduce(
      (sum, one) => sum + (tokensOf(one.usage) === null ? (one.most_tokens ?? 0) : 0),
      0,
    ),
  };
}

function together(a: KnownSpending, b: KnownSpending): KnownSpending {
  return {
    replies: a.replies + b.replies,
    usd: a.usd + b.usd,
    unpriced: a.unpriced + b.unpriced,
    tokens: a.tokens + b.tokens,
    untold: a.untold + b.untold,
  };
}

function storedJudgement({
  id,
  asked,
  draw,
  judge,
  case_id,
  at,
  transcript,
}: Memory["judgements"][number]): StoredJudgement {
  const { output, refusal, finish_reason, model, usage, latency_ms, cost_usd } = transcript;
  const { input_tokens, output_tokens } = usage;
  const known = {
    output,
    refusal,
    finish_reason,
    model,
    usage,
    input_tokens,
    output_tokens,
    latency_ms,
    cost_usd,
  };
  return { id, asked, draw, judge, case_id, ...known, at: new Date(at).toISOString() };
}

function textsOf(
  cases: readonly NewRunCase[],
  bodies: CaseBodies,
  known: ReadonlyMap<string, string>,
): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [caseNo, one] of cases.entries()) {
    const content = `content ${one.content_hash}`;
    if (bodies.anew === true || !known.has(content)) texts.set(content, bodies.content(caseNo));
    const request = `request ${one.asked_hash}`;
    if (bodies.request !== null && !known.has(request)) texts.set(request, bodies.request(caseNo));
  }
  return texts;
}

function writerOf(run: Run, no: number, memory: Memory): RunWriter & { keep(): void } {
  const scored = (trial: Trial, scoring: TrialScoring | null): void => {
    const failure = scoring?.kind === "failed" ? scoring : null;
    trial.error = failure?.error ?? null;
    trial.message = failure?.message ?? null;
    trial.pass = scoring?.kind === "scored" ? scoring.pass : null;
    trial.scores = scoring?.kind === "scored" ? scoring.scores : [];
    trial.voids = scoring?.kind === "scored" ? scoring.voids : undefined;
  };
  const answerOf = (record: TrialRecord): number | null => {
    if (record.kind === "errored") return null;
    if (record.kind === "cached") return record.answer_id;
    const { transcript, raw, trial } = record;
    const askedHash =
      run.asks && record.uncached !== true ? (run.cases[record.case_no]?.asked_hash ?? null) : null;
    return memory.answers.push({ askedHash, trial, transcript, raw, at: NOW }) - 1;
  };
  const record = (one: TrialRecord): void => {
    const { case_no, trial, kind } = one;
    const kept: Trial = {
      case_no,
      trial,
      answer: answerOf(one),
      cached: kind === "cached" || (kind === "answered" && one.cached === true),
      error: null,
      message: null,
      pass: null,
      scores: [],
      voids: undefined,
      tries: triesTogether(run.trials.get(`${case_no}/${trial}`)?.tries, one.tries),
    };
    if (one.kind === "errored") {
      kept.error = one.error;
      kept.message = one.message;
    } else scored(kept, one.scores);
    run.trials.set(`${case_no}/${trial}`, kept);
    memory.changes.push({ run_no: no, case_no, trial });
  };
  let unscored: TrialRecord | undefined;
  let unfinished: () => LostReply | null = () => null;
  let kept: Memory["lost"][number] | null = null;
  return {
    no,
    arrived: (one) => {
      unscored = one;
    },
    keep: () => {
      if (unscored !== undefined) record(unscored);
    },
    record: (one) => {
      unscored = undefined;
      record(one);
    },
    recordLost: (reply) => {
      memory.lost.push({ ...reply, run_no: no });
    },
    recordScores: (caseNo, trial, scoring) => {
      const kept = run.trials.get(`${caseNo}/${trial}`);
      if (kept !== undefined) scored(kept, scoring);
      memory.changes.push({ run_no: no, case_no: caseNo, trial });
    },
    flush: () => {
      const open = unfinished();
      memory.lost = memory.lost.filter((one) => one !== kept);
      kept = open === null ? null : { ...open, run_no: no };
      if (kept !== null) memory.lost.push(kept);
    },
    calls: (sent) => {
      run.calls += sent;
    },
    unfinished: (replies) => {
      unfinished = replies;
    },
    judgeCalls: (sent) => {
      run.judge_calls += sent;
    },
    end: (status, report, at) => {
      Object.assign(run, { status, report, ended_at: at, owner: null });
    },
  };
}

function rowOf(trial: Trial, memory: Memory): TrialRow {
  const answer = trial.answer === null ? undefined : memory.answers[trial.answer];
  return {
    case_no: trial.case_no,
    trial: trial.trial,
    kind: trial.error === null ? "answered" : "errored",
    error: trial.error,
    cached: trial.cached,
    pass: trial.pass,
    scores: trial.scores.map((one) => {
      if (one === null || one === undefined) return one;
      return one.agreement === undefined ? [one.score, one.pass] : [one.score, one.pass, one.agreement];
    }),
    latency_ms: answer?.transcript.latency_ms ?? null,
    cost_usd: answer?.transcript.cost_usd ?? null,
    usage: answer?.transcript.usage ?? UNKNOWN_USAGE,
    refused: answer === undefined ? false : isRefused(answer.transcript),
    tool_calls: answer === undefined ? 0 : toolCallCount(answer.transcript),
    cut: answerEnd(answer?.transcript.finish_reason) === "cut",
    way: answer === undefined ? plainWay(null, 0) : wayCounts(answer.transcript),
  };
}

function triesTogether(a: Trial["tries"], b: Trial["tries"]): Trial["tries"] {
  if (a === undefined || b === undefined) return a ?? b;
  return { attempts: a.attempts + b.attempts, waited_ms: a.waited_ms + b.waited_ms };
}

function wholeTrial(trial: Trial, run: Run, memory: Memory): StoredTrial {
  const answer = trial.answer === null ? undefined : memory.answers[trial.answer];
  const { transcript } = answer ?? {};
  return {
    case_id: run.cases[trial.case_no]?.id ?? "",
    trial: trial.trial,
    kind: trial.error === null ? "answered" : "errored",
    error: trial.error,
    message: trial.message,
    cached: trial.cached,
    pass: trial.pass,
    scores: trial.scores,
    ...(trial.voids === undefined ? {} : { void_reasons: trial.voids }),
    ...(trial.tries === undefined ? {} : { tries: trial.tries }),
    answer:
      answer === undefined || transcript === undefined
        ? null
        : {
            ...transcript,
            input_tokens: transcript.usage.input_tokens,
            output_tokens: transcript.usage.output_tokens,
            messages: transcript.messages as never,
            tool_calls: transcript.tool_calls as never,
            raw: answer.raw,
            at: run.header.started_at,
          },
  };
}
