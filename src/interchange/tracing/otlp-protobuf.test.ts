import { describe, expect, it } from "vitest";
import { HEADER, tracedTrial } from "../testing/traced-trial.ts";
import { wireBytes, wireFields, wireNumber, wireText } from "../testing/wire.ts";
import { type OtlpDocument, type OtlpValue, otlpDocument } from "./otlp-document.ts";
import { otlpProtobuf } from "./otlp-protobuf.ts";
import { trialSpans } from "./trial-spans.ts";

/** Values of each type, including the smallest and largest. */
const VALUES: readonly OtlpValue[] = [
  ...["", "灯 \u0000", "x".repeat(300)].map((stringValue) => ({ stringValue })),
  ...[true, false].map((boolValue) => ({ boolValue })),
  ...["0", "127", "128", "-1", "9007199254740991"].map((intValue) => ({ intValue })),
  ...[0.1, -2.5e-300, 1].map((doubleValue) => ({ doubleValue })),
  { arrayValue: { values: [{ stringValue: "a" }, { stringValue: "" }] } },
];

function valueIn(bytes: Uint8Array): OtlpValue {
  const [field] = wireFields(bytes);
  const { number = 0, value = 0n } = field ?? {};
  if (typeof value === "bigint") {
    if (number === 2) return { boolValue: value === 1n };
    if (number === 3) return { intValue: String(BigInt.asIntN(64, value)) };
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, value);
    return { doubleValue: view.getFloat64(0) };
  }
  if (number === 1) return { stringValue: wireText(value) };
  return { arrayValue: { values: wireBytes(wireFields(value), 1).map(valueIn) } };
}

const attributesIn = (bytes: readonly Uint8Array[]) =>
  bytes.map((one) => {
    const fields = wireFields(one);
    return {
      key: wireText(wireBytes(fields, 1)[0]),
      value: valueIn(wireBytes(fields, 2)[0] ?? new Uint8Array()),
    };
  });

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");

/** Reads a document from bytes, by the field numbers of opentelemetry-proto. */
function documentIn(bytes: Uint8Array): OtlpDocument {
  const resourceSpans = wireBytes(wireFields(bytes), 1).map((one) => {
    const fields = wireFields(one);
    const [resource] = wireBytes(fields, 1).map(wireFields);
    const scopeSpans = wireBytes(fields, 2).map((scoped) => {
      const parts = wireFields(scoped);
      const [scope] = wireBytes(parts, 1).map(wireFields);
      return {
        scope: { name: wireText(wireBytes(scope ?? [], 1)[0]) },
        spans: wireBytes(parts, 2).map((span) => spanIn(wireFields(span))),
        schemaUrl: wireText(wireBytes(parts, 3)[0]),
      };
    });
    return { resource: { attributes: attributesIn(wireBytes(resource ?? [], 1)) }, scopeSpans };
  });
  return { resourceSpans };
}

function spanIn(fields: ReturnType<typeof wireFields>) {
  const status = wireFields(wireBytes(fields, 15)[0] ?? new Uint8Array());
  const [message] = wireBytes(status, 2);
  return {
    traceId: hex(wireBytes(fields, 1)[0]),
    spanId: hex(wireBytes(fields, 2)[0]),
    parentSpanId: hex(wireBytes(fields, 4)[0]),
    name: wireText(wireBytes(fields, 5)[0]),
    kind: Number(wireNumber(fields, 6)),
    startTimeUnixNano: String(wireNumber(fields, 7)),
    endTimeUnixNano: String(wireNumber(fields, 8)),
    attributes: attributesIn(wireBytes(fields, 9)),
    events: wireBytes(fields, 11).map((one) => {
      const parts = wireFields(one);
      return {
        timeUnixNano: String(wireNumber(parts, 1)),
        name: wireText(wireBytes(parts, 2)[0]),
        attributes: attributesIn(wireBytes(parts, 3)),
      };
    }),
    status: {
      code: Number(wireNumber(status, 3)),
      ...(message !== undefined && { message: wireText(message) }),
    },
  };
}

describe("otlpProtobuf", () => {
  it("encodes a whole document, including failed spans", () => {
    const failed = { outcome: "errored", error: "timeout", message: "late", transcript: null } as const;
    const document = otlpDocument(
      [
        ...trialSpans(
          tracedTrial([
            { role: "user", content: "?" },
            {
              role: "assistant",
              content: null,
              tool_calls: [{ id: "k", name: "find", arguments: { n: 1 } }],
            },
            { role: "tool", tool_call_id: "k", content: '{"error":"gone"}' },
            { role: "assistant", content: "done" },
          ]),
          HEADER,
        ),
        ...trialSpans(tracedTrial([], { ...failed, case: "other", scores: {} }), HEADER),
      ],
      { "openinference.project.name": "shop" },
    );
    expect(documentIn(otlpProtobuf(document))).toEqual(document);
  });

  it("keeps a value of every type", () => {
    const [resource] = otlpDocument([]).resourceSpans;
    const attributes = VALUES.map((value, at) => ({ key: `k${at}`, value }));
    const document = {
      resourceSpans: [{ resource: { attributes }, scopeSpans: resource?.scopeSpans ?? [] }],
    };
    expect(documentIn(otlpProtobuf(document))).toEqual(document);
  });
});
