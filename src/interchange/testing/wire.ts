/** A field of protobuf's wire format: its number, and its bytes or number. */
export interface WireField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/**
 * Reads one message in protobuf's wire format. It shares no code with the writer, so that a test finds the
 * mistakes of the writer.
 */
export function wireFields(bytes: Uint8Array): readonly WireField[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.byteLength) {
    const tag = Number(varint());
    const number = tag >> 3;
    if ((tag & 7) === 0) fields.push({ number, value: varint() });
    else if ((tag & 7) === 1) {
      fields.push({ number, value: view.getBigUint64(at, true) });
      at += 8;
    } else {
      const length = Number(varint());
      fields.push({ number, value: bytes.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}

/** The bytes of every field with this number; fields with a numeric value are left out. */
export function wireBytes(fields: readonly WireField[], number: number): readonly Uint8Array[] {
  return fields.flatMap((one) => (one.number === number && typeof one.value !== "bigint" ? [one.value] : []));
}

export function wireNumber(fields: readonly WireField[], number: number): bigint | undefined {
  const found = fields.find((one) => one.number === number)?.value;
  return typeof found === "bigint" ? found : undefined;
}

export const wireText = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
