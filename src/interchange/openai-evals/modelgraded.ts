import type { Json } from "../../domain/json.ts";
import { contentText } from "../reading/chat-answer.ts";
import { isObject, type JsonObject, objectMember, textMember } from "../reading/json-fields.ts";
import { type YamlSource, yamlSource } from "../reading/yaml-source.ts";
import { fileName, nameOfPath } from "../writing/file-names.ts";
import { markdownText, openaiModel } from "../writing/project-text.ts";
import { literal, member, type RoleText, roleLines } from "../writing/role-lines.ts";
import type { Found } from "./found.ts";
import type { RegistryEval } from "./registry-eval.ts";

interface Spec {
  readonly path: string;
  readonly source: YamlSource;
  readonly name: string;
  /** The keys that lead to the question in the question's file. */
  readonly at: readonly string[];
  readonly value: JsonObject;
}

interface Choice {
  readonly choice: string;
  readonly score: number;
}

/**
 * Converts a model-graded eval to a judge file: the question unchanged, and the value of each choice.
 *
 * @returns the suite's scorers; undefined when the eval cannot be converted, and the reason is reported
 */
export async function modelgradedJudge(one: RegistryEval, suite: string, found: Found) {
  const named = textMember(one.args, "modelgraded_spec") ?? "";
  const place = { path: one.path, line: one.source.lineOf([one.key, "args", "modelgraded_spec"]) };
  const spec = findSpec(one, named);
  if (spec === undefined) {
    found.left.add(
      place,
      `modelgraded_spec ${named}`,
      "The file with this question is missing: name it on the command line too, or put it into modelgraded/.",
    );
    return undefined;
  }
  const at = (key: string) => ({ path: spec.path, line: spec.source.lineOf([...spec.at, key]) });
  const choices = choicesOf(spec.value);
  if (choices === undefined) {
    found.left.add(
      at("choice_scores"),
      `choices of ${spec.name}`,
      "Nothing says what each choice is worth (choice_scores), so no choice is right or wrong. Add the scores to the file, for instance choice_scores: {A: 1.0, B: 0.0}, and import again.",
    );
    return undefined;
  }
  const messages = messagesOf(spec.value);
  const outputs = Object.values(objectMember(spec.value, "input_outputs") ?? {}).map(String);
  if (messages.length === 0 || outputs.length > 1) {
    found.left.add(
      at(outputs.length > 1 ? "input_outputs" : "prompt"),
      `the question of ${spec.name}`,
      "The question judges several answers at once, or none. Write it as a judge of kind pairwise (docs/judges.md).",
    );
    return undefined;
  }
  const model = found.alias(found.defaultModel, openaiModel(found.defaultModel));
  return fillings(one, spec, messages).map(({ suffix, values }) => {
    const name = `${spec.name}${suffix}`;
    const judge = found.suites.name(`${suite}-${fileName(name)}`);
    const asked = messages.map(({ role, template }) => ({
      role,
      template: questionTemplate(template, outputs[0] ?? "completion", values),
    }));
    const front = {
      kind: "custom",
      model,
      description: `${name}, a model-graded eval of openai/evals.`,
      ...scaleOf(choices),
    };
    found.addFile({
      path: `judges/${judge}/1.0.0.md`,
      text: markdownText(front, roleLines(withForm(asked, choices))),
    });
    found.taken.judges++;
    return { type: "judge", name, judge: `${judge}@1.0.0` };
  });
}

/**
 * The values of a question's parameters (`{criteria}`), one element per judge. If the eval gives a parameter's
 * text, that text is used. Otherwise the question's file may list several texts, and each of them becomes a judge
 * of its own. Any other parameter is a member of the samples.
 */
function fillings({ args }: RegistryEval, { value }: Spec, messages: readonly RoleText[]) {
  const named = objectMember(args, "modelgraded_spec_args") ?? {};
  const listed = objectMember(value, "args") ?? {};
  const names = new Set(
    messages.flatMap(({ template }) => Array.from(template.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? "")),
  );
  let all: { suffix: string; values: Record<string, string> }[] = [{ suffix: "", values: {} }];
  for (const name of names) {
    const [text, choices] = [named[name], listed[name]];
    if (typeof text === "string")
      all = all.map((one) => ({ ...one, values: { ...one.values, [name]: text } }));
    else if (isObject(choices))
      all = all.flatMap(({ suffix, values }) =>
        Object.entries(choices).map(([key, choice]) => ({
          suffix: `${suffix}-${key}`,
          values: { ...values, [name]: String(choice) },
        })),
      );
  }
  return all;
}

