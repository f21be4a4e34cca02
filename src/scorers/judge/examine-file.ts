import type { Json } from "../../domain/json.ts";
import type { JudgeDraft, JudgeHost, JudgeModel, JudgePrompt } from "../../domain/judge.ts";
import type { JudgeSettings } from "../../domain/judge-settings.ts";
import { EvalsError, type Problem, SettingMistake } from "../../domain/problem.ts";
import { inJudge, judgeMistakes, missingThreshold } from "./judge-mistakes.ts";
import { judgeKind } from "./kinds/registry.ts";

/** The settings of a scorer in a suite that override the judge's file. */
interface Instead {
  /** Alias of the model to ask instead of the judge's own models. */
  readonly model?: string | undefined;
  readonly threshold?: number | undefined;
}

/** A judge's file with its prompt and models, or its mistakes. */
export interface ExaminedFile {
  /** Null when the prompt has a mistake, or when it cannot be known because another part of the file has one. */
  readonly prompt: JudgePrompt | null;
  readonly models: readonly JudgeModel[];
  readonly problems: readonly Problem[];
}

/**
 * Finds every mistake of a judge's file at once: in its settings, its templates and its models. No call is made.
 *
 * @throws {SettingMistake} at `model` for a wrong model of `instead`
 */
export async function examineFile(
  file: JudgeDraft,
  instead: Instead,
  host: JudgeHost,
): Promise<ExaminedFile> {
  const problems = judgeMistakes(file);
  const models = await openModels(file, instead.model, host, problems);
  const prompt = await openPrompt(file, host, problems);
  if (lacksThreshold(file, instead)) problems.push(missingThreshold(file, file.settings.kind ?? ""));
  // If the prompt has a mistake, such as a misspelt {{ output }}, then "the prompt does not show the answer" is only
  // a consequence of that mistake, and is not reported.
  const own = prompt === null ? problems.filter(({ code }) => code !== "EVALS_JUDGE_NO_ANSWER") : problems;
  return { prompt, models, problems: own };
}

async function openModels(
  file: JudgeDraft,
  instead: string | undefined,
  host: JudgeHost,
  problems: Problem[],
): Promise<readonly JudgeModel[]> {
  const { model, models, params = {} } = file.settings;
  if (instead !== undefined) return [await host.model(instead, params as Params)];
  const aliases = models ?? (model === undefined ? [] : [model]);
  if (file.unread.has("params")) return [];
  const opened: JudgeModel[] = [];
  for (const [index, alias] of aliases.entries()) {
    try {
      opened.push(await host.model(alias, params as Params));
    } catch (error) {
      const at = models === undefined ? ["model"] : ["models", index];
      if (error instanceof SettingMistake) problems.push(inJudge(file, at, error.problem));
      else if (error instanceof EvalsError) problems.push(...error.problems);
      else throw error;
    }
  }
  return opened;
}

type Params = { readonly [name: string]: Json };

async function openPrompt(
  file: JudgeDraft,
  host: JudgeHost,
  problems: Problem[],
): Promise<JudgePrompt | null> {
  const kind = file.unread.has("kind") ? undefined : judgeKind(file.settings.kind ?? "");
  const standard = kind?.messages(file.settings as JudgeSettings) ?? [];
  try {
    return await host.compile(file, file.parts === null ? standard : null);
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    problems.push(...error.problems);
    return null;
  }
}

function lacksThreshold({ settings, unread }: JudgeDraft, { threshold }: Instead): boolean {
  if (["kind", "threshold", "scale", "criteria"].some((key) => unread.has(key))) return false;
  if (threshold !== undefined || settings.threshold !== undefined) return false;
  return judgeKind(settings.kind ?? "")?.threshold(settings as JudgeSettings) === "required";
}
