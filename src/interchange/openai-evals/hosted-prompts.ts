import type { Json } from "../../domain/json.ts";
import { isObject, type JsonObject, textMember } from "../reading/json-fields.ts";
import { fileName } from "../writing/file-names.ts";
import { markdownText, openaiModel } from "../writing/project-text.ts";
import { literal, member, roleLines } from "../writing/role-lines.ts";
import type { Found } from "./found.ts";
import { samplingParams, templateMessages } from "./graders.ts";
import type { HostedObject } from "./hosted-objects.ts";

/** Converts prompts from OpenAI's dashboard to files: `prompts/<name>/1.0.0.md`, later versions 1.1.0 and so on. */
export function importHostedPrompts(prompts: readonly HostedObject[], found: Found): void {
  const byName = new Map<string, HostedObject[]>();
  for (const prompt of prompts) {
    const id = idOf(prompt);
    byName.set(id, [...(byName.get(id) ?? []), prompt]);
  }
  for (const versions of byName.values())
    importVersions(
      [...versions].sort((a, b) => numberOf(a) - numberOf(b)),
      found,
    );
}

const idOf = ({ value }: HostedObject): string =>
  textMember(value, "id") ?? textMember(value, "prompt_id") ?? textMember(value, "name") ?? "prompt";

const numberOf = ({ value }: HostedObject): number => Number(value.version ?? 0) || 0;

function importVersions(versions: readonly HostedObject[], found: Found): void {
  const named = versions
    .map(({ value }) => textMember(value, "name") ?? textMember(value, "title"))
    .find((name) => name !== undefined);
  const id = versions[0] === undefined ? "prompt" : idOf(versions[0]);
  const name = found.takePrompt(fileName(named ?? id)) ? fileName(named ?? id) : fileName(id);
  let minor = 0;
  for (const { value, place } of versions) {
    const content = isObject(value.prompt) ? value.prompt : value;
    const body = bodyOf(content);
    if (body === "") {
      found.left.add(place, `prompt ${named ?? id}`, "The prompt has neither messages nor instructions.");
      continue;
    }
    const model = textMember(content, "model") ?? textMember(value, "model");
    const params = samplingParams(
      pick(content, [
        "temperature",
        "top_p",
        "max_output_tokens",
        "max_completion_tokens",
        "reasoning_effort",
      ]),
    );
    if (model !== undefined) found.alias(model, openaiModel(model, params));
    const version = textMember(value, "version");
    const front = {
      description: textMember(value, "description") ?? `${named ?? id}, a prompt of OpenAI's dashboard.`,
      rationale: `${id}${version === undefined ? "" : `, version ${version} in OpenAI's dashboard`}.`,
      ...(model === undefined ? {} : { model }),
      ...(Object.keys(params).length === 0 ? {} : { params }),
    };
    found.addFile({ path: `prompts/${name}/1.${minor++}.0.md`, text: markdownText(front, body) });
    found.taken.prompts++;
    if (Array.isArray(content.tools) && content.tools.length > 0)
      found.left.add(
        place,
        `tools of prompt ${named ?? id}`,
        "Tools belong under params: of the model, together with the code that answers their calls.",
      );
  }
}

function bodyOf(content: JsonObject): string {
  const instructions = textMember(content, "instructions") ?? textMember(content, "prompt");
  const listed =
    [content.messages, content.input, content.template]
      .map((one) => templateMessages(one as Json | undefined))
      .find((one) => one.length > 0) ?? [];
  const messages =
    instructions === undefined ? listed : [{ role: "developer", template: instructions }, ...listed];
  return roleLines(messages.map(({ role, template }) => ({ role, template: variables(template) })));
}

/** `{{ city }}` in the dashboard becomes a variable that reads a member of the case's input. */
function variables(template: string): string {
  return template
    .split(/(\{\{\s*[A-Za-z_][\w-]*\s*\}\})/)
    .map((part) => {
      const name = /^\{\{\s*([A-Za-z_][\w-]*)\s*\}\}$/.exec(part)?.[1];
      return name === undefined ? literal(part) : `{{ ${member("input", name)} }}`;
    })
    .join("");
}

function pick(value: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) =>
      value[key] === undefined || value[key] === null ? [] : [[key, value[key] as Json]],
    ),
  );
}
