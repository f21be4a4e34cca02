import type { CacheReason, ExplainedCase } from "../domain/cache-reason.ts";
import type { Store, StoredRun } from "../store/store.ts";
import { type AskSettings, cacheFor, isReusable, seesRaw } from "./answers-at-hand.ts";
import type { Plan } from "./plan.ts";

/** How many of a suite's newest runs are searched for the last one that asked a case. */
const MAX_LOOKED = 20;

/** Explains for each case of a plan why it is asked, or why not. */
export async function* explainCache(
  plan: Plan,
  settings: AskSettings,
  store: Store,
): AsyncGenerator<ExplainedCase> {
  const { target } = plan;
  const isRecorded = target.client.immediate === true;
  const before = settings.resume === null ? null : trialsOf(settings.resume, store);
  const cached = settings.useCache ? await cacheFor(plan, store, settings.notFromCache) : null;
  const pastOf = lastAsked(plan, store);
  for (let caseNo = 0; caseNo < plan.count; caseNo++) {
    const id = plan.id(caseNo);
    const trials = plan.planned(caseNo);
    const hash = plan.askedHash(caseNo);
    const asked: number[] = [];
    let answered = 0;
    for (let trial = 1; !isRecorded && trial <= trials; trial++) {
      if (before?.answered.has(`${caseNo}/${trial}`)) {
        answered++;
        continue;
      }
      const hit = cached?.(hash, trial);
      if (hit === undefined || !isReusable(plan, caseNo, hit.transcript)) asked.push(trial);
    }
    const explained = (reason: CacheReason, why: string): ExplainedCase => {
      return { id, trials, at_hand: trials - asked.length, asked: asked.length, reason, why };
    };
    yield why({ plan, settings, store, before, pastOf, id, hash, caseNo, asked, answered, explained });
  }
}

interface OneCase {
  readonly plan: Plan;
  readonly settings: AskSettings;
  readonly store: Store;
  readonly before: EarlierTrials | null;
  readonly pastOf: ReturnType<typeof lastAsked>;
  readonly id: string;
  readonly hash: string;
  readonly caseNo: number;
  /** Numbers of the trials to be asked. */
  readonly asked: readonly number[];
  /** Number of the other trials that were answered in an earlier session of the same run. */
  readonly answered: number;
  readonly explained: (reason: CacheReason, why: string) => ExplainedCase;
}

function why(one: OneCase): ExplainedCase {
  const { plan, settings, store, before, caseNo, asked, answered, hash, explained } = one;
  const { target } = plan;
  if (target.client.immediate === true) return explained("recorded", "the answers are recorded");
  if (asked.length === 0) {
    const run = settings.resume?.header.id;
    return answered > 0
      ? explained("answered", `run ${run} has the answers`)
      : explained("cached", "the same request was sent to the same target before");
  }
  if (asked.some((trial) => before?.errored.has(`${caseNo}/${trial}`)))
    return explained("errored", `${trialsIn(asked)} errored in run ${settings.resume?.header.id}`);
  if (!settings.useCache) return explained("no-cache", "--no-cache asks everything");
  if (!target.cacheable)
    return explained("not-reusable", "the target has no `version:`, so its answers are not reused");
  if (seesRaw(plan))
    return explained("raw-scorer", "a scorer needs the answer before redaction, which is not stored");
  const stored = asked.flatMap((trial) => store.cached(hash, trial) ?? []);
  if (stored.some((hit) => isReusable(plan, caseNo, hit.transcript)))
    return explained(
      "baseline",
      "the stored answers are the baseline's own, which are not compared with themselves",
    );
  if (asked.length < plan.planned(caseNo))
    return explained(
      "more-trials",
      `${trialsIn(asked)} ${asked.length === 1 ? "was" : "were"} never answered`,
    );
  return whyAnew(one);
}

/** Explains a case without a stored answer to its request: what differs from the run that asked the case last. */
function whyAnew({ plan, pastOf, id, caseNo, explained }: OneCase): ExplainedCase {
  const past = pastOf(id);
  if (past === undefined) return explained("new-case", "no run of this suite has asked this case");
  const { run, request_hash } = past;
  if (request_hash !== plan.requestHash(caseNo))
    return explained("request-changed", `the request of this case has changed since run ${run.header.id}`);
  if (run.header.target_hash !== plan.targetHash)
    return explained("target-changed", `run ${run.header.id} asked another target: ${run.header.target}`);
  return explained(
    "unanswered",
    `run ${run.header.id} asked this case, but no answer is stored that can be used again`,
  );
}

/** Ascending numbers of trials as text, for instance `trial 3` or `trials 1 and 3 to 5`. */
function trialsIn(trials: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const trial of trials) {
    const range = ranges.at(-1);
    if (range !== undefined && range[1] === trial - 1) range[1] = trial;
    else ranges.push([trial, trial]);
  }
  const words = ranges.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`));
  const listed = [words.slice(0, -1).join(", "), ...words.slice(-1)]
    .filter((one) => one !== "")
    .join(" and ");
  return `${trials.length === 1 ? "trial" : "trials"} ${listed}`;
}

interface EarlierTrials {
  /** Trials with an answer that need not be asked again, as `case number/trial`. */
  readonly answered: ReadonlySet<string>;
  /** Trials without an answer, or spoiled by their simulated user, as `case number/trial`. */
  readonly errored: ReadonlySet<string>;
}

function trialsOf(run: StoredRun, store: Store): EarlierTrials {
  const answered = new Set<string>();
  const errored = new Set<string>();
  for (const { case_no, trial, pass, error } of store.scan(run.no)) {
    const isKept = error !== "simulator" && store.transcript(run.no, case_no, trial) !== undefined;
    const has = pass !== null || isKept;
    (has ? answered : errored).add(`${case_no}/${trial}`);
  }
  return { answered, errored };
}

/** Finds, by a case's id, the newest run of the suite that has the case. The runs are read on first use. */
function lastAsked({ suite }: Plan, store: Store) {
  let cases: Map<string, { readonly run: StoredRun; readonly request_hash: string }> | undefined;
  return (id: string) => {
    if (cases === undefined) {
      cases = new Map();
      for (const run of store.runs({ suite: suite.name, limit: MAX_LOOKED }))
        for (const one of store.cases(run.no))
          if (!cases.has(one.id)) cases.set(one.id, { run, request_hash: one.request_hash });
    }
    return cases.get(id);
  };
}
