import type { Case } from "./case.ts";
import type { Json } from "./json.ts";
import type { JudgeSettings } from "./judge-settings.ts";
import type { Message, Role } from "./message.ts";
import type { LostBecause } from "./outcome.ts";
import type { Places } from "./places.ts";
import { EvalsError, type Problem } from "./problem.ts";
import type { PromptPart } from "./prompt.ts";
import type { Reply, ReplyShape } from "./provider.ts";
import type { ScoreInput } from "./score-input.ts";

/** A judge's verdict on one answer. */
export interface Judged {
  readonly verdict: "pass" | "fail";
  /** In [0, 1]; only 0 or 1 for a binary judge. */
  readonly score: number;
  /** The judge's reason. It is model output, so it must be escaped when shown. */
  readonly reason: string;
  /** Share of the ensemble's members that gave this verdict, in (0, 1]; absent for a single judge. */
  readonly agreement?: number | undefined;
  /** Ids in the store of the model replies that the verdict was made from. */
  readonly replies?: readonly number[] | undefined;
  /** For a pairwise judge: the winner when the judged answer was shown first, and when it was shown second. */
  readonly orders?: readonly [PairWinner, PairWinner] | undefined;
}

/** The better of two answers: the judged one, or the other. */
export type PairWinner = "answer" | "other" | "tie";

/** Identifies the judge of a scorer. */
export interface JudgeRef {
  readonly name: string;
  /** Exact semver. */
  readonly version: string;
  /**
   * Hash of everything that defines the judge's verdicts: its file, and its models with their settings. 64 hexadecimal
   * digits.
   */
  readonly hash: string;
}

/** A judge that is ready to be asked. */
export interface OpenJudge extends JudgeRef {
  /** The value from which `hash` is computed. */
  readonly identity: Json;
  /** Relative to the project root. */
  readonly path: string;
  /** The providers' model names, one per member of the ensemble. */
  readonly models: readonly string[];
  /**
   * Asks the judge, or returns a stored verdict: the same answer with the same repeat is paid for only once.
   *
   * @param repeat from 1; different repeats are independent opinions on one answer
   * @throws {ScorerFailure} of kind "judge" when there is no usable verdict, which is never a pass and never a 0
   * @throws {NotJudged} when the judge must not be asked because of the budget or a cancellation
   */
  judge(input: ScoreInput, repeat: number): Promise<Judged>;
  close(): Promise<void>;
}

/** A judge with the properties that a suite needs before it asks the judge. */
export interface SuiteJudge extends OpenJudge {
  /** The lowest score with which the verdict is a pass. */
  readonly threshold: number;
  /** Whether scores are only 0 or 1. */
  readonly binary: boolean;
  /** Paths of the values of a case that the judge reads, for instance `expected`. */
  readonly reads: readonly string[];
  /** Why this case cannot be judged, whatever its answer is; undefined when it can be judged. */
  refuses(golden: Case): string | undefined;
}

/**
 * Why a judge gave no verdict. `unasked`: only verdicts that were already stored were wanted. `unreachable`: the
 * judge's model is unavailable. `batch`: the judge's reply comes with a batch.
 */
export type NotJudgedBecause = "budget" | "cancelled" | "unasked" | "unreachable" | "batch";

/**
 * The answer has no verdict, and this is not an error: the run ended before the judge replied, or only stored verdicts
 * were wanted. In the first case the answer is judged when the run is resumed.
 */
export class NotJudged extends Error {
  readonly because: NotJudgedBecause;
  /** Why the judge's model is not asked any more; undefined unless `because` is `unreachable`. */
  readonly lost: LostBecause | undefined;

  /** @param words a message for the user about what happened */
  constructor(because: NotJudgedBecause, words = `not judged: ${because}`, lost?: LostBecause) {
    super(words);
    this.name = "NotJudged";
    this.because = because;
    this.lost = lost;
  }
}

/** One version of a judge, from its file. */
export interface JudgeFile {
  readonly name: string;
  /** Exact semver, from the file's name. */
  readonly version: string;
  /** Relative to the project root. */
  readonly path: string;
  readonly settings: JudgeSettings;
  /** Locations of the front matter's keys. */
  readonly places: Places;
  /** The judge's own prompt with role lines; null when the prompt of the judge's kind is used. */
  readonly parts: readonly PromptPart[] | null;
  /**
   * The text of a judge's file that has no role lines. It is inserted into the prompt of the judge's kind. Null when
   * there is no such text.
   */
  readonly instructions: { readonly template: string; readonly line: number } | null;
}

/** A judge's file as far as it can be read. */
export interface JudgeDraft extends Omit<JudgeFile, "settings"> {
  readonly settings: { readonly [name in keyof JudgeSettings]?: JudgeSettings[name] | undefined };
  /** Keys of the front matter that cannot be read. What depends on one of them is not checked. */
  readonly unread: ReadonlySet<string>;
}

