import type { Json } from "../../domain/json.ts";
import type { ImportRequest, SourcePlace } from "../imported.ts";
import { jsonElements } from "../reading/json-elements.ts";
import { isObject, type JsonObject, listMember, objectMember, textMember } from "../reading/json-fields.ts";
import { isLeft, type JsonItem, jsonItems } from "../reading/json-items.ts";
import type { Found } from "./found.ts";
import type { Criterion } from "./graders.ts";

/** One saved object of the hosted API. */
export interface HostedObject {
  readonly value: JsonObject;
  readonly place: SourcePlace;
}

/** An eval with its criteria, runs and answers. */
export interface HostedEval {
  /** Absent when only runs were saved. */
  readonly eval: (HostedObject & { readonly criteria: readonly Criterion[] }) | undefined;
  readonly runs: readonly HostedObject[];
  readonly outputs: readonly HostedObject[];
}

export interface HostedObjects {
  readonly evals: readonly HostedEval[];
  readonly prompts: readonly HostedObject[];
}

interface Sorted {
  readonly evals: (HostedObject & { readonly criteria: readonly Criterion[] })[];
  readonly runs: HostedObject[];
  readonly outputs: HostedObject[];
  readonly prompts: HostedObject[];
}

/** Reads saved objects of the hosted API: one per file, as lists, or one per line. */
export async function readHostedObjects(
  request: ImportRequest,
  paths: readonly string[],
  found: Found,
): Promise<HostedObjects> {
  const sorted: Sorted = { evals: [], runs: [], outputs: [], prompts: [] };
  for (const path of paths)
    for await (const item of jsonItems(request.files, path, ["data"])) {
      if (isLeft(item)) found.left.addAll([item]);
      else sortObject(item, sorted, found);
    }
  return { evals: grouped(sorted), prompts: sorted.prompts };
}

function sortObject(item: JsonItem, sorted: Sorted, found: Found): void {
  const { value, place } = item;
  const object = isObject(value) ? { value, place } : undefined;
  const kind = object === undefined ? undefined : kindOf(object.value);
  if (object === undefined || kind === undefined)
    found.left.add(
      place,
      "an object of another kind",
      "Only evals, runs, output items and prompts are read, as OpenAI's API returned them.",
    );
  else if (kind === "evals") sorted.evals.push({ ...object, criteria: criteriaOf(item, object.value) });
  else sorted[kind].push(object);
}

function kindOf(value: JsonObject): keyof Sorted | undefined {
  if (value.object === "eval" || Array.isArray(value.testing_criteria)) return "evals";
  if (value.object === "eval.run.output_item" || isObject(value.datasource_item)) return "outputs";
  if (value.object === "eval.run" || isObject(value.data_source)) return "runs";
  const id = textMember(value, "id") ?? textMember(value, "prompt_id") ?? "";
  return value.object === "prompt" || id.startsWith("pmpt_") ? "prompts" : undefined;
}

function criteriaOf({ text, place }: JsonItem, value: JsonObject): Criterion[] {
  const lines = [...jsonElements(text, "testing_criteria")].map(({ line }) => place.line + line - 1);
  return listMember(value, "testing_criteria").flatMap((one, at): Criterion[] =>
    isObject(one) ? [{ value: one, place: { path: place.path, line: lines[at] ?? place.line } }] : [],
  );
}

/** Groups runs and answers by the eval whose id they name. With only one eval, those that name none belong to it. */
function grouped({ evals, runs, outputs }: Sorted): HostedEval[] {
  const ids = new Set([...evals, ...runs, ...outputs].map(({ value }) => evalId(value)));
  const only = evals.length === 1 ? textMember((evals[0] as HostedObject).value, "id") : undefined;
  const of = (id: string | undefined) => (one: HostedObject) => (evalId(one.value) ?? only) === id;
  const known = [...new Set([...ids].map((id) => id ?? only))];
  return known.map((id) => ({
    eval: evals.find(({ value }) => textMember(value, "id") === id),
    runs: runs.filter(of(id)),
    outputs: outputs.filter(of(id)),
  }));
}

const evalId = (value: JsonObject): string | undefined =>
  Array.isArray(value.testing_criteria) ? textMember(value, "id") : textMember(value, "eval_id");

/** The items of a run; an empty list when the run does not contain them. */
export function itemsOfRun({
  value,
}: HostedObject): readonly { readonly item: JsonObject; readonly sample: JsonObject | undefined }[] {
  const source = objectMember(objectMember(value, "data_source") ?? {}, "source") ?? {};
  return listMember(source, "content")
    .filter(isObject)
    .flatMap((row) => {
      const item = objectMember(row, "item");
      return item === undefined ? [] : [{ item, sample: objectMember(row, "sample") }];
    });
}

/** A key that is equal for items with equal members, in whatever order. */
export function itemKey(value: Json): string {
  const sorted = (one: Json): Json =>
    Array.isArray(one)
      ? (one as Json[]).map(sorted)
      : isObject(one)
        ? Object.fromEntries(
            Object.keys(one)
              .sort()
              .map((key) => [key, sorted(one[key] as Json)]),
          )
        : one;
  return JSON.stringify(sorted(value));
}
