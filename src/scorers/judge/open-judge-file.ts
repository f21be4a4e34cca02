import type { Case } from "../../domain/case.ts";
import { hashJson, type Json } from "../../domain/json.ts";
import {
  type Judged,
  type JudgeFile,
  type JudgeHost,
  type JudgeModel,
  type JudgePrompt,
  type JudgeScope,
  NotJudged,
  type SuiteJudge,
} from "../../domain/judge.ts";
import type { JudgeSettings } from "../../domain/judge-settings.ts";
import { EvalsError } from "../../domain/problem.ts";
import { type ScoreInput, ScorerFailure } from "../../domain/scorer.ts";
import { UNKNOWN_USAGE } from "../../domain/transcript.ts";
import { type CaseReader, casePath } from "../case-path.ts";
import { type Answer, askQuestion } from "./ask-question.ts";
import { combineOpinions, type Opinion } from "./combine-opinions.ts";
import { examineFile } from "./examine-file.ts";
import { fenceAround, fenceRules } from "./fence.ts";
import type { JudgedTexts, JudgeKind, KindQuestion } from "./judge-kind.ts";
import { countSources, judgedTexts, judgeScope } from "./judged-texts.ts";
import { judgeKind } from "./kinds/registry.ts";
import { replyRules } from "./read-reply.ts";

/** The settings of a suite's entry that override those of the judge's file. */
export interface JudgeOverrides {
  readonly model?: string | undefined;
  readonly threshold?: number | undefined;
  /** Location of the retrieved texts in the case; default `metadata.context`. */
  readonly context?: string | undefined;
  /**
   * Other settings of the suite that decide what is judged, such as `select`. They only become part of the judge's
   * hash.
   */
  readonly subject?: { readonly [name: string]: Json } | undefined;
}

const NONE: ReadonlySet<string> = new Set();

export const DEFAULT_CONTEXT = "metadata.context";

/**
 * Prepares a judge. No call is made and no key is needed yet.
 *
 * @throws {SettingMistake} at a key of `overrides`
 * @throws {EvalsError} with the mistakes of the judge's file
 */
export async function openJudgeFile(
  file: JudgeFile,
  overrides: JudgeOverrides,
  host: JudgeHost,
): Promise<SuiteJudge> {
  const contextPath = overrides.context ?? DEFAULT_CONTEXT;
  const context = casePath(contextPath, ["context"]);
  const { prompt, models, problems } = await examineFile({ ...file, unread: NONE }, overrides, host);
  const kind = judgeKind(file.settings.kind);
  if (problems.length > 0 || prompt === null || kind === undefined) throw new EvalsError(problems);
  const threshold = overrides.threshold ?? file.settings.threshold ?? kind.threshold(file.settings);
  if (threshold === "required") throw new Error("a missing threshold is one of the problems");
  const scale = file.settings.scale ?? kind.scale;
  const settings: JudgeSettings = { ...file.settings, threshold, ...(scale === undefined ? {} : { scale }) };
  const questions = kind.questions(settings);
  const identity = identityOf({ file, kind, settings, models, questions, contextPath, overrides });
  const opened: Opened = {
    file,
    kind,
    settings,
    prompt,
    models,
    questions,
    context,
    threshold,
    hash: hashJson(identity),
  };
  const { variables } = prompt;
  const reads = [
    ...(kind.reads.includes("reference") || variables.has("expected") ? ["expected"] : []),
    ...(kind.reads.includes("sources") || variables.has("context") ? [contextPath] : []),
  ];
  return {
    name: file.name,
    version: file.version,
    path: file.path,
    hash: opened.hash,
    identity,
    models: models.map((one) => one.label),
    threshold,
    binary: kind.binary(settings) && (settings.combine !== "mean" || models.length * settings.samples === 1),
    reads,
    refuses: (golden) => refusal(opened, golden),
    judge: (input, repeat) => judge(opened, input, repeat),
    close: async () => {},
  };
}

interface Opened {
  readonly file: JudgeFile;
  readonly kind: JudgeKind;
  readonly settings: JudgeSettings;
  readonly prompt: JudgePrompt;
  readonly models: readonly JudgeModel[];
  readonly questions: readonly KindQuestion[];
  readonly context: CaseReader;
  readonly threshold: number;
  readonly hash: string;
}

function identityOf(parts: {
  readonly file: JudgeFile;
  readonly kind: JudgeKind;
  readonly settings: JudgeSettings;
  readonly models: readonly JudgeModel[];
  readonly questions: readonly KindQuestion[];
  readonly contextPath: string;
  readonly overrides: JudgeOverrides;
}): Json {
  const { file, kind, settings, models, questions, contextPath, overrides } = parts;
  const { criteria, scale, threshold, samples, combine, quotes, structured } = settings;
  const messages = file.parts?.flatMap((one) =>
    one.kind === "message" ? [{ role: one.role, template: one.template }] : [],
  );
  return {
    kind: kind.kind,
    version: kind.version,
    prompt: (messages ??
      kind.messages(settings).map(({ role, template }) => ({ role, template }))) as unknown as Json,
    instructions: file.instructions?.template ?? null,
    rules: [fenceRules("tag"), ...questions.map(({ form }) => replyRules({ form, quotes }))],
    settings: {
      ...(criteria === undefined ? {} : { criteria: criteria as unknown as Json }),
      ...(scale === undefined ? {} : { scale: scale as unknown as Json }),
      threshold: threshold ?? null,
      samples,
      combine,
      quotes,
      structured,
    },
    ...(contextPath === DEFAULT_CONTEXT ? {} : { context: contextPath }),
    ...(overrides.subject === undefined ? {} : { subject: overrides.subject }),
    models: models.map((one) => one.identity),
  };
}

