import { inflateRawSync } from "node:zlib";
import { EvalsError } from "../../domain/problem.ts";

/** A file inside of a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** @throws {EvalsError} EVALS_IMPORT_ZIP where it is damaged or packed in an unknown way */
  read(): Promise<Uint8Array>;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const [STORED, DEFLATED, ZSTD] = [0, 8, 93];
/** Bytes of one unpacked file: more is no log, but an archive made to fill the memory. */
const MAX_BYTES = 1 << 30;

/**
 * The files of a zip archive; each is unpacked when it is read. Deflate and zstd, of one or several frames.
 * @throws {EvalsError} EVALS_IMPORT_ZIP for a truncated or damaged archive
 */
export function zipEntries(bytes: Uint8Array, path: string): ZipEntry[] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOfDirectory(data, path);
  const count = data.getUint16(end + 10, true);
  let at = data.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff) throw damaged(path, "it is larger than 4 GiB (zip64)");
  const entries: ZipEntry[] = [];
  for (let number = 0; number < count; number++) {
    if (at + 46 > bytes.length || data.getUint32(at, true) !== CENTRAL)
      throw damaged(path, "its list of files is cut off");
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => data.getUint16(at + offset, true)) as [
      number,
      number,
      number,
    ];
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const packed: Packed = {
      name,
      method: data.getUint16(at + 10, true),
      packedSize: data.getUint32(at + 20, true),
      size: data.getUint32(at + 24, true),
      start: data.getUint32(at + 42, true),
    };
    entries.push({ name, read: () => unpack(bytes, data, packed, path) });
    at += 46 + nameLength + extra + comment;
  }
  return entries;
}

interface Packed {
  readonly name: string;
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  /** Of the file's own header. */
  readonly start: number;
}

/** Where the record stands that ends an archive; a comment of up to 65,535 bytes may follow it. */
function endOfDirectory(data: DataView, path: string): number {
  const first = Math.max(0, data.byteLength - 22 - 0xffff);
  for (let at = data.byteLength - 22; at >= first; at--) if (data.getUint32(at, true) === END) return at;
  throw damaged(path, "it is cut off, or no zip archive");
}

async function unpack(bytes: Uint8Array, data: DataView, entry: Packed, path: string): Promise<Uint8Array> {
  const { start, packedSize, name, method, size } = entry;
  if (start + 30 > bytes.length || data.getUint32(start, true) !== LOCAL)
    throw damaged(path, `${name} is not where its list of files says`);
  const from = start + 30 + data.getUint16(start + 26, true) + data.getUint16(start + 28, true);
  if (from + packedSize > bytes.length) throw damaged(path, `${name} is cut off`);
  if (size > MAX_BYTES) throw damaged(path, `${name} would be more than 1 GiB`);
  const packed = bytes.subarray(from, from + packedSize);
  try {
    if (method === STORED) return packed;
    if (method === DEFLATED) return inflateRawSync(packed, { maxOutputLength: MAX_BYTES });
    if (method === ZSTD) return await unzstd(packed);
  } catch (error) {
    throw damaged(path, `${name} cannot be unpacked`, error);
  }
  throw damaged(path, `${name} is packed in a way that is unknown here (method ${method})`);
}

/** Node's own zstd is not on every version, and ends at the first frame of several. */
async function unzstd(packed: Uint8Array): Promise<Uint8Array> {
  const { decompress } = await import("fzstd");
  return decompress(packed);
}

function damaged(path: string, what: string, cause?: unknown): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_IMPORT_ZIP",
      path,
      what: `This archive cannot be read: ${what}.`,
      why: "What is in it would be missing from the dataset.",
      fix: "Copy or export it again, as a whole; an Inspect log: inspect log convert <file> --to json --output-dir <dir>",
    },
    { cause },
  );
}
