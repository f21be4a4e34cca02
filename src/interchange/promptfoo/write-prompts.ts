import type { Json } from "../../domain/json.ts";
import type { ImportRequest } from "../imported.ts";
import type { RoleText } from "../writing/role-lines.ts";
import type { Assigned } from "./assign-scorers.ts";
import type { CaseDraft } from "./cases.ts";
import type { Test } from "./config-test.ts";
import type { Losses } from "./losses.ts";
import type { PromptSource } from "./read-prompts.ts";
import { slugOf, UniqueNames } from "./slug.ts";
import { Untranslatable } from "./templates/nunjucks-tree.ts";
import { promptFile } from "./write-prompt.ts";

/** A prompt file of the project. */
export interface WrittenPrompt {
  readonly name: string;
  readonly text: string;
  /** The messages in the file, without the backslashes that escape their lines. */
  readonly messages: readonly RoleText[];
  readonly source: PromptSource | undefined;
}

export interface PromptHelp {
  readonly suite: string;
  readonly request: ImportRequest;
  readonly losses: Losses;
  readonly defaults: Test | undefined;
}

/** Writes all prompts that can be converted. */
export async function writePrompts(
  prompts: readonly PromptSource[],
  cases: readonly CaseDraft[],
  help: PromptHelp,
): Promise<WrittenPrompt[]> {
  const { suite, request, losses, defaults } = help;
  const names = new UniqueNames();
  const tests = cases.map(({ vars }) => vars);
  const part = (key: string): string =>
    typeof defaults?.options[key] === "string" ? String(defaults.options[key]) : "";
  const around = [part("prefix"), part("suffix")] as const;
  const written: WrittenPrompt[] = [];
  for (const source of prompts) {
    const { place, file, before } = source;
    try {
      const from = file === undefined ? `${place.path}:${place.line}` : file;
      const made = await promptFile(source, tests, { from, around, tools: request.tools });
      written.push({ name: names.take(slugOf(source.name ?? suite, 40) || suite), ...made, source });
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      const name = file === undefined ? "an inline prompt" : `the prompt ${file}`;
      const line = file === undefined ? `line ${error.line} of it` : `${file}:${before + error.line}`;
      losses.add(place, name, `${line}: ${error.message}.`);
    }
  }
  for (const one of cases)
    for (const key of ["prefix", "suffix"])
      if (one.test.options[key] !== undefined)
        losses.add(
          one.test.place,
          `${key}: of a test`,
          "A prompt is one file for all cases, so this setting is imported only from defaultTest.",
        );
  if (written.length > 0) return written;
  // A chat model needs a prompt. So a prompt that contains only the variables replaces the prompts that could not
  // be converted; the reported losses say why they could not.
  const template = "{{ input | json }}";
  return [
    {
      name: suite,
      text: `---\ndescription: "A placeholder for prompts that could not be imported."\n---\nuser:\n${template}\n`,
      messages: [{ role: "user", template }],
      source: undefined,
    },
  ];
}

/** The cases as `datasets/<suite>.jsonl`. */
export async function datasetText(
  cases: readonly CaseDraft[],
  { expected, named, scorers }: Assigned,
  prompts: readonly WrittenPrompt[],
  { tools }: ImportRequest,
): Promise<string> {
  const lines: string[] = [];
  for (const { id, vars, metadata, trials } of cases) {
    const own = named.get(id) ?? [];
    const rendered = await renderedPrompts(prompts, vars, tools);
    lines.push(
      JSON.stringify({
        id,
        input: vars,
        ...(trials === undefined ? {} : { trials }),
        ...(expected.has(id) ? { expected: expected.get(id) } : {}),
        metadata: { ...metadata, ...(rendered === undefined ? {} : { prompts: rendered }) },
        ...(own.length === scorers.length ? {} : { scorers: own }),
      }),
    );
  }
  return `${lines.join("\n")}\n`;
}

/**
 * Each prompt by its name, in the form that checks get: the text of its only message, or the JSON of its messages.
 * Undefined when there are no prompts.
 */
async function renderedPrompts(
  prompts: readonly WrittenPrompt[],
  vars: Readonly<Record<string, Json>>,
  tools: ImportRequest["tools"],
): Promise<Record<string, string> | undefined> {
  if (prompts.length === 0) return undefined;
  const made: Record<string, string> = {};
  for (const { name, messages: templates } of prompts) {
    const messages: { role: string; content: string }[] = [];
    for (const { role, template } of templates)
      messages.push({ role, content: (await tools.renderLiquid(template, { input: vars })).trim() });
    made[name] =
      messages.length === 1 && messages[0]?.role === "user"
        ? messages[0].content
        : JSON.stringify(messages, null, 2);
  }
  return made;
}
