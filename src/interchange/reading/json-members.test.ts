import { describe, expect, it } from "vitest";
import { TooLarge, wantedMembers } from "./json-members.ts";

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const WANTED = new Set(["id", "input", "output"]);
const read = (text: string, size: number, most = 1 << 20) =>
  wantedMembers(pieces(Buffer.from(text), size), WANTED, most);

const SAMPLE = {
  id: 'a"b\\',
  events: [{ input: "no", deep: [[{ x: '}]\\",' }]] }, "]", 'an "id": 5'],
  input: [{ role: "user", content: 'über, {"id": [' }],
  store: {},
  output: null,
};

describe("wanted members read from the bytes of an object", () => {
  it.each([1, 2, 7, 1000])("are complete, and the only ones, in pieces of %i bytes", async (size) => {
    for (const text of [
      JSON.stringify(SAMPLE),
      JSON.stringify(SAMPLE, null, 2),
      `\uFEFF${JSON.stringify(SAMPLE)}\n`,
    ]) {
      const found = await read(text, size);
      expect(found?.whole).toBe(true);
      const { id, input, output } = SAMPLE;
      expect(JSON.parse(found?.text.toString("utf8") ?? "")).toEqual({ id, input, output });
    }
  });

  it("are none for an empty object, and undefined for a list", async () => {
    expect(await read("{}", 1)).toEqual({ text: Buffer.from("{}"), whole: true });
    expect(await read("[1]", 1)).toBeUndefined();
  });

  it("are not whole when the object is cut off, and undefined when something follows it", async () => {
    expect((await read('{"id": 1, "input": [', 3))?.whole).toBe(false);
    expect(await read('{"id": 1} x', 3)).toBeUndefined();
  });

  it("are limited in size, while skipped members are not", async () => {
    const large = "x".repeat(5000);
    expect((await read(JSON.stringify({ id: 1, events: large }), 64, 100))?.whole).toBe(true);
    await expect(read(JSON.stringify({ id: 1, input: large }), 64, 100)).rejects.toThrow(TooLarge);
  });
});
