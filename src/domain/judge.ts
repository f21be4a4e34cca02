import type { Case } from "./case.ts";
import type { Json } from "./json.ts";
import type { JudgeSettings } from "./judge-settings.ts";
import type { Message, Role } from "./message.ts";
import type { LostBecause } from "./outcome.ts";
import type { Places } from "./places.ts";
import type { PromptPart } from "./prompt.ts";
import type { Reply, ReplyShape } from "./provider.ts";
import type { ScoreInput } from "./score-input.ts";

/** What one judge said of one answer: a verdict a person could have given too. */
export interface Judged {
  readonly verdict: "pass" | "fail";
  /** In [0, 1]; 0 or 1 for a judge that knows nothing between. */
  readonly score: number;
  /** The judge's words: model output, so it is escaped wherever shown. */
  readonly reason: string;
  /** Share of the ensemble's members that gave this verdict, in (0, 1]; absent for a judge that is asked once. */
  readonly agreement?: number | undefined;
  /** The replies it rests on, as the store numbers them. */
  readonly replies?: readonly number[] | undefined;
  /** Of a pairwise judge: who won when the answer was shown first, and when it was shown second. */
  readonly orders?: readonly [PairWinner, PairWinner] | undefined;
}

/** Which of two answers was found better: the one under judgement, or the other. */
export type PairWinner = "answer" | "other" | "tie";

/** Which judge a scorer rests on. */
export interface JudgeRef {
  readonly name: string;
  /** Exact semver. */
  readonly version: string;
  /** Hash of all that defines its verdicts: its file, its models with their settings. 64 hexadecimal digits. */
  readonly hash: string;
}

/** A judge ready to be asked. */
export interface OpenJudge extends JudgeRef {
  /** What `hash` is made of. */
  readonly identity: Json;
  /** Relative to the project root. */
  readonly path: string;
  /** Model names as their providers know them, one a member of the ensemble. */
  readonly models: readonly string[];
  /**
   * Asks, or reads back an earlier verdict: the same answer under the same repeat is paid for once.
   *
   * @param repeat from 1; different repeats are independent opinions of one answer
   * @throws {ScorerFailure} of kind "judge" without a usable verdict: never a pass, never a 0
   * @throws {NotJudged} when the budget or the person at the keyboard does not let it be asked
   */
  judge(input: ScoreInput, repeat: number): Promise<Judged>;
  close(): Promise<void>;
}

/** A judge with what a suite must know of it before it asks anything. */
export interface SuiteJudge extends OpenJudge {
  /** Score from which on its verdict is a pass. */
  readonly threshold: number;
  /** Scores only in {0, 1}. */
  readonly binary: boolean;
  /** Places of a case that it reads, for instance `expected`. */
  readonly reads: readonly string[];
  /** Why this case cannot be judged; undefined when all is well. Needs no answer. */
  refuses(golden: Case): string | undefined;
}

/**
 * `unasked`: only earlier verdicts of a judge were wanted. `unreachable`: nobody answers for its model. `batch`: its reply comes
 * with a batch.
 */
export type NotJudgedBecause = "budget" | "cancelled" | "unasked" | "unreachable" | "batch";

/**
 * This answer was not judged, and nobody is to blame: the run ended before it could be (it is judged when the run goes on),
 * or only earlier verdicts of a judge were asked for.
 */
export class NotJudged extends Error {
  readonly because: NotJudgedBecause;
  /** Of an unreachable model: why it is asked no more. */
  readonly lost: LostBecause | undefined;

  /** @param words what happened, for a person */
  constructor(because: NotJudgedBecause, words = `not judged: ${because}`, lost?: LostBecause) {
    super(words);
    this.name = "NotJudged";
    this.because = because;
    this.lost = lost;
  }
}

/** One version of a judge, as its file says. */
export interface JudgeFile {
  readonly name: string;
  /** Exact semver, from the file's name. */
  readonly version: string;
  /** Relative to the project root. */
  readonly path: string;
  readonly settings: JudgeSettings;
  /** Places of the front matter's keys. */
  readonly places: Places;
  /** A prompt of its own, with role lines; null where the kind's is used. */
  readonly parts: readonly PromptPart[] | null;
  /** Text without role lines: what the kind's prompt is completed with; null for none. */
  readonly instructions: { readonly template: string; readonly line: number } | null;
}

