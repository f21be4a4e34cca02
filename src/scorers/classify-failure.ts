import { conversationSteps, isTurn } from "../domain/conversation.ts";
import type { TranscriptDocument } from "../domain/describe-transcript.ts";
import type { Failure, FailureClass, Fault } from "../domain/failure.ts";
import { canonicalJson } from "../domain/json.ts";
import { turnOfFault } from "../domain/person-fault.ts";
import type { StoredAnswer, StoredTrial } from "../domain/run.ts";
import { shorten } from "./frame/brief.ts";
import { callWords } from "./frame/compare-calls.ts";
import { refusalIn } from "./frame/refusal-phrases.ts";

/** The properties of a scorer that the failure class depends on. */
export interface FailedBy {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /**
   * The failure class of a trial that this scorer fails, used when no rule explains the failure; set only for a
   * calibrated judge.
   */
  readonly blames?: FailureClass | undefined;
}

/** A failed trial with all that its failure class depends on. */
export interface TrialToClassify {
  readonly trial: Pick<StoredTrial, "error" | "message" | "scores">;
  readonly answer: Pick<StoredAnswer, "output" | "refusal" | "finish_reason"> | null;
  readonly transcript: TranscriptDocument | null;
  readonly scorers: readonly FailedBy[];
}

interface Miss extends FailedBy {
  readonly reason: string;
  readonly fault: Fault | undefined;
}

type Found = Omit<Failure, "message"> & { readonly message?: number | null };

/**
 * The failure class that follows from the type of the failed scorer. No class follows from a type that is not
 * listed.
 */
const CLASS_OF_TYPE: Readonly<Record<string, FailureClass>> = {
  "json-valid": "format",
  "json-schema": "format",
  "contains-json": "format",
  length: "instruction",
  citations: "grounding",
  "not-refusal": "refusal",
};

/** Number of identical calls that counts as a loop. */
const LOOP = 3;

const found = (name: FailureClass, evidence: string, { step, tool }: Partial<Fault> = {}): Found => ({
  class: name,
  evidence: shorten(evidence, 300),
  step: step ?? null,
  tool: tool ?? null,
});

/**
 * The scorers that did not pass. There may be none when a limit ended the trial, because such a trial fails whatever
 * its scores. A judge with `required: false` is left out: it can name a class only through `blames`.
 */
function missesOf({ trial, scorers }: TrialToClassify): readonly Miss[] {
  return trial.scores.flatMap((score, index) => {
    const scorer = scorers[index];
    if (score == null || score.pass || scorer === undefined) return [];
    if (!scorer.required && scorer.type === "judge") return [];
    return [{ ...scorer, reason: score.reason, fault: score.fault }];
  });
}

/** Finds a call that was made `LOOP` times with the same arguments. */
function loopIn(transcript: TranscriptDocument): Found | undefined {
  const times = new Map<string, number>();
  for (const call of transcript.tool_calls ?? []) {
    const key = canonicalJson([call.name, call.arguments]);
    const count = (times.get(key) ?? 0) + 1;
    times.set(key, count);
    if (count === LOOP)
      return found("orchestration", `${callWords(call)} was called ${LOOP} times or more`, {
        ...(call.step !== null && { step: call.step }),
        tool: call.name,
      });
  }
  return undefined;
}

/** Finds a failed call after which no call of the same tool succeeded. */
function ignoredError(transcript: TranscriptDocument): Found | undefined {
  const calls = transcript.tool_calls ?? [];
  for (const [at, call] of calls.entries()) {
    if (call.error === null) continue;
    const madeGood = calls.slice(at + 1).some(({ name, error }) => name === call.name && error === null);
    if (!madeGood)
      return found("tool-failure", `${call.name} failed and the agent went on: ${call.error}`, {
        ...(call.step !== null && { step: call.step }),
        tool: call.name,
      });
  }
  return undefined;
}

const ofFault = ({ name, reason, fault }: Miss): Found =>
  found(fault?.class ?? "unknown", `${name}: ${reason}`, fault);

/** Whether the failed scorer found a fault in the tool calls. Such a fault happened before any fault of the answer. */
const isOfCalls = ({ fault }: Miss): boolean =>
  fault?.class === "tool-choice" || fault?.class === "tool-arguments" || fault?.class === "orchestration";

/**
 * Classifies by tool calls. If a loop prevented the expected calls, the loop is reported; if a tool's error
 * prevented the expected call, the error is reported.
 */
function wayOf(misses: readonly Miss[], transcript: TranscriptDocument): Found | undefined {
  const ofCalls = misses.find(isOfCalls);
  if (ofCalls !== undefined) {
    const loop = loopIn(transcript);
    if (loop !== undefined) return loop;
    if (ofCalls.fault?.class !== "tool-arguments") {
      const error = ignoredError(transcript);
      if (
        error !== undefined &&
        (ofCalls.fault?.step === undefined || ofCalls.fault.step > (error.step ?? 0))
      )
        return error;
    }
    return ofFault(ofCalls);
  }
  return ignoredError(transcript);
}