async function judge(opened: Opened, input: ScoreInput, repeat: number): Promise<Judged> {
  const { models, settings, threshold } = opened;
  const texts = judgedTexts(input, opened.context);
  const opinions: Promise<Opinion>[] = [];
  for (const model of models) {
    for (let sample = 1; sample <= settings.samples; sample++) {
      const draw = (repeat - 1) * settings.samples + sample;
      opinions.push(opinionOf(opened, model, draw, input.golden, texts));
    }
  }
  return combineOpinions(await settledOpinions(opinions), settings.combine, threshold);
}

/**
 * Waits for all opinions. A member whose model cannot be reached has no opinion, if the model of another member can
 * be reached.
 *
 * @throws {NotJudged} when no member's model can be reached
 */
async function settledOpinions(opinions: readonly Promise<Opinion>[]): Promise<Opinion[]> {
  const gone: NotJudged[] = [];
  const settled = await allOf(
    opinions.map((one) =>
      one.catch((error: unknown): Opinion => {
        if (!(error instanceof NotJudged) || error.because !== "unreachable") throw error;
        gone.push(error);
        return new ScorerFailure("judge", error.message, { cause: error });
      }),
    ),
  );
  if (gone[0] !== undefined && gone.length === opinions.length) throw gone[0];
  return settled;
}

/**
 * One member's opinion, from its replies to all questions about the answer. A failure to judge is returned, not
 * thrown.
 */
async function opinionOf(
  opened: Opened,
  model: JudgeModel,
  draw: number,
  golden: Case,
  texts: JudgedTexts,
): Promise<Opinion> {
  const { kind, settings, questions, file } = opened;
  const sources = countSources(opened.context(golden));
  const formOf = ({ form, formFor }: KindQuestion) =>
    sources === undefined ? form : (formFor?.(sources) ?? form);
  try {
    const answers = await allOf(
      questions.map((question): Promise<Answer> => {
        const { scope, tag } = scopeOf(opened, golden, texts, question);
        return askQuestion({
          model,
          form: { form: formOf(question), quotes: settings.quotes },
          messages: opened.prompt.render(scope, golden.id),
          tag,
          judged: Object.values(texts).filter((text) => text !== undefined),
          structured: settings.structured,
          case_id: golden.id,
          draw,
          judge: opened.hash,
        });
      }),
    );
    const reading = kind.conclude(
      answers.map((one) => one.reading),
      settings,
    );
    return { reading, replies: answers.flatMap((one) => one.replies) };
  } catch (error) {
    if (error instanceof ScorerFailure) return error;
    // Any other error (a full disk, a missing key) is no failure of this judge, so it is thrown.
    if (error instanceof EvalsError && error.problems.every(({ code }) => code === "EVALS_JUDGE_RENDER"))
      return new ScorerFailure("judge", `${file.path}: ${error.problems[0]?.what ?? ""}`, { cause: error });
    throw error;
  }
}

/** Waits for all promises even if one fails, so that nothing is still running when a run has ended. */
async function allOf<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const ended = await Promise.allSettled(work);
  return ended.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

/**
 * The template variables of a question, and the tag of its fence. The tag depends only on the texts that the prompt
 * shows, so the same question always gets the same prompt.
 */
function scopeOf(opened: Opened, golden: Case, texts: JudgedTexts, question: KindQuestion) {
  const { variables } = opened.prompt;
  const shows = (...names: readonly string[]): boolean => names.some((name) => variables.has(name));
  const names: Readonly<Record<keyof JudgedTexts, boolean>> = {
    output: shows("output", "material", "first"),
    question: shows("question", "material", "background"),
    reference: shows("reference", "material", "first"),
    sources: shows("sources", "material", "background"),
    conversation: shows("conversation", "material"),
  };
  const shown = (Object.keys(names) as (keyof JudgedTexts)[]).flatMap((name) =>
    names[name] && texts[name] !== undefined ? [texts[name]] : [],
  );
  const fence = fenceAround(shown);
  const { settings, context } = opened;
  const common = judgeScope(texts, { golden, settings, context, fence });
  const scope: JudgeScope = { ...common, ...question.scope?.(texts, fence) };
  return { scope, tag: fence.tag };
}

/** Why no prompt can be built for a case, found before any call is paid; undefined when a prompt can be built. */
function refusal(opened: Opened, golden: Case): string | undefined {
  const { kind, context, questions, prompt } = opened;
  if (kind.reads.includes("sources") && context(golden) === undefined) return "it has no retrieved texts";
  // Only a prompt with a variable of BARE can fail: the other variables always have a value.
  if (!BARE.some((name) => prompt.variables.has(name))) return undefined;
  const texts = judgedTexts({ golden, trial: 1, transcript: NOTHING }, context);
  try {
    for (const question of questions)
      prompt.render(scopeOf(opened, golden, texts, question).scope, golden.id);
    return undefined;
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    const [problem] = error.problems;
    return `${problem?.path}:${problem?.line}: ${problem?.what.replace(/\.$/, "")}`;
  }
}

/** Template variables that may be missing: parts of the case, the conversation, and the file's criteria and scale. */
const BARE = [
  "input",
  "expected",
  "context",
  "case",
  "reference",
  "sources",
  "conversation",
  "criterion",
  "scale",
];

const NOTHING: ScoreInput["transcript"] = {
  output: "",
  messages: [],
  tool_calls: [],
  usage: UNKNOWN_USAGE,
  latency_ms: null,
  cost_usd: null,
  model: null,
  finish_reason: null,
  refusal: null,
};
