import { WITHHELD } from "../domain/classification.ts";
import type { StoredTrial } from "../domain/run.ts";
import type { FailedAnswer, FailedTrial, StoreReads } from "./reads.ts";
import type { CachedAnswer, Store, StoredJudgement } from "./store.ts";

const CONTENT = { input: WITHHELD, expected: WITHHELD } as const;

/**
 * A view of the store for readers who must not see its texts. It shows numbers, times and model names, and replaces
 * every question, answer and comment with a placeholder. Writes work as usual.
 */
export function withheldStore(store: Store): Store {
  const { read } = store;
  const reads: StoreReads = {
    ...read,
    failedTrials: async (...at) => {
      const { items, next } = await read.failedTrials(...at);
      return { items: items.map(withheldFailed), next };
    },
    trialsOfCase: async (...at) => (await read.trialsOfCase(...at)).map(withheldTrial),
    trial: async (...at) => {
      const found = await read.trial(...at);
      return found && withheldTrial(found);
    },
    transcript: async (...at) => withheldCached(await read.transcript(...at)),
    content: async (...at) => (await read.content(...at)) && CONTENT,
    request: async () => null,
    judgements: async (ids) => (await read.judgements(ids)).map(withheldJudgement),
    judgementsOfCase: async (...at) => (await read.judgementsOfCase(...at)).map(withheldJudgement),
    judgementRequest: async () => null,
  };
  return {
    ...store,
    read: reads,
    trials: (...at) => store.trials(...at).map(withheldTrial),
    transcript: (...at) => withheldCached(store.transcript(...at)),
    cached: (...at) => withheldCached(store.cached(...at)),
    content: (...at) => store.content(...at) && CONTENT,
    request: () => null,
    judgements: (ids) => store.judgements(ids).map(withheldJudgement),
    judgementsOfCase: (...at) => store.judgementsOfCase(...at).map(withheldJudgement),
    untoldJudgements: (runNo) => store.untoldJudgements(runNo).map(withheldJudgement),
    judgementRequest: () => null,
  };
}

/** A trial without its texts. */
export function withheldTrial(trial: StoredTrial): StoredTrial {
  const { message, void_reasons: voids, answer } = trial;
  return {
    ...trial,
    message: message === null ? null : WITHHELD,
    scores: trial.scores.map((one) => one && { ...one, reason: WITHHELD }),
    ...(voids === undefined ? {} : { void_reasons: voids.map((one) => one && WITHHELD) }),
    answer: answer && { ...withheldAnswer(answer), raw: null },
  };
}

function withheldFailed(trial: FailedTrial): FailedTrial {
  const { message, scores, answer } = trial;
  return {
    ...trial,
    message: message === null ? null : WITHHELD,
    scores: scores.map((one) => one && { ...one, reason: WITHHELD }),
    answer: answer && withheldAnswer(answer),
  };
}

function withheldAnswer<A extends FailedAnswer>({ trajectory: _, ...answer }: A) {
  return { ...answer, output: WITHHELD, messages: null, tool_calls: null, refusal: null };
}

function withheldCached(found: CachedAnswer | undefined): CachedAnswer | undefined {
  if (found === undefined) return undefined;
  const { trajectory: _, ...transcript } = found.transcript;
  const texts = { output: WITHHELD, messages: [], tool_calls: [], refusal: null };
  return { ...found, transcript: { ...transcript, ...texts } };
}

function withheldJudgement(judgement: StoredJudgement): StoredJudgement {
  return { ...judgement, output: WITHHELD, refusal: null };
}
