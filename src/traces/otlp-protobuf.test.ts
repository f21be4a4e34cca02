import { describe, expect, it } from "vitest";
import { NoProtobuf, otlpDocuments } from "./otlp-protobuf.ts";
import { readSpans } from "./span.ts";

// Writes the protobuf wire format.
const varint = (value: bigint): number[] => {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, value);
  do {
    bytes.push(Number(left & 0x7fn) | (left > 0x7fn ? 0x80 : 0));
    left >>= 7n;
  } while (left > 0n);
  return bytes;
};
const tag = (field: number, type: number): number[] => varint(BigInt((field << 3) | type));
const part = (field: number, bytes: readonly number[]): number[] => [
  ...tag(field, 2),
  ...varint(BigInt(bytes.length)),
  ...bytes,
];
const text = (field: number, value: string): number[] => part(field, [...Buffer.from(value)]);
const fixed = (field: number, value: bigint): number[] => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return [...tag(field, 1), ...bytes];
};
const double = (field: number, value: number): number[] => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return [...tag(field, 1), ...bytes];
};
const number = (field: number, value: bigint): number[] => [...tag(field, 0), ...varint(value)];
const attribute = (field: number, key: string, value: readonly number[]): number[] =>
  part(field, [...text(1, key), ...part(2, value)]);

const START = 1_777_777_777_123_456_789n;
const SPAN = [
  ...part(1, [...Buffer.from("5b8efff798038103d269b633813fc60c", "hex")]),
  ...part(2, [...Buffer.from("eee19b7ec3c1b174", "hex")]),
  ...text(3, "a=b"),
  ...part(4, [...Buffer.from("eee19b7ec3c1b173", "hex")]),
  ...text(5, "chat größe"),
  ...number(6, 3n),
  ...fixed(7, START),
  ...fixed(8, START + 5n),
  ...attribute(9, "n", number(3, -7n)),
  ...attribute(9, "d", double(4, 0.1)),
  ...attribute(9, "b", number(2, 1n)),
  ...attribute(9, "list", part(5, [...part(1, text(1, "x")), ...part(1, number(3, 2n))])),
  ...attribute(9, "map", part(6, attribute(1, "k", text(1, "灯")))),
  ...number(10, 1n),
  ...part(11, [...fixed(1, START), ...text(2, "gen_ai.choice"), ...attribute(3, "index", number(3, 0n))]),
  ...part(15, [...text(2, "refused"), ...number(3, 2n)]),
  // An unknown 32-bit field, as a later version may add.
  ...[...tag(16, 5), 1, 2, 3, 4],
];
const REQUEST = part(1, [
  ...part(1, attribute(1, "service.name", text(1, "shop"))),
  ...part(2, [...part(1, text(1, "scope")), ...part(2, SPAN), ...text(3, "https://x/gen-ai/0.1.0")]),
]);
const spansIn = (bytes: readonly number[]) =>
  [...otlpDocuments(Uint8Array.from(bytes))].flatMap((document) => readSpans(document).spans);

const READ = {
  trace: "5b8efff798038103d269b633813fc60c",
  id: "eee19b7ec3c1b174",
  parent: "eee19b7ec3c1b173",
  name: "chat größe",
  start: START,
  end: START + 5n,
  attributes: { n: -7, d: 0.1, b: true, list: ["x", 2], map: { k: "灯" } },
  events: [{ name: "gen_ai.choice", attributes: { index: 0 } }],
  error: "refused",
  schema: "https://x/gen-ai/0.1.0",
  resource: { "service.name": "shop" },
};

describe("OTLP as protobuf", () => {
  it("is read like OTLP as JSON", () => {
    expect(spansIn(REQUEST)).toEqual([READ]);
  });

  it("may be several messages, each after its length", () => {
    const length = [0, 0, REQUEST.length >> 8, REQUEST.length & 0xff];
    expect(spansIn([...length, ...REQUEST, ...length, ...REQUEST])).toHaveLength(2);
  });

  it("is rejected when it is cut off after any byte", () => {
    for (let end = 1; end < REQUEST.length; end++)
      expect(() => spansIn(REQUEST.slice(0, end)), `${end} bytes`).toThrow(NoProtobuf);
    expect(() => spansIn([0, 0, 0, 9, 1])).toThrow(NoProtobuf);
  });

  it.each([
    ["prose", [...Buffer.from("not a message at all")]],
    ["a number without an end", [8, ...Array<number>(11).fill(0x80)]],
  ])("is not %s", (_, bytes) => expect(() => spansIn(bytes)).toThrow(NoProtobuf));

  it("reads deeply nested values without overflowing the stack", () => {
    let value = text(1, "x");
    for (let depth = 0; depth < 20_000; depth++) value = depth < 2000 ? part(5, part(1, value)) : value;
    const deep = part(1, part(2, part(2, [...part(2, [1]), ...attribute(9, "deep", value)])));
    expect(spansIn(deep)).toHaveLength(1);
  });
});
