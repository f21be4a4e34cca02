/** Thrown for bytes that are not a valid protobuf message. */
export class NoProtobuf extends Error {}

/** A field of a message: its number, and its value by its wire type. */
interface Wire {
  readonly field: number;
  /** The value of a varint or of a field with a fixed width; 0 for a length-delimited field. */
  readonly number: bigint;
  /** The bytes of a length-delimited field; empty for any other field. */
  readonly bytes: Uint8Array;
}

const NONE = new Uint8Array(0);

/** Parses the fields of a message in order. @throws {NoProtobuf} when the message is truncated or invalid */
function* fieldsOf(bytes: Uint8Array): Generator<Wire> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new NoProtobuf("the bytes end too early");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new NoProtobuf("a number has more than 64 bits");
  };
  /** Fast path: most tags and lengths take one byte. */
  const small = (): number => {
    const byte = bytes[at];
    if (byte === undefined || byte >= 0x80) return Number(varint());
    at++;
    return byte;
  };
  const take = (length: number): number => {
    const from = at;
    at += length;
    if (at > bytes.length) throw new NoProtobuf("the bytes end too early");
    return from;
  };
  while (at < bytes.length) {
    const tag = small();
    const field = tag >>> 3;
    if (field === 0) throw new NoProtobuf("a field has no number");
    if ((tag & 7) === 0) yield { field, number: varint(), bytes: NONE };
    else if ((tag & 7) === 1) yield { field, number: view.getBigUint64(take(8), true), bytes: NONE };
    else if ((tag & 7) === 5) yield { field, number: BigInt(view.getUint32(take(4), true)), bytes: NONE };
    else if ((tag & 7) === 2) {
      const length = small();
      const from = take(length);
      yield { field, number: 0n, bytes: bytes.subarray(from, from + length) };
    } else throw new NoProtobuf(`a field has the unknown type ${tag & 7}`);
  }
}

const decoder = new TextDecoder();
const textOf = ({ bytes }: Wire): string => decoder.decode(bytes);
const hexOf = ({ bytes }: Wire): string => Buffer.from(bytes).toString("hex");

/** How to convert a message's fields to the JSON format of OTLP; a name with `[]` is a list. */
type Shape = Readonly<Record<number, readonly [name: string, read: (wire: Wire) => unknown]>>;

function message(shape: Shape): (wire: Pick<Wire, "bytes">) => Record<string, unknown> {
  return ({ bytes }) => {
    const made: Record<string, unknown> = {};
    for (const wire of fieldsOf(bytes)) {
      const [name, read] = shape[wire.field] ?? [];
      if (name === undefined || read === undefined) continue;
      if (!name.endsWith("[]")) made[name] = read(wire);
      else {
        const list = name.slice(0, -2);
        made[list] ??= [];
        (made[list] as unknown[]).push(read(wire));
      }
    }
    return made;
  };
}

function doubleOf({ number }: Wire): number {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigUint64(0, number);
  return bytes.getFloat64(0);
}

const signed = ({ number }: Wire): string => String(BigInt.asIntN(64, number));
const unsigned = ({ number }: Wire): string => String(number);

/** Maximum nesting depth of a value; what is nested deeper is read as empty. */
const DEEPEST = 64;
let depth = 0;

function anyValue(wire: Pick<Wire, "bytes">): Record<string, unknown> {
  if (depth > DEEPEST) return {};
  depth++;
  try {
    return readValue(wire);
  } finally {
    depth--;
  }
}

const keyValue = message({ 1: ["key", textOf], 2: ["value", anyValue] });
const attributes = ["attributes[]", keyValue] as const;
const readValue = message({
  1: ["stringValue", textOf],
  2: ["boolValue", ({ number }) => number !== 0n],
  3: ["intValue", signed],
  4: ["doubleValue", doubleOf],
  5: ["arrayValue", message({ 1: ["values[]", anyValue] })],
  6: ["kvlistValue", message({ 1: ["values[]", keyValue] })],
  7: ["bytesValue", ({ bytes }) => Buffer.from(bytes).toString("base64")],
});
const event = message({ 1: ["timeUnixNano", unsigned], 2: ["name", textOf], 3: attributes });
const status = message({ 2: ["message", textOf], 3: ["code", ({ number }) => Number(number)] });
const span = message({
  1: ["traceId", hexOf],
  2: ["spanId", hexOf],
  4: ["parentSpanId", hexOf],
  5: ["name", textOf],
  7: ["startTimeUnixNano", unsigned],
  8: ["endTimeUnixNano", unsigned],
  9: attributes,
  11: ["events[]", event],
  15: ["status", status],
});
const scopeSpans = message({ 2: ["spans[]", span], 3: ["schemaUrl", textOf] });
const resourceSpans = message({
  1: ["resource", message({ 1: attributes })],
  2: ["scopeSpans[]", scopeSpans],
  3: ["schemaUrl", textOf],
});

/**
 * Reads the OTLP requests in a file or body, one document per resource. The bytes are one message, or several with
 * length prefixes as a collector's file exporter writes them.
 *
 * @throws {NoProtobuf} when a message is truncated or invalid
 */
export function* otlpDocuments(bytes: Uint8Array): Generator<{ readonly resourceSpans: readonly unknown[] }> {
  for (const part of messagesIn(bytes))
    for (const wire of fieldsOf(part)) if (wire.field === 1) yield { resourceSpans: [resourceSpans(wire)] };
}

function* messagesIn(bytes: Uint8Array): Generator<Uint8Array> {
  // A plain request starts with the tag of its first field, which is not 0. A length of 4 bytes starts with 0, unless
  // the message exceeds 16 MB.
  if (bytes[0] !== 0) {
    yield bytes;
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw new NoProtobuf("the bytes end too early");
    const length = view.getUint32(at);
    if (at + 4 + length > bytes.length) throw new NoProtobuf("the bytes end too early");
    yield bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
}
