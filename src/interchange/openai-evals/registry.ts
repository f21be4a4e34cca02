import type { Json } from "../../domain/json.ts";
import type { ImportRequest, Left } from "../imported.ts";
import {
  isObject,
  type JsonObject,
  listMember,
  numberMember,
  objectMember,
  textMember,
} from "../reading/json-fields.ts";
import { isLeft, type JsonItem, jsonItems } from "../reading/json-items.ts";
import { yamlSource } from "../reading/yaml-source.ts";
import { datasetFile } from "../writing/dataset-import.ts";
import { type DatasetRow, isMessage, readShape } from "../writing/dataset-rows.ts";
import { markdownText, openaiModel, suiteText } from "../writing/project-text.ts";
import { roleLines } from "../writing/role-lines.ts";
import type { Found } from "./found.ts";
import { MATCH_MODULE, MATCH_MODULE_FILE } from "./match-module.ts";
import { modelgradedJudge } from "./modelgraded.ts";
import type { RegistryEval } from "./registry-eval.ts";

/** Classes of openai/evals that compare texts, and their names in `MATCH_MODULE`. */
const BASIC: Readonly<Record<string, string>> = {
  "evals.elsuite.basic.match:Match": "match",
  "evals.elsuite.basic.includes:Includes": "includes",
  "evals.elsuite.basic.fuzzy_match:FuzzyMatch": "fuzzy_match",
  "evals.elsuite.basic.json_match:JsonMatch": "json_match",
};
const MODELGRADED = /^evals\.elsuite\.modelgraded\.classify:ModelBasedClassify$/;
const KNOWN_ARGS = new Set([
  "samples_jsonl",
  "few_shot_jsonl",
  "num_few_shot",
  "ignore_case",
  "max_tokens",
  "eval_type",
  "modelgraded_spec_args",
  "modelgraded_spec",
]);

/** Converts every eval of a registry file to a suite with its samples. */
export async function importRegistryFile(request: ImportRequest, path: string, found: Found): Promise<void> {
  const source = yamlSource(request.files.text(path), path);
  const entries = isObject(source.value) ? Object.entries(source.value) : [];
  const names = aliasNames(entries);
  for (const [key, entry] of entries) {
    if (!isObject(entry)) {
      found.left.add(
        { path, line: source.lineOf([key]) },
        key,
        "The entry is not an eval: an eval has a class and args.",
      );
      continue;
    }
    const kind = textMember(entry, "class");
    if (kind !== undefined)
      await importEval(
        { path, source, key, args: objectMember(entry, "args") ?? {}, request },
        kind,
        names.get(key) ?? key,
        found,
      );
    else if (entry.evals !== undefined)
      found.left.add(
        { path, line: source.lineOf([key]) },
        `the set ${key}`,
        "evals has no sets of suites. Name the suites that are to be run together: `evals run a b`.",
      );
  }
}

/** The alias of each eval, by the id of the eval: `town-match` for `town-match.dev.v0`. */
function aliasNames(entries: readonly (readonly [string, Json])[]): ReadonlyMap<string, string> {
  return new Map(
    entries.flatMap(([name, entry]) => {
      const id = isObject(entry) && entry.class === undefined ? textMember(entry, "id") : undefined;
      return id === undefined ? [] : [[id, name] as const];
    }),
  );
}

async function importEval(one: RegistryEval, kind: string, name: string, found: Found): Promise<void> {
  const { path, source, key, args, request } = one;
  const at = (...steps: string[]) => ({ path, line: source.lineOf([key, ...steps]) });
  const basic = BASIC[kind];
  if (basic === undefined && !MODELGRADED.test(kind)) {
    found.left.add(
      at("class"),
      `class ${kind}`,
      "The eval runs Python code of its own. Write it as a command scorer (docs/scorers.md); the eval's samples can be a dataset.",
    );
    return;
  }
  for (const arg of Object.keys(args))
    if (!KNOWN_ARGS.has(arg))
      found.left.add(
        at("args", arg),
        `${arg}: ${JSON.stringify(args[arg])}`,
        "This setting has no counterpart in evals; the eval is imported without the setting.",
      );
  const samples = textMember(args, "samples_jsonl");
  const place = samples === undefined ? undefined : findData(request, path, samples);
  if (place === undefined) {
    found.left.add(
      at("args", "samples_jsonl"),
      `samples ${samples ?? ""}`.trim(),
      "The file is missing. Fetch it (git lfs pull), or import the registry file from inside its repository: samples are looked for in data/ beside evals/.",
    );
    return;
  }
  const shots = await fewShots(one, found);
  const needsIdeal = basic !== undefined;
  const raw = () => sampleRows(request, place, { needsIdeal, shots });
  const shape = await readShape(raw, found.left);
  if (shape.count === 0) return;
  const suite = found.suites.name(request.name ?? name);
  const rows = shape.input === "other" ? () => asMessages(raw()) : raw;
  const scorers =
    basic === undefined ? await modelgradedJudge(one, suite, found) : [basicScorer(basic, args, found)];
  if (scorers === undefined) return;
  const model = found.alias(found.defaultModel, openaiModel(found.defaultModel));
  found.addFile(datasetFile(suite, rows));
  found.addFile({ path: `prompts/${suite}/1.0.0.md`, text: promptText(shape.input === "text", key) });
  const fields = {
    description:
      textMember(objectMember(source.value as JsonObject, name) ?? {}, "description") ??
      `${key} of openai/evals.`,
    dataset: suite,
    prompt: `${suite}@1.0.0`,
    model,
  };
  found.addFile({ path: `evals/${suite}.yaml`, text: suiteText({ ...fields, scorers }) });
  for (const { name: scorer } of scorers) found.kept.push({ ...at("class"), what: kind, suite, scorer });
  found.taken.cases += shape.count;
  found.taken.suites++;
  found.taken.scorers += scorers.length;
  found.taken.prompts++;
}

