import type { Json } from "../../domain/json.ts";
import type { ImportRequest } from "../imported.ts";
import type { RoleText } from "../writing/role-lines.ts";
import { messagesOf } from "./prompt-messages.ts";
import type { PromptSource } from "./read-prompts.ts";
import { toLiquid } from "./templates/nunjucks-to-liquid.ts";
import { parseTemplate, Untranslatable } from "./templates/nunjucks-tree.ts";
import { renderTree } from "./templates/render-nunjucks.ts";

type Vars = Readonly<Record<string, Json>>;

/** Maximum number of cases whose rendering is compared with promptfoo's. */
const MAX_COMPARED = 200;

/**
 * Writes a prompt as its first version. For the variables of each test, the text that Liquid renders is compared with
 * the text that Nunjucks renders.
 *
 * @throws {Untranslatable} when Liquid cannot express the prompt, or would render it differently
 */
export async function promptFile(
  source: PromptSource,
  tests: readonly Vars[],
  {
    from,
    around,
    tools,
  }: {
    readonly from: string;
    readonly around: readonly [prefix: string, suffix: string];
    readonly tools: ImportRequest["tools"];
  },
): Promise<{ readonly text: string; readonly messages: RoleText[] }> {
  const [prefix, suffix] = around;
  const messages = messagesOf(prefix + source.text + suffix);
  const written: RoleText[] = [];
  for (const { role, content, line } of messages) {
    const liquid = atLine(line, () => toLiquid(content, tests));
    await compare(content, liquid, line, tests, tools);
    if (liquid.trim() === "") throw new Untranslatable(`the message of ${role} is empty`, line);
    written.push({ role, template: liquid });
  }
  const body = written.map(({ role, template }) => `${role}:\n${escaped(template)}`).join("\n");
  return {
    text: `---\ndescription: ${JSON.stringify(`Imported from ${from}.`)}\n---\n${body}\n`,
    messages: written,
  };
}

function atLine<T>(line: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    throw new Untranslatable(error.message, error.line + line - 1);
  }
}

async function compare(
  content: string,
  liquid: string,
  line: number,
  tests: readonly Vars[],
  tools: ImportRequest["tools"],
): Promise<void> {
  const tree = parseTemplate(content);
  for (const vars of tests.slice(0, MAX_COMPARED)) {
    const theirs = atLine(line, () => renderTree(tree, vars));
    // Nunjucks cannot print an object, which Liquid prints as JSON: such texts are not compared.
    if (theirs.includes("[object Object]")) continue;
    const ours = await tools.renderLiquid(liquid, { input: vars }).catch((error: Error) => error);
    if (ours instanceof Error) throw new Untranslatable(`in Liquid it fails: ${ours.message}`, line);
    if (ours.trim() !== theirs.trim())
      throw new Untranslatable("in Liquid the template gives another text for one of the tests", line);
  }
}

/** Escapes text lines that would start a message, including those already escaped with backslashes. */
export function escaped(text: string): string {
  const lines = text.replace(/^\s*\n/, "").trimEnd();
  return lines.replace(
    /^(?=\\*(?:(?:system|developer|user|assistant|tool):[ \t]*|messages:[ \t]*[\w.[\]-]+[ \t]*)$)/gm,
    "\\",
  );
}
