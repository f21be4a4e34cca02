import { Readable } from "node:stream";
import { createInflateRaw } from "node:zlib";

/** Compression method numbers in zip archives. */
export const [STORED, DEFLATED, ZSTD] = [0, 8, 93] as const;

/** Number of compressed bytes decompressed at once. */
const STEP = 1 << 16;

/** Decompresses in chunks; only a few are in memory. @throws {Error} for damaged data */
export function unpacked(packed: Uint8Array, method: number): AsyncGenerator<Uint8Array> {
  if (method === DEFLATED) return inflated(packed);
  return method === ZSTD ? unzstd(packed) : steps(packed);
}

async function* steps(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += STEP) yield bytes.subarray(at, at + STEP);
}

async function* inflated(packed: Uint8Array): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw({ chunkSize: STEP });
  const source = Readable.from(steps(packed));
  source.on("error", (error) => inflate.destroy(error));
  source.pipe(inflate);
  try {
    for await (const chunk of inflate as AsyncIterable<Buffer>) yield chunk;
  } finally {
    source.destroy();
    inflate.destroy();
  }
}

/**
 * Decompresses zstd with a library, because not every version of Node has zstd, and Node's stops after the first of
 * several frames.
 */
async function* unzstd(packed: Uint8Array): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import("fzstd");
  const ready: Uint8Array[] = [];
  const stream = new Decompress((chunk) => ready.push(chunk));
  for (let at = 0; at < packed.length; at += STEP) {
    stream.push(packed.subarray(at, at + STEP), at + STEP >= packed.length);
    yield* ready.splice(0);
  }
}
