import type { OtlpAttribute, OtlpDocument, OtlpSpan, OtlpValue } from "./otlp-document.ts";

/** A field of a message: its number, and its value in wire format. */
type Field = readonly [number: number, value: Uint8Array | string | boolean | bigint | EightBytes];

/** A double, or an unsigned 64-bit number. */
type EightBytes = { readonly double: number } | { readonly fixed: bigint };

const VARINT = 0;
const EIGHT_BYTES = 1;
const LENGTH = 2;

const UTF8 = new TextEncoder();

/** OTLP's binary format, for servers that do not accept JSON: `ExportTraceServiceRequest` of opentelemetry-proto. */
export function otlpProtobuf({ resourceSpans }: OtlpDocument): Uint8Array {
  return message(
    resourceSpans.map(
      ({ resource, scopeSpans }): Field => [
        1,
        message([
          [1, message(attributeFields(1, resource.attributes))],
          ...scopeSpans.map(
            ({ scope, spans, schemaUrl }): Field => [
              2,
              message([
                [1, message([[1, scope.name]])],
                ...spans.map((span): Field => [2, spanMessage(span)]),
                [3, schemaUrl],
              ]),
            ],
          ),
        ]),
      ],
    ),
  );
}

function spanMessage(span: OtlpSpan): Uint8Array {
  const { status } = span;
  return message([
    [1, hexBytes(span.traceId)],
    [2, hexBytes(span.spanId)],
    ...(span.parentSpanId === "" ? [] : [[4, hexBytes(span.parentSpanId)] as Field]),
    [5, span.name],
    [6, BigInt(span.kind)],
    [7, { fixed: BigInt(span.startTimeUnixNano) }],
    [8, { fixed: BigInt(span.endTimeUnixNano) }],
    ...attributeFields(9, span.attributes),
    ...span.events.map(
      ({ timeUnixNano, name, attributes }): Field => [
        11,
        message([[1, { fixed: BigInt(timeUnixNano) }], [2, name], ...attributeFields(3, attributes)]),
      ],
    ),
    [
      15,
      message([
        ...(status.message === undefined ? [] : [[2, status.message] as Field]),
        [3, BigInt(status.code)],
      ]),
    ],
  ]);
}

function attributeFields(number: number, attributes: readonly OtlpAttribute[]): Field[] {
  return attributes.map(({ key, value }) => [
    number,
    message([
      [1, key],
      [2, message([valueField(value)])],
    ]),
  ]);
}

function valueField(value: OtlpValue): Field {
  if ("stringValue" in value) return [1, value.stringValue];
  if ("boolValue" in value) return [2, value.boolValue];
  if ("intValue" in value) return [3, BigInt.asUintN(64, BigInt(value.intValue))];
  if ("doubleValue" in value) return [4, { double: value.doubleValue }];
  return [5, message(value.arrayValue.values.map((one): Field => [1, message([valueField(one)])]))];
}

function message(fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap(([number, value]) => fieldParts(number, value));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function fieldParts(number: number, value: Field[1]): Uint8Array[] {
  const tag = (wire: number): Uint8Array => varint(BigInt((number << 3) | wire));
  if (typeof value === "object" && !(value instanceof Uint8Array))
    return [tag(EIGHT_BYTES), eightBytes(value)];
  if (typeof value === "bigint" || typeof value === "boolean") return [tag(VARINT), varint(BigInt(value))];
  const bytes = typeof value === "string" ? UTF8.encode(value) : value;
  return [tag(LENGTH), varint(BigInt(bytes.length)), bytes];
}

/** Encodes seven bits per byte, lowest first. */
function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 128);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

function eightBytes(value: EightBytes): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  if ("double" in value) view.setFloat64(0, value.double, true);
  else view.setBigUint64(0, value.fixed, true);
  return bytes;
}

const hexBytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