/** A wrong final state after correct calls: a tool did not do what its result claims. */
function stateOf(misses: readonly Miss[], { trial, scorers }: TrialToClassify): Found | undefined {
  const state = misses.find(({ type }) => type === "state-equals");
  if (state === undefined) return undefined;
  const callsHeld = scorers.some(
    ({ type }, index) =>
      (type === "tool-calls" || type === "golden-trace") && trial.scores[index]?.pass === true,
  );
  return callsHeld
    ? found("tool-failure", `the calls are right and the state is not: ${state.reason}`)
    : undefined;
}

/** Classes in order of preference, causes before effects: a failed retrieval before an answer without a source. */
const ORDER: readonly FailureClass[] = [
  "retrieval",
  "grounding",
  "format",
  "refusal",
  "tool-failure",
  "instruction",
  "knowledge",
];

/** The class that a failed scorer implies, by its result or its type; undefined when it implies none. */
function classOf({ fault, type }: Miss): FailureClass | undefined {
  const name = fault?.class ?? CLASS_OF_TYPE[type];
  return name === "unknown" ? undefined : name;
}

function statedClass(misses: readonly Miss[]): Found | undefined {
  const classed = misses.map((miss) => ({ miss, name: classOf(miss) }));
  for (const name of ORDER) {
    const one = classed.find((each) => each.name === name);
    if (one !== undefined) return found(name, `${one.miss.name}: ${one.miss.reason}`, one.miss.fault);
  }
  return undefined;
}

/** Used when no rule applies: the class of the first calibrated judge, in the suite's order, that fails the answer. */
function judgedClass({ trial, scorers }: TrialToClassify): Found | undefined {
  for (const [index, { name, blames }] of scorers.entries()) {
    const score = trial.scores[index];
    if (blames !== undefined && score != null && !score.pass)
      return found(blames, `${name}: ${score.reason}`, score.fault);
  }
  return undefined;
}

function refusalOf(misses: readonly Miss[], { answer }: TrialToClassify): Found | undefined {
  if (answer === null || misses.some(({ type }) => type === "refusal")) return undefined;
  const words = refusalIn(answer);
  return words === undefined ? undefined : found("refusal", words);
}

/** Finds a trial that a limit ended, or an answer that the token limit truncated. */
function endOf({ transcript, answer }: TrialToClassify): Found | undefined {
  const stopped = transcript?.stopped ?? null;
  if (stopped !== null)
    return found("orchestration", `stopped by its limit on ${stopped}`, {
      ...(transcript?.steps != null && { step: transcript.steps }),
    });
  return answer?.finish_reason === "length" ? found("format", "cut off by the limit on tokens") : undefined;
}

/**
 * Index of the message that shows a step; without such a message, of the assistant's last message. Null when the
 * conversation is unknown.
 */
function messageOf({ messages }: TranscriptDocument, step: number | null): number | null {
  if (messages.length === 0) return null;
  const reply = step === null ? undefined : conversationSteps(messages).replies[step - 1];
  if (reply?.added[0] !== undefined) return reply.added[0];
  const last = messages.findLastIndex(({ role }) => role === "assistant");
  return last === -1 ? null : last;
}

/** Index of the user message that an error's text refers to; null when it refers to none. */
function turnMessage({ messages }: TranscriptDocument, words: string): number | null {
  const turns = messages.flatMap((one, index) => (isTurn(one) ? [index] : []));
  return turns[(turnOfFault(words) ?? 0) - 1] ?? null;
}

/** The class that the rules find for these failed scorers, by the earliest fault; undefined when no rule applies. */
function ruledClass(misses: readonly Miss[], failed: TrialToClassify): Found | undefined {
  const { transcript } = failed;
  return (
    refusalOf(misses, failed) ??
    (transcript === null ? undefined : wayOf(misses, transcript)) ??
    stateOf(misses, failed) ??
    statedClass(misses)
  );
}

/**
 * Classifies why a trial failed, by rules alone: the earliest fault found. `unknown` when no rule applies. Undefined
 * for a trial that passed, has no scores, or errored for a reason other than its simulated user.
 */
export function classifyFailure(
  failed: TrialToClassify & { readonly trial: Pick<StoredTrial, "pass"> },
): Failure | undefined {
  const { trial, transcript } = failed;
  if (trial.error === "simulator") {
    const words = trial.message ?? "the simulated person did not do its part";
    return { ...found("user", words), message: transcript === null ? null : turnMessage(transcript, words) };
  }
  if (trial.error !== null || trial.pass !== false) return undefined;
  const misses = missesOf(failed);
  const decisive = misses.filter(({ required }) => required);
  // If no failed required scorer implies a class, the optional scorers are used too: the required scorer of a
  // benchmark, for instance, only tells that the trial failed.
  const shown = decisive.some((miss) => classOf(miss) !== undefined) ? decisive : misses;
  const [first] = decisive;
  const one =
    endOf(failed) ??
    ruledClass(shown, failed) ??
    judgedClass(failed) ??
    found(
      "unknown",
      first === undefined ? "no scorer missed" : `${first.name}: ${first.reason}`,
      first?.fault,
    );
  return { ...one, message: transcript === null ? null : messageOf(transcript, one.step) };
}