/** The mistakes in the text of a judge's file, with the parts of it in which more mistakes may be found. */
export class UnreadJudge extends EvalsError {
  readonly draft: JudgeDraft;

  constructor(problems: readonly Problem[], draft: JudgeDraft) {
    super(problems);
    this.draft = draft;
  }
}

/**
 * The variables of a judge's templates. Texts are fenced, because they may contain instructions to the judge: a line
 * that ends in a tag stands before and after each. `input`, `expected`, `context` and `case` are values of the dataset
 * and are not fenced.
 */
export const JUDGE_VARIABLES = {
  output: "the answer under judgement",
  material:
    "question, sources, reference, conversation and answer, as far as they exist, each below a heading",
  background: "question and sources, as far as they exist, each below a heading",
  question: "the case's input",
  reference: "what the case expects, or the value that `against` names",
  sources: "the retrieved texts, numbered",
  conversation: "the messages and tool calls of an agent's transcript",
  first: "of two answers, the one shown first",
  second: "of two answers, the one shown second",
  criterion: "`criterion.name` and `criterion.text` of the criterion that is judged",
  scale: "the numbers that may be answered, and what they mean",
  instructions: "the body of a judge's file that has no role lines",
  fence: "the tag at the end of each line that stands before or after a fenced text",
  input: "the case's input, without a fence",
  expected: "what the case expects, without a fence",
  context: "the retrieved texts, without a fence",
  case: "`case.id`, `case.tags`, `case.metadata`, without a fence",
} as const;

/** Values by variable name. */
export type JudgeScope = { readonly [name in keyof typeof JUDGE_VARIABLES]?: unknown };

/** A compiled prompt. */
export interface JudgePrompt {
  /** The root names of the prompt's variables: `input`, `expected`. */
  readonly variables: ReadonlySet<string>;
  /** @throws {EvalsError} naming file, line and case id */
  render(scope: JudgeScope, caseId: string): readonly Message[];
}

/** A message of the prompt of a kind of judge: Liquid source with a role. */
export interface JudgeMessage {
  readonly role: Role;
  readonly template: string;
}

/** A question to a judge's model. */
export interface JudgeQuestion {
  readonly case_id: string;
  /** Null for a model that takes `input` itself: embeddings, moderation, a classifier. */
  readonly messages: readonly Message[] | null;
  readonly input?: Json | undefined;
  /** The JSON format for providers that enforce one; absent when the format is only described in the prompt. */
  readonly reply?: ReplyShape | undefined;
  /** Number of this reply among the independent replies to the same question, from 1. */
  readonly draw: number;
  /** Hash of the judge that asks. */
  readonly judge: string;
}

/** A paid reply, new or stored. */
export interface JudgeReply {
  /** Id of the reply in the store. */
  readonly id: number;
  readonly output: string;
  readonly refusal: string | null;
  readonly finish_reason: string | null;
}

/** The model of a judge, with its limits, retries, recording and stored replies. */
export interface JudgeModel {
  readonly alias: string;
  /** The provider's name of the model. */
  readonly label: string;
  /** Everything besides the messages that determines the replies: provider, model name, parameters, fallback. */
  readonly identity: Json;
  /**
   * @throws {NotJudged} when the model must not be asked any more
   * @returns the stored reply to this question and draw, else a new reply; a failure when there is no reply
   */
  ask(question: JudgeQuestion): Promise<JudgeReply | (Reply & { readonly kind: "failed" })>;
  /** Marks these replies as having no verdict, so that a later session asks again. */
  discard(replies: readonly number[]): void;
}

/** The baseline's answer to a case in one of its trials (from 1); undefined when unknown. */
export type BaselineAnswer = (caseId: string, trial: number) => Promise<string | undefined>;

/** The functions that judges need from their environment. The command line passes them to the scorers. */
export interface JudgeHost {
  /** Gives the baseline's answers to judges that compare with them; absent without a baseline. */
  readonly baseline?: BaselineAnswer | undefined;
  /** @throws {EvalsError} for an unknown judge; {UnreadJudge} with the mistakes in the text of its file */
  file(spec: string): Promise<JudgeFile>;
  /** @throws {EvalsError} for invalid templates and unknown variables */
  compile(file: Omit<JudgeFile, "settings">, messages: readonly JudgeMessage[] | null): Promise<JudgePrompt>;
  /**
   * @param params added to the parameters of the alias itself
   * @throws {SettingMistake} for an unknown alias, or parameters that its provider does not accept
   */
  model(alias: string, params: { readonly [name: string]: Json }): Promise<JudgeModel>;
}
