import type { Json } from "../../domain/json.ts";
import { chatAnswer, contentText, usageOf } from "../reading/chat-answer.ts";
import { isObject, type JsonObject, listMember, objectMember, textMember } from "../reading/json-fields.ts";
import { fileName } from "../writing/file-names.ts";
import { outputLine, recordedAlias, TrialNumbers } from "../writing/outputs-import.ts";
import { jsonLine, markdownText, openaiModel, suiteText } from "../writing/project-text.ts";
import { roleLines } from "../writing/role-lines.ts";
import type { Found } from "./found.ts";
import { graderScorers, samplingParams, templateMessages } from "./graders.ts";
import { type HostedEval, type HostedObject, itemKey, itemsOfRun } from "./hosted-objects.ts";
import { itemShapes, liquidTemplate } from "./item-template.ts";

/**
 * Converts a hosted eval to a suite: items to cases, a run's template to the prompt, a run's model to an entry of
 * evalconfig.yaml, graders to scorers, answers to fixtures.
 */
export function importHostedEval(hosted: HostedEval, name: string | undefined, found: Found): void {
  const first = hosted.eval ?? hosted.runs[0] ?? hosted.outputs[0];
  if (first === undefined) return;
  const title = textMember(first.value, "name") ?? textMember(first.value, "id") ?? "hosted";
  const items = collectItems(hosted, found);
  if (items.size === 0) {
    found.left.add(
      first.place,
      `eval ${title}`,
      "None of the files contains the eval's items: save a run with its content, or the output items of a run.",
    );
    return;
  }
  const suite = found.suites.name(name ?? fileName(title).toLowerCase());
  const values = [...items.values()].map(({ item }) => item);
  const targets = hosted.runs
    .map((run) => targetOf(run, suite, values, found))
    .filter((one) => one !== undefined);
  const recorded = recordedAnswers(hosted, suite, items, found);
  const scorers = graderScorers(hosted.eval?.criteria ?? [], suite, values, found);
  if (scorers.length === 0)
    found.left.add(
      first.place,
      `graders of ${title}`,
      "No grader of the eval was imported: the suite begins with a scorer that only requires an answer.",
    );
  const prompt = targets[0]?.prompt ?? plainPrompt(suite, values, found);
  const models = [...new Set(targets.map(({ model }) => model))];
  const asked =
    models.length > 0 ? models : [found.alias(found.defaultModel, openaiModel(found.defaultModel))];
  found.addFile({
    path: `datasets/${suite}.jsonl`,
    text: [...items.values()].map(({ id, item }) => jsonLine({ id, input: item })).join(""),
  });
  found.addFile({
    path: `evals/${suite}.yaml`,
    text: suiteText(
      {
        description: `${title}, of OpenAI's hosted evals.`,
        dataset: suite,
        prompt,
        ...(recorded !== undefined
          ? { model: recorded.alias }
          : asked.length === 1
            ? { model: asked[0] }
            : { models: asked }),
        ...(recorded !== undefined && recorded.trials > 1 ? { trials: recorded.trials } : {}),
        scorers: scorers.length === 0 ? [{ type: "length", min: 1 }] : scorers,
      },
      recorded === undefined
        ? []
        : [`Scores the recorded answers. To ask the model anew: evals run ${suite} --model ${asked[0]}`],
    ),
  });
  found.taken.cases += items.size;
  found.taken.suites++;
}

type Items = ReadonlyMap<string, { readonly id: string; readonly item: JsonObject }>;

/** Every distinct item, in order of appearance. */
function collectItems({ runs, outputs }: HostedEval, found: Found): Items {
  const items = new Map<string, { id: string; item: JsonObject }>();
  const add = (item: JsonObject): void => {
    const key = itemKey(item);
    if (!items.has(key)) items.set(key, { id: `item-${items.size + 1}`, item });
  };
  for (const run of runs) {
    const rows = itemsOfRun(run);
    for (const { item } of rows) add(item);
    const source = objectMember(objectMember(run.value, "data_source") ?? {}, "source");
    if (rows.length === 0 && source !== undefined)
      found.left.add(
        run.place,
        `the items of ${textMember(run.value, "name") ?? "a run"}`,
        `The run does not contain its items, only a ${String(source.type)}. Each item is taken from an output item of the run instead.`,
      );
  }
  for (const { value } of outputs) {
    const item = objectMember(value, "datasource_item");
    if (item !== undefined) add(objectMember(item, "item") ?? item);
  }
  return items;
}

/** Prompt and model of a run; undefined for a run that called no model itself. */
function targetOf(run: HostedObject, suite: string, items: readonly JsonObject[], found: Found) {
  const source = objectMember(run.value, "data_source") ?? {};
  const model =
    textMember(source, "model") ?? (source.type === "jsonl" ? undefined : textMember(run.value, "model"));
  if (model === undefined) return undefined;
  const params = samplingParams(objectMember(source, "sampling_params") ?? {});
  const api = source.type === "responses" ? { api: "responses" } : {};
  const tools = listMember(objectMember(source, "sampling_params") ?? {}, "tools");
  if (tools.length > 0)
    found.left.add(
      run.place,
      `tools of ${model}`,
      "Tools belong under params: of the model, together with the code that answers their calls.",
    );
  return {
    model: found.alias(model, { ...openaiModel(model, renamed(params, source.type)), ...api }),
    prompt: runPrompt(run, source, suite, items, found),
  };
}

