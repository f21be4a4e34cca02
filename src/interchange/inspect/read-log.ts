import { decodeText } from "../../domain/file-text.ts";
import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Left, SourceFiles, SourcePlace } from "../imported.ts";
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
import { TooLarge, wantedMembers } from "../reading/json-members.ts";
import { type ZipEntry, zipEntries } from "../reading/zip-entries.ts";

/** One sample of a log in one epoch. */
export interface InspectSample {
  readonly value: JsonObject;
  readonly place: SourcePlace;
  readonly id: string;
  readonly epoch: number;
}

/** A log of Inspect: its configuration, and every sample of every epoch. */
export interface InspectLog {
  /** The content of `header.json`: eval, plan, results. */
  readonly header: JsonObject;
  /** Location of the results in the log, for messages about its scorers. */
  readonly resultsPlace: SourcePlace;
  /** The samples in file order, including those that cannot be read. */
  readonly samples: AsyncIterable<InspectSample | Left>;
  /** Sorts by position in the dataset, then by epoch. */
  readonly order: (a: SampleName, b: SampleName) => number;
}

type SampleName = Pick<InspectSample, "id" | "epoch">;

/** The members of a sample that are read. Its events, attachments and store may be far larger and are skipped. */
const READ = new Set([
  ...["id", "epoch", "input", "target", "choices", "metadata", "messages", "output"],
  ...["error", "invalidation", "model_usage", "total_time"],
]);
/** The members of the header that are read. */
const HEADER = new Set(["eval", "plan", "results", "status", "version"]);
/** Maximum bytes read of one sample; parsed data takes several times as much memory. */
const MAX_BYTES = 128 << 20;

/**
 * Reads a log in either format: `.eval` (a zip archive of JSON files) or `.json`.
 *
 * @throws {EvalsError} for a damaged file, or one that is not a log of Inspect
 */
export async function readInspectLog(files: SourceFiles, path: string): Promise<InspectLog> {
  const bytes = files.bytes(path);
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const log = isZip || /\.eval$/i.test(path) ? await zippedLog(bytes, path) : jsonLog(files.text(path), path);
  const evaluation = objectMember(log.header, "eval");
  if (evaluation === undefined) throw notInspect(path);
  return { ...log, order: orderOf(evaluation) };
}

type Unordered = Omit<InspectLog, "order">;

async function zippedLog(bytes: Uint8Array, path: string): Promise<Unordered> {
  const entries = zipEntries(bytes, path);
  const named = (name: string): ZipEntry | undefined => entries.find((entry) => entry.name === name);
  // The log of an unfinished run has no header.json. Its `_journal/start.json` says how the run began.
  const first = named("header.json") ?? named("_journal/start.json");
  if (first === undefined) throw notInspect(path);
  const header = await entryValue(first, path, HEADER);
  const place = { path, line: 1 };
  if (header === undefined)
    throw new EvalsError({ ...tooLarge(first.name), code: "EVALS_IMPORT_ZIP", path, fix: CONVERT });
  return {
    header: isObject(header) ? header : {},
    resultsPlace: place,
    samples: zippedSamples(entries, path),
  };
}

async function* zippedSamples(
  entries: readonly ZipEntry[],
  path: string,
): AsyncGenerator<InspectSample | Left> {
  const place = { path, line: 1 };
  for (const entry of entries) {
    if (!/^samples\/.+\.json$/.test(entry.name)) continue;
    const value = await entryValue(entry, path, READ);
    if (value === undefined) yield { ...place, ...tooLarge(entry.name) };
    else {
      const sample = sampleOf(value, place);
      if (sample !== undefined) yield sample;
    }
  }
}

/** The wanted parts of an entry's JSON; undefined when they are too large. */
async function entryValue(
  entry: ZipEntry,
  path: string,
  wanted: ReadonlySet<string>,
): Promise<Json | undefined> {
  const inside = `${path}/${entry.name}`;
  try {
    const found = await wantedMembers(entry.chunks(), wanted, MAX_BYTES);
    if (found?.whole === true) return wholeValue(decodeText(found.text, inside), inside);
    // The entry is not a complete JSON object. Its text is parsed once more as a whole, so that the error has a
    // location.
    const pieces: Uint8Array[] = [];
    for await (const piece of entry.chunks()) if (pieces.length < 1024) pieces.push(Uint8Array.from(piece));
    return wholeValue(decodeText(Buffer.concat(pieces), inside), inside);
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}

const tooLarge = (name: string) => ({
  what: name,
  why: `The part of the log that is read is larger than ${MAX_BYTES >> 20} MiB, and would not fit into memory.`,
});

const CONVERT =
  "Write the log as JSON, then cut the JSON into smaller logs: inspect log convert <file> --to json --output-dir <dir>";

function jsonLog(text: string, path: string): Unordered {
  const value = wholeValue(text, path);
  if (!isObject(value)) throw notInspect(path);
  const { samples: _, ...header } = value;
  return {
    header,
    resultsPlace: { path, line: lineOfKey(text, "results") },
    samples: jsonSamples(text, path),
  };
}

async function* jsonSamples(text: string, path: string): AsyncGenerator<InspectSample> {
  for (const element of jsonElements(text, "samples")) {
    const sample = sampleOf(JSON.parse(element.text) as Json, { path, line: element.line });
    if (sample !== undefined) yield sample;
  }
}

function sampleOf(value: Json, place: SourcePlace): InspectSample | undefined {
  if (!isObject(value)) return undefined;
  const id = textMember(value, "id");
  return id === undefined ? undefined : { value, place, id, epoch: numberMember(value, "epoch") ?? 1 };
}

function orderOf(evaluation: JsonObject): InspectLog["order"] {
  const ids = listMember(objectMember(evaluation, "dataset") ?? {}, "sample_ids").map(String);
  const order = new Map(ids.map((id, at) => [id, at]));
  const place = ({ id }: SampleName): number => order.get(id) ?? ids.length;
  const byId = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0);
  return (a, b) => place(a) - place(b) || byId(a.id, b.id) || a.epoch - b.epoch;
}

function notInspect(path: string): EvalsError {
  return new EvalsError({
    code: "EVALS_IMPORT_NOTHING",
    path,
    line: 1,
    column: 1,
    what: "This is not a log of Inspect.",
    why: "A log has an eval and samples.",
    fix: "Name a .eval or .json file of the log directory (logs/).",
  });
}