/**
 * What a judge's templates may speak of. Texts that come from outside are in a fence, but for `input`, `expected`,
 * `context` and `case`, which are the dataset's own values.
 */
export const JUDGE_VARIABLES = {
  output: "the answer under judgement",
  material: "all of the following, each below a heading, where there is one",
  background: "`material` without the answer and the reference",
  question: "the case's input",
  reference: "what the case expects, or the place that `against` names",
  sources: "the retrieved texts, numbered",
  conversation: "the messages and tool calls of an agent's transcript",
  first: "of two answers, the one shown first",
  second: "of two answers, the one shown second",
  criterion: "`criterion.name` and `criterion.text` of the criterion that is judged",
  scale: "the numbers that may be answered, and what they mean",
  instructions: "the body of a judge's file that has no role lines",
  fence: "the word that every fence of this question ends in",
  input: "the case's input, bare",
  expected: "what the case expects, bare",
  context: "the retrieved texts, bare",
  case: "`case.id`, `case.tags`, `case.metadata`, bare",
} as const;

/** Values by the name that a template calls them. */
export type JudgeScope = { readonly [name in keyof typeof JUDGE_VARIABLES]?: unknown };

/** A prompt with its templates compiled. */
export interface JudgePrompt {
  /** Names that its templates begin with: `input`, `expected`. */
  readonly variables: ReadonlySet<string>;
  /** @throws {EvalsError} naming file, line and case id */
  render(scope: JudgeScope, caseId: string): readonly Message[];
}

/** A message of a kind's own prompt: Liquid source below a role. */
export interface JudgeMessage {
  readonly role: Role;
  readonly template: string;
}

/** What a model is asked by a judge. */
export interface JudgeQuestion {
  readonly case_id: string;
  /** Null for a model that takes `input` itself: embeddings, moderation, a classifier. */
  readonly messages: readonly Message[] | null;
  readonly input?: Json | undefined;
  /** The JSON that a provider is to hold the model to; absent where the model only gets it as words. */
  readonly reply?: ReplyShape | undefined;
  /** From 1: which of several independent replies to the same question. */
  readonly draw: number;
  /** Hash of the judge that asks. */
  readonly judge: string;
}

/** A reply that was paid for, now or earlier. */
export interface JudgeReply {
  /** Its number in the store. */
  readonly id: number;
  readonly output: string;
  readonly refusal: string | null;
  readonly finish_reason: string | null;
}

/** A model that judges: a client within its limits, retries, recording and memory. */
export interface JudgeModel {
  readonly alias: string;
  /** As its provider knows it. */
  readonly label: string;
  /** Everything that decides its replies beside the messages: provider, model name, parameters, fallback. */
  readonly identity: Json;
  /**
   * @throws {NotJudged} when it may not be asked any more
   * @returns what was stored for this question and draw, else what the model says now; the failure when it says nothing
   */
  ask(question: JudgeQuestion): Promise<JudgeReply | (Reply & { readonly kind: "failed" })>;
  /** These replies gave no verdict: whoever goes on later asks again. */
  discard(replies: readonly number[]): void;
}

/** What the baseline answered to a case in one of its trials (from 1); undefined where nobody knows. */
export type BaselineAnswer = (caseId: string, trial: number) => Promise<string | undefined>;

/** What judges need of the outside. Handed to scorers by the command line. */
export interface JudgeHost {
  /** For judges that hold an answer against the baseline's; absent where there is no baseline to speak of. */
  readonly baseline?: BaselineAnswer | undefined;
  /** @throws {EvalsError} for an unknown judge, or with the mistakes of its file */
  file(spec: string): Promise<JudgeFile>;
  /** @throws {EvalsError} for templates that cannot be read and variables that no judge has */
  compile(file: JudgeFile, messages: readonly JudgeMessage[] | null): Promise<JudgePrompt>;
  /**
   * @param params added to the alias's own
   * @throws {SettingMistake} for an unknown alias, or parameters that its provider cannot take
   */
  model(alias: string, params: { readonly [name: string]: Json }): Promise<JudgeModel>;
}
