import { deflateRawSync } from "node:zlib";

/** A zip archive of JSON files, packed as Inspect packs them. @param raw is in place of the packed bytes of every file */
export function zipArchive(
  entries: readonly (readonly [string, unknown])[],
  packing: "deflate" | "zstd",
  raw?: Buffer,
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, value] of entries) {
    const bytes = Buffer.from(JSON.stringify(value));
    const packed = raw ?? (packing === "deflate" ? deflateRawSync(bytes) : zstdFrames(bytes));
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(packing === "deflate" ? 8 : 93, 8);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(bytes.length, 22);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    local.copy(central, 6, 4, 30);
    central.writeUInt32LE(at, 42);
    parts.push(local, Buffer.from(name), packed);
    directory.push(central, Buffer.from(name));
    at += 30 + Buffer.byteLength(name) + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}

/** Two frames of zstd with raw blocks (RFC 8878): for a Node without a compressor. */
export function zstdFrames(bytes: Buffer): Buffer {
  const half = bytes.length >> 1;
  return Buffer.concat([frame(bytes.subarray(0, half)), frame(bytes.subarray(half))]);
}

function frame(bytes: Buffer): Buffer {
  // One segment, a content size of four bytes, no checksum.
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes.length, 5);
  const block = Buffer.alloc(3);
  block.writeUIntLE((bytes.length << 3) | 1, 0, 3);
  return Buffer.concat([head, block, bytes]);
}