/** The responses API uses another name for the token limit. */
function renamed(params: Record<string, Json>, type: Json | undefined): Record<string, Json> {
  const { max_completion_tokens: limit, ...rest } = params;
  if (type !== "responses" || limit === undefined) return params;
  return { ...rest, max_output_tokens: limit };
}

function runPrompt(
  run: HostedObject,
  source: JsonObject,
  suite: string,
  items: readonly JsonObject[],
  found: Found,
): string | undefined {
  const messages = objectMember(source, "input_messages") ?? {};
  const reference = /^item\.([\w.]+)$/.exec(textMember(messages, "item_reference") ?? "")?.[1];
  const body =
    reference === undefined ? templateBody(run, messages, items, found) : `messages: input.${reference}\n`;
  if (body === "") return undefined;
  const front = {
    description:
      `The template of run ${textMember(run.value, "name") ?? textMember(run.value, "id") ?? ""}.`.replace(
        " .",
        ".",
      ),
    rationale: "As it was in OpenAI's hosted evals.",
  };
  return promptVersion(suite, markdownText(front, body), found);
}

function templateBody(
  run: HostedObject,
  messages: JsonObject,
  items: readonly JsonObject[],
  found: Found,
): string {
  const shapes = itemShapes(items);
  const unknown = (part: string): void =>
    found.left.add(
      run.place,
      `${part} in the template`,
      "A prompt of evals can use only the item, so this part stays in the prompt as plain text.",
    );
  return roleLines(
    templateMessages(messages.template).map(({ role, template }) => ({
      role,
      template: liquidTemplate(template, { shapes, answer: undefined, unknown }),
    })),
  );
}

/**
 * The name of a prompt with this text, as `name@version`. Different templates of one eval become versions of one
 * prompt; the file of a new version is written.
 */
function promptVersion(suite: string, text: string, found: Found): string {
  for (let minor = 0; ; minor++) {
    const version = `1.${minor}.0`;
    const path = `prompts/${suite}/${version}.md`;
    const there = found.files.find((file) => file.path === path);
    if (there === undefined) {
      found.addFile({ path, text });
      found.taken.prompts++;
    }
    if (there === undefined || there.text === text) return `${suite}@${version}`;
  }
}

function plainPrompt(suite: string, items: readonly JsonObject[], found: Found): string {
  const shapes = itemShapes(items);
  const keys = Object.keys(items[0] ?? {}).filter(
    (key) => /^[A-Za-z_]\w*$/.test(key) && shapes.at([key]).always,
  );
  const asked = keys.find((key) => /^(?:question|prompt|query|input|text|message)$/.test(key));
  const template =
    asked === undefined
      ? "{{ input | json }}"
      : `{{ input.${asked}${shapes.at([asked]).plain ? "" : " | json"} }}`;
  const front = {
    description: "Asks the items.",
    rationale: "A first version: no run says how the items were asked.",
  };
  return promptVersion(suite, markdownText(front, roleLines([{ role: "user", template }])), found);
}

/**
 * The recorded answers as an outputs file, in file order; undefined when there are none. Answers that do not name their
 * item are left out.
 */
function recordedAnswers({ runs, outputs }: HostedEval, suite: string, items: Items, found: Found) {
  const trials = new TrialNumbers();
  const lines = [
    ...runs.flatMap((run) =>
      itemsOfRun(run).flatMap(({ item, sample }) =>
        sample === undefined ? [] : answerLine(item, sample, run, { items, trials, found }),
      ),
    ),
    ...outputs.flatMap((output) => {
      const item = objectMember(output.value, "datasource_item") ?? {};
      return answerLine(
        objectMember(item, "item") ?? item,
        objectMember(output.value, "sample") ?? {},
        output,
        { items, trials, found },
      );
    }),
  ];
  if (lines.length === 0) return undefined;
  const path = `fixtures/${suite}.jsonl`;
  found.addFile({ path, text: lines.join("") });
  found.taken.answers += lines.length;
  return {
    alias: found.alias(recordedAlias(suite), { provider: "outputs", file: path }),
    trials: trials.largest,
  };
}

interface Answers {
  readonly items: Items;
  readonly trials: TrialNumbers;
  readonly found: Found;
}

function answerLine(
  item: JsonObject,
  sample: JsonObject,
  { place }: HostedObject,
  { items, trials, found }: Answers,
): string[] {
  const id = items.get(itemKey(item))?.id;
  const leave = (why: string): string[] => {
    found.left.add(place, `an answer to ${id ?? "an unknown item"}`, why);
    return [];
  };
  const error = objectMember(sample, "error");
  const message = error === undefined ? undefined : textMember(error, "message");
  if (message !== undefined)
    return leave(`The request ended with an error, which is not an answer: ${message.slice(0, 200)}`);
  if (id === undefined) return leave("It does not say which item it answers: `datasource_item` is missing.");
  const output = textMember(sample, "output_text") ?? sampleText(sample) ?? chatAnswer(sample).output;
  if (output === undefined) return leave("The sample has no text of the assistant.");
  return [
    outputLine({
      case: id,
      trial: trials.next(id),
      output,
      model: textMember(sample, "model"),
      usage: usageOf(objectMember(sample, "usage")),
    }),
  ];
}

function sampleText(sample: JsonObject): string | undefined {
  const messages = listMember(sample, "output")
    .filter(isObject)
    .filter(({ role }) => role === "assistant");
  const last = messages.at(-1);
  return last === undefined ? undefined : contentText(last.content);
}
