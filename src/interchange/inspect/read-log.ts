import { decodeText } from "../../domain/file-text.ts";
import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { SourceFiles, SourcePlace } from "../imported.ts";
import { jsonElements, lineOfKey } from "../reading/json-elements.ts";
import {
  isObject,
  type JsonObject,
  listMember,
  numberMember,
  objectMember,
  textMember,
} from "../reading/json-fields.ts";
import { wholeValue } from "../reading/json-items.ts";
import { type ZipEntry, zipEntries } from "../reading/zip-entries.ts";

/** One sample of a log, in one epoch. */
export interface InspectSample {
  readonly value: JsonObject;
  readonly place: SourcePlace;
  readonly id: string;
  readonly epoch: number;
}

/** A log of Inspect: what was run, and every sample of every epoch. */
export interface InspectLog {
  /** What `header.json` holds: eval, plan, results. */
  readonly header: JsonObject;
  /** Where the results stand. */
  readonly resultsPlace: SourcePlace;
  /** In the order of the dataset, then by epoch. */
  readonly samples: readonly InspectSample[];
}

/**
 * Reads a log, either form: `.eval` (a zip archive of JSON files) or `.json`.
 * @throws {EvalsError} for a damaged file, and for one that is no log of Inspect
 */
export async function readInspectLog(files: SourceFiles, path: string): Promise<InspectLog> {
  const bytes = files.bytes(path);
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const log = isZip || /\.eval$/i.test(path) ? await zippedLog(bytes, path) : jsonLog(files.text(path), path);
  const evaluation = objectMember(log.header, "eval");
  if (evaluation === undefined) throw notInspect(path);
  return { ...log, samples: inOrder(log.samples, evaluation) };
}

async function zippedLog(bytes: Uint8Array, path: string): Promise<InspectLog> {
  const entries = zipEntries(bytes, path);
  const named = (name: string): ZipEntry | undefined => entries.find((entry) => entry.name === name);
  // A run that did not end has no header; its journal says what was begun.
  const first = named("header.json") ?? named("_journal/start.json");
  if (first === undefined) throw notInspect(path);
  const header = await entryValue(first, path);
  const samples: InspectSample[] = [];
  for (const entry of entries) {
    if (!/^samples\/.+\.json$/.test(entry.name)) continue;
    const sample = sampleOf(await entryValue(entry, path), { path, line: 1 });
    if (sample !== undefined) samples.push(sample);
  }
  return { header: isObject(header) ? header : {}, resultsPlace: { path, line: 1 }, samples };
}

async function entryValue(entry: ZipEntry, path: string): Promise<Json> {
  const bytes = await entry.read();
  const inside = `${path}/${entry.name}`;
  return wholeValue(
    decodeText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), inside),
    inside,
  );
}

function jsonLog(text: string, path: string): InspectLog {
  const value = wholeValue(text, path);
  if (!isObject(value)) throw notInspect(path);
  const samples: InspectSample[] = [];
  for (const element of jsonElements(text, "samples")) {
    const sample = sampleOf(JSON.parse(element.text) as Json, { path, line: element.line });
    if (sample !== undefined) samples.push(sample);
  }
  const { samples: _, ...header } = value;
  return { header, resultsPlace: { path, line: lineOfKey(text, "results") }, samples };
}

function sampleOf(value: Json, place: SourcePlace): InspectSample | undefined {
  if (!isObject(value)) return undefined;
  const id = textMember(value, "id");
  return id === undefined ? undefined : { value, place, id, epoch: numberMember(value, "epoch") ?? 1 };
}

function inOrder(samples: readonly InspectSample[], evaluation: JsonObject): InspectSample[] {
  const ids = listMember(objectMember(evaluation, "dataset") ?? {}, "sample_ids").map(String);
  const order = new Map(ids.map((id, at) => [id, at]));
  const place = ({ id }: InspectSample): number => order.get(id) ?? ids.length;
  const byId = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0);
  return [...samples].sort((a, b) => place(a) - place(b) || byId(a.id, b.id) || a.epoch - b.epoch);
}

function notInspect(path: string): EvalsError {
  return new EvalsError({
    code: "EVALS_IMPORT_NOTHING",
    path,
    line: 1,
    column: 1,
    what: "This is no log of Inspect.",
    why: "A log has an eval and samples.",
    fix: "Name a .eval or .json file of the log directory (logs/).",
  });
}
