import { EvalsError } from "../../domain/problem.ts";
import { DEFLATED, STORED, unpacked, ZSTD } from "./unpack-chunks.ts";

/** A file in a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /**
   * The file's bytes in chunks, decompressed on demand. @throws {EvalsError} EVALS_IMPORT_ZIP when the file is
   * damaged or uses an unknown compression
   */
  chunks(): AsyncGenerator<Uint8Array>;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** The id of the extra field with 64-bit values. */
const EXTRA_64 = 1;
/** Values of a field which mean that the number is in the zip64 fields. */
const [ELSEWHERE_2, ELSEWHERE_4] = [0xffff, 0xffffffff];

/**
 * The files of a zip archive, including zip64; each is decompressed when read. Supports deflate and zstd with one or
 * several frames.
 *
 * @throws {EvalsError} EVALS_IMPORT_ZIP for a truncated or damaged archive
 */
export function zipEntries(bytes: Uint8Array, path: string): ZipEntry[] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, start } = directory(data, path);
  const entries: ZipEntry[] = [];
  let at = start;
  for (let number = 0; number < count; number++) {
    if (at + 46 > bytes.length || data.getUint32(at, true) !== CENTRAL)
      throw damaged(path, "its list of files is cut off");
    const next = at + 46 + lengths(data, at).reduce((sum, length) => sum + length, 0);
    if (next > bytes.length) throw damaged(path, "its list of files is cut off");
    const packed = listed(bytes, data, at, path);
    entries.push({ name: packed.name, chunks: () => chunks(bytes, data, packed, path) });
    at = next;
  }
  return entries;
}

interface Packed {
  readonly name: string;
  readonly method: number;
  readonly packedSize: number;
  /** Offset of the file's own header. */
  readonly start: number;
}

/** Lengths of the name, extra fields and comment of an entry. */
const lengths = (data: DataView, at: number): number[] =>
  [28, 30, 32].map((offset) => data.getUint16(at + offset, true));

function listed(bytes: Uint8Array, data: DataView, at: number, path: string): Packed {
  const [nameLength = 0, extraLength = 0] = lengths(data, at);
  const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
  const extra = at + 46 + nameLength;
  let wide = wideFields(data, extra, extra + extraLength);
  // The zip64 fields contain only the numbers that do not fit into 32 bits, in the order in which they are read
  // here.
  const number = (offset: number): number => {
    const narrow = data.getUint32(at + offset, true);
    if (narrow !== ELSEWHERE_4) return narrow;
    if (wide === undefined || wide.at + 8 > wide.end) throw damaged(path, `the size of ${name} is missing`);
    const value = wideNumber(data, wide.at, path);
    wide = { ...wide, at: wide.at + 8 };
    return value;
  };
  // The size when unpacked is not needed, but its zip64 number comes first.
  number(24);
  const packedSize = number(20);
  return { name, method: data.getUint16(at + 10, true), packedSize, start: number(42) };
}

function wideFields(data: DataView, from: number, to: number): { at: number; end: number } | undefined {
  for (let at = from; at + 4 <= to; ) {
    const end = at + 4 + data.getUint16(at + 2, true);
    if (data.getUint16(at, true) === EXTRA_64 && end <= to) return { at: at + 4, end };
    at = end;
  }
  return undefined;
}

/** Number of files in the archive, and offset of their list. */
function directory(data: DataView, path: string): { readonly count: number; readonly start: number } {
  const end = endOfDirectory(data, path);
  const count = data.getUint16(end + 10, true);
  const start = data.getUint32(end + 16, true);
  if (count !== ELSEWHERE_2 && start !== ELSEWHERE_4) return { count, start };
  const locator = end - 20;
  if (locator < 0 || data.getUint32(locator, true) !== END_64_LOCATOR) return { count, start };
  const wide = wideNumber(data, locator + 8, path);
  if (wide + 56 > data.byteLength || data.getUint32(wide, true) !== END_64)
    throw damaged(path, "its list of files is cut off");
  return { count: wideNumber(data, wide + 32, path), start: wideNumber(data, wide + 48, path) };
}

/** Offset of the record at the end of an archive; a comment of up to 65,535 bytes may follow it. */
function endOfDirectory(data: DataView, path: string): number {
  const first = Math.max(0, data.byteLength - 22 - 0xffff);
  for (let at = data.byteLength - 22; at >= first; at--) if (data.getUint32(at, true) === END) return at;
  throw damaged(path, "it is cut off, or not a zip archive");
}

/** A 64-bit number. @throws {EvalsError} when a double cannot represent it, which means damage */
function wideNumber(data: DataView, at: number, path: string): number {
  const value = data.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(path, "a size in it is impossible");
  return Number(value);
}

async function* chunks(
  bytes: Uint8Array,
  data: DataView,
  { start, packedSize, name, method }: Packed,
  path: string,
): AsyncGenerator<Uint8Array> {
  if (start + 30 > bytes.length || data.getUint32(start, true) !== LOCAL)
    throw damaged(path, `${name} is not where its list of files says`);
  const from = start + 30 + data.getUint16(start + 26, true) + data.getUint16(start + 28, true);
  if (from + packedSize > bytes.length) throw damaged(path, `${name} is cut off`);
  if (method !== STORED && method !== DEFLATED && method !== ZSTD)
    throw damaged(path, `${name} is compressed with a method that evals does not know (method ${method})`);
  const pieces = unpacked(bytes.subarray(from, from + packedSize), method);
  for (;;) {
    let next: IteratorResult<Uint8Array>;
    try {
      next = await pieces.next();
    } catch (error) {
      throw damaged(path, `${name} cannot be unpacked`, error);
    }
    if (next.done) return;
    yield next.value;
  }
}

function damaged(path: string, what: string, cause?: unknown): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_IMPORT_ZIP",
      path,
      what: `This archive cannot be read: ${what}.`,
      why: "The content of the archive would be missing from the dataset.",
      fix: "Copy or export the whole archive again. Or convert an Inspect log: inspect log convert <file> --to json --output-dir <dir>",
    },
    { cause },
  );
}
