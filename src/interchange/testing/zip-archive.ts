import { deflateRawSync } from "node:zlib";

/**
 * A zip archive of JSON files, packed as Inspect packs them.
 * @param raw replaces the packed bytes of every file
 * @param wide whether sizes, offsets and counts are written in the fields of zip64
 */
export function zipArchive(
  entries: readonly (readonly [string, unknown])[],
  packing: "deflate" | "zstd",
  raw?: Buffer,
  wide = false,
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
    const extra = wide ? wideFields(central, [bytes.length, packed.length, at]) : Buffer.alloc(0);
    parts.push(local, Buffer.from(name), packed);
    directory.push(central, Buffer.from(name), extra);
    at += 30 + Buffer.byteLength(name) + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([
    ...parts,
    list,
    ...(wide ? [wideEnd(end, entries.length, list.length, at)] : []),
    end,
  ]);
}

/** Moves the sizes and the offset of a listed file to fields of zip64, and returns these. */
function wideFields(central: Buffer, values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  for (const offset of [24, 20, 42]) central.writeUInt32LE(0xffffffff, offset);
  central.writeUInt16LE(extra.length, 30);
  return extra;
}

function wideEnd(end: Buffer, count: number, size: number, start: number): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start + size), 8);
  locator.writeUInt32LE(1, 16);
  end.writeUInt16LE(0xffff, 8);
  end.writeUInt16LE(0xffff, 10);
  end.writeUInt32LE(0xffffffff, 12);
  end.writeUInt32LE(0xffffffff, 16);
  return Buffer.concat([record, locator]);
}

/** Bytes as two zstd frames of raw blocks (RFC 8878), because not every Node version can compress to zstd. */
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