function basicScorer(kind: string, args: JsonObject, found: Found) {
  found.addFile({ path: MATCH_MODULE_FILE, text: MATCH_MODULE });
  const ignoreCase = kind === "includes" && args.ignore_case === true ? { ignore_case: true } : {};
  return {
    type: "module",
    name: kind.replace("_", "-"),
    file: MATCH_MODULE_FILE,
    config: { eval: kind, ...ignoreCase },
  };
}

function promptText(isText: boolean, key: string): string {
  const front = { description: `Asks the samples of ${key}.`, rationale: "As the samples are written." };
  return markdownText(
    front,
    isText ? roleLines([{ role: "user", template: "{{ input }}" }]) : "messages: input\n",
  );
}

/**
 * Finds a data file; undefined when there is none. The path is tried in `data/` beside the registry's folder of evals,
 * as in the open repository; then in `data/` inside that folder; then relative to the registry file; then relative to
 * the working directory.
 */
function findData({ files }: ImportRequest, path: string, data: string): string | undefined {
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
  const parent = folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) : ".";
  const beside = folder === "." ? "../data" : `${parent}/data`;
  return [`${beside}/${data}`, `${folder}/data/${data}`, `${folder}/${data}`, data].find(
    (one) => files.kind(one) === "file",
  );
}

interface SampleOptions {
  /** Whether a sample needs an ideal answer to be scored. */
  readonly needsIdeal: boolean;
  /** Example messages that are put before the last message of every sample. */
  readonly shots: readonly Json[];
}

async function* sampleRows(
  { files }: ImportRequest,
  path: string,
  options: SampleOptions,
): AsyncGenerator<DatasetRow | Left> {
  for await (const item of jsonItems(files, path, [])) yield isLeft(item) ? item : sampleRow(item, options);
}

function sampleRow({ value, place }: JsonItem, { needsIdeal, shots }: SampleOptions): DatasetRow | Left {
  if (!isObject(value)) return { ...place, what: "a sample that is not an object", why: "It has no input." };
  const { input, ideal, id, ...rest } = value;
  const isText = typeof input === "string" && input !== "";
  const isChat = Array.isArray(input) && input.length > 0 && (input as Json[]).every(isMessage);
  if (!isText && !isChat)
    return { ...place, what: "a sample without an input", why: "An input is a text or a list of messages." };
  const isRight =
    typeof ideal === "string" ||
    (Array.isArray(ideal) && ideal.length > 0 && (ideal as Json[]).every((one) => typeof one === "string"));
  if (needsIdeal && !isRight)
    return {
      ...place,
      what: "a sample without an ideal",
      why: "An ideal is a text or a list of texts: without one no answer could be right.",
    };
  return {
    place,
    ...(typeof id === "string" ? { id } : {}),
    input: isChat ? withShots(input as Json[], shots) : (input as Json),
    ...(ideal === undefined || ideal === null ? {} : { expected: ideal }),
    metadata: rest,
  };
}

const withShots = (messages: readonly Json[], shots: readonly Json[]): Json =>
  shots.length === 0 ? [...messages] : [...messages.slice(0, -1), ...shots, ...messages.slice(-1)];

/** The example messages before every question: the first `num_few_shot` samples of the file of examples. */
async function fewShots(
  { path, source, key, args, request }: RegistryEval,
  found: Found,
): Promise<readonly Json[]> {
  const [file, count] = [textMember(args, "few_shot_jsonl"), numberMember(args, "num_few_shot") ?? 0];
  if (file === undefined || count === 0) return [];
  const place = findData(request, path, file);
  if (place === undefined) {
    found.left.add(
      { path, line: source.lineOf([key, "args", "few_shot_jsonl"]) },
      `examples ${file}`,
      "The file is missing; the samples are imported without examples.",
    );
    return [];
  }
  const shots: Json[][] = [];
  for await (const item of jsonItems(request.files, place, [])) {
    if (isLeft(item) || !isObject(item.value) || shots.length >= count) continue;
    shots.push(listMember(item.value, "sample").filter(isMessage));
  }
  return shots.flat();
}

/** Converts text samples to messages when other samples are lists of messages, so that one prompt fits all samples. */
async function* asMessages(rows: AsyncIterable<DatasetRow | Left>): AsyncGenerator<DatasetRow | Left> {
  for await (const row of rows)
    yield "why" in row || typeof row.input !== "string"
      ? row
      : { ...row, input: [{ role: "user", content: row.input }] };
}