/**
 * Finds a question by its name: the name of a file, or a key in a file. The files are those in `modelgraded/` beside or
 * inside the folder of evals, and those named on the command line.
 */
function findSpec({ path, request }: RegistryEval, name: string): Spec | undefined {
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
  const parent = folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) : ".";
  const paths = [
    ...request.files.glob(`${parent}/modelgraded/*.{yaml,yml}`),
    ...request.files.glob(`${folder}/modelgraded/*.{yaml,yml}`),
    ...request.sources,
  ];
  for (const candidate of new Set(paths)) {
    if (!/\.ya?ml$/.test(candidate) || request.files.kind(candidate) !== "file") continue;
    const text = request.files.text(candidate);
    if (!text.includes(name) && nameOfPath(candidate) !== name) continue;
    const source = yamlSource(text, candidate);
    const root = isObject(source.value) ? source.value : {};
    const value = root[name];
    if (isObject(value) && value.prompt !== undefined)
      return { path: candidate, source, name, at: [name], value };
    // A file may contain a single question, named after the file.
    if (root.prompt !== undefined && nameOfPath(candidate) === name)
      return { path: candidate, source, name, at: [], value: root };
  }
  return undefined;
}

function choicesOf(spec: JsonObject): readonly Choice[] | undefined {
  const strings = spec.choice_strings ?? spec.choices;
  const choices =
    typeof strings === "string"
      ? [...strings]
      : Array.isArray(strings)
        ? (strings as Json[]).map(String)
        : [];
  const scores = spec.choice_scores;
  const scored = choices.flatMap((choice) => {
    const score =
      scores === "from_strings" ? Number(choice) : isObject(scores) ? Number(scores[choice]) : Number.NaN;
    return Number.isFinite(score) ? [{ choice, score }] : [];
  });
  return scored.length === choices.length &&
    choices.length > 1 &&
    new Set(scored.map(({ score }) => score)).size > 1
    ? scored
    : undefined;
}

function messagesOf({ prompt }: JsonObject): readonly RoleText[] {
  if (typeof prompt === "string") return [{ role: "user", template: prompt }];
  if (!Array.isArray(prompt)) return [];
  return (prompt as readonly Json[])
    .filter(isObject)
    .map(({ role, content }) => ({ role: String(role ?? "user"), template: contentText(content) ?? "" }));
}

/** Converts Python's `{name}` to the judge's variables; `{{` and `}}` are literal braces. */
function questionTemplate(
  text: string,
  completion: string,
  filled: Readonly<Record<string, string>>,
): string {
  const values: Readonly<Record<string, string>> = {
    [completion]: "output",
    completion: "output",
    input: "question",
    ideal: "reference",
  };
  return text
    .split(/(\{\{|\}\}|\{[A-Za-z_]\w*\})/)
    .map((part) => {
      if (part === "{{" || part === "}}") return part[0];
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return literal(part);
      const text = filled[name];
      return text === undefined ? `{{ ${values[name] ?? member("case.metadata", name)} }}` : literal(text);
    })
    .join("");
}

const isBinary = (choices: readonly Choice[]): boolean =>
  choices.every(({ score }) => score === 0 || score === 1);

/**
 * Adds to the last message which verdict or score each choice means. The format of the reply is added later, when the
 * judge is asked.
 */
function withForm(messages: readonly RoleText[], choices: readonly Choice[]): RoleText[] {
  const last = messages.at(-1);
  const named = (worth: number): string =>
    choices
      .filter(({ score }) => score === worth)
      .map(({ choice }) => `"${choice}"`)
      .join(" or ");
  const form = isBinary(choices)
    ? `The verdict is pass where you would choose ${named(1)}, and fail where you would choose ${named(0)}.`
    : `The score is the number of your choice: ${choices.map(({ choice }, at) => `${at + 1} for "${choice}"`).join(", ")}.`;
  return [
    ...messages.slice(0, -1),
    { role: last?.role ?? "user", template: `${(last?.template ?? "").trimEnd()}\n\n${literal(form)}` },
  ];
}

/**
 * The settings of a judge whose choices have scores other than 0 and 1: each choice is a level of a scale, with a
 * value in proportion to its score, and only the best choice passes. No settings when all scores are 0 or 1.
 */
function scaleOf(choices: readonly Choice[]): object {
  if (isBinary(choices)) return {};
  const scores = choices.map(({ score }) => score);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  return {
    threshold: 1,
    scale: choices.map(({ choice, score }, at) => ({
      score: at + 1,
      means: choice,
      value: (score - low) / (high - low),
    })),
  };
}
