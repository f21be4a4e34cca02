import { EvalsError, type Problem } from "../domain/problem.ts";
import type { LoadedModel, LoadedPrompt, Places } from "../domain/project.ts";
import { UnreadPrompt } from "./compile-prompt.ts";
import { collectAsync, placed } from "./file-problems.ts";
import type { FileSource } from "./file-source.ts";
import { findPrompt, loadPrompt } from "./find-prompt.ts";
import { isInlinePrompt, loadInlinePrompt } from "./inline-prompt.ts";
import type { SuiteDraft } from "./salvage-suite.ts";

/** One suite's file, with everything that is needed to find its prompts. */
export interface PromptReading {
  readonly places: Places;
  readonly problems: Problem[];
  readonly context: {
    readonly files: FileSource;
    /** The prompts already loaded, by spec. */
    readonly prompts: Map<string, Promise<LoadedPrompt>>;
    readonly overrides: { readonly prompt?: string | undefined };
  };
}

/** A prompt of a suite, with its spec. */
export interface SuitePrompt {
  /** Spec of the prompt; absent for a suite without a prompt. */
  readonly spec: string | undefined;
  readonly prompt: LoadedPrompt | null;
  /** Whether the prompt is one of the suite's `prompts:` and so has its own baseline. */
  readonly listed: boolean;
}

/**
 * The prompts of a suite: its `prompt`, each of its `prompts`, or the prompt from the command line. For a suite without
 * a prompt, one entry whose `prompt` is null.
 */
export async function findSuitePrompts(
  { prompt: spec, prompts }: SuiteDraft,
  source: string,
  reading: PromptReading,
): Promise<SuitePrompt[]> {
  const { places, context, problems } = reading;
  const { overrides, files } = context;
  if (overrides.prompt !== undefined) {
    const prompt = await found(overrides.prompt, null, reading);
    const listed = prompt !== null && (await isListed(prompt, prompts ?? [], reading));
    return [{ spec: overrides.prompt, prompt, listed }];
  }
  if (prompts === undefined) {
    if (spec === undefined) return [{ spec, prompt: null, listed: false }];
    const prompt = isInlinePrompt(spec)
      ? await readable(problems, () => loadInlinePrompt(spec, places, source, files))
      : await found(spec, ["prompt"], reading);
    return [{ spec, prompt, listed: false }];
  }
  if (spec !== undefined) problems.push(bothPromptKeys(places, [spec, ...prompts]));
  const listed: SuitePrompt[] = [];
  for (const [index, one] of prompts.entries()) {
    const at = ["prompts", index];
    const place = { path: places.path, ...places.at(at) };
    if (isInlinePrompt(one)) {
      problems.push(inlineInList(place));
      continue;
    }
    const prompt = await found(one, at, reading);
    const same = listed.find(
      (other) => prompt !== null && other.prompt?.version.path === prompt.version.path,
    );
    if (same !== undefined) problems.push(repeatedPrompt(one, same.spec ?? one, place));
    listed.push({ spec: one, prompt, listed: true });
  }
  return listed;
}

/** @param at location in the suite; null for a prompt from the command line */
async function found(
  spec: string,
  at: readonly PropertyKey[] | null,
  { places, context: { files, prompts }, problems }: PromptReading,
): Promise<LoadedPrompt | null> {
  const loading = prompts.get(spec) ?? loadPrompt(files, spec);
  prompts.set(spec, loading);
  const mistakes: Problem[] = [];
  const prompt = await readable(mistakes, () => loading);
  problems.push(...mistakes.map((one) => (at === null ? asOption(one) : placed(one, places, at))));
  return prompt;
}

/** A problem of a prompt from the command line, where its fix is an option and not a key of a suite. */
const asOption = (problem: Problem): Problem =>
  problem.path === undefined ? { ...problem, fix: problem.fix.replace(/^prompt: /, "--prompt ") } : problem;

/** The prompt as far as it can be read; its mistakes are added to `problems`. */
async function readable(
  problems: Problem[],
  load: () => Promise<LoadedPrompt>,
): Promise<LoadedPrompt | null> {
  let unread: LoadedPrompt | null = null;
  const prompt = await collectAsync(problems, () =>
    load().catch((error: unknown) => {
      if (error instanceof UnreadPrompt) unread = error.prompt;
      throw error;
    }),
  );
  return prompt ?? unread;
}

/** Whether a spec in a list refers to this version. */
async function isListed(
  { version }: LoadedPrompt,
  specs: readonly string[],
  { context: { files } }: PromptReading,
): Promise<boolean> {
  for (const spec of specs) {
    try {
      if ((await findPrompt(files, spec)).path === version.path) return true;
    } catch (error) {
      // A listed prompt that cannot be found does not matter for a run with another prompt.
      if (!(error instanceof EvalsError)) throw error;
    }
  }
  return false;
}

/** The problem of a list of prompts with a model that only has recorded outputs: every prompt gets the same answers. */
export function promptsOfRecorded(models: readonly LoadedModel[], places: Places): Problem[] {
  const recorded = models.find(({ provider }) => provider.answersFrom === "outputs");
  return recorded === undefined
    ? []
    : [
        {
          code: "EVALS_SUITE_PROMPT",
          path: places.path,
          ...places.at(["prompts"], "key"),
          what: `The model "${recorded.alias}" only has outputs that were made elsewhere, not with the prompts of this list.`,
          why: "Every prompt would be given the same answers.",
          fix: "Delete `prompts`, or name models that can be asked.",
        },
      ];
}

function bothPromptKeys(places: Places, specs: readonly string[]): Problem {
  return {
    code: "EVALS_SUITE_PROMPT",
    path: places.path,
    ...places.at(["prompts"], "key"),
    what: 'This suite has both "prompt" and "prompts".',
    why: "It is unclear whether one run is meant or several.",
    fix: `prompts: [${[...new Set(specs)].filter((one) => !isInlinePrompt(one)).join(", ")}], and delete \`prompt\``,
  };
}

function inlineInList(place: Pick<Problem, "path" | "line" | "column">): Problem {
  return {
    code: "EVALS_SUITE_PROMPT",
    ...place,
    what: "This list of prompts contains the text of a prompt instead of its name.",
    why: "Each prompt of a list has a baseline of its own, and the baseline's file is named after the prompt and its version.",
    fix: "Write the text to prompts/<name>/1.0.0.md, and name it here: <name>@1.0.0",
  };
}

function repeatedPrompt(
  spec: string,
  first: string,
  place: Pick<Problem, "path" | "line" | "column">,
): Problem {
  return {
    code: "EVALS_SUITE_PROMPT",
    ...place,
    what: `${first === spec ? `"${spec}" is here twice` : `"${spec}" and "${first}" are the same version`}.`,
    why: "Each prompt has one run and one baseline.",
    fix: "Delete one of them; for more trials of each case raise `trials`.",
  };
}
