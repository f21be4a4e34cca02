import * as zlib from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_REPLY_BYTES } from "./reply-text.ts";
import { askShape, HTTP_SHAPES, type RawServer, startRawServer } from "./testing/reply-shapes.ts";

let server: RawServer;
beforeAll(async () => {
  server = await startRawServer();
});
afterAll(() => server.close());

const JSON_TYPE = { "content-type": "application/json" };
const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Buffer) => Buffer };
const ENCODINGS: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  ["gzip", zlib.gzipSync],
  ["x-gzip", zlib.gzipSync],
  ["deflate", zlib.deflateSync],
  ["deflate", zlib.deflateRawSync],
  ["br", zlib.brotliCompressSync],
  ["identity", (bytes) => bytes],
  ["gzip, br", (bytes) => zlib.brotliCompressSync(zlib.gzipSync(bytes))],
  ...(zstdCompressSync === undefined ? [] : [["zstd", zstdCompressSync] as const]),
];

describe.each(HTTP_SHAPES)("the bytes of a $name reply", (shape) => {
  const cafe = JSON.stringify(shape.body("café — 数"));
  const answered = () => askShape(shape, server);

  it.each(ENCODINGS)("are decompressed: %s", async (encoding, compress) => {
    const headers = { ...JSON_TYPE, "content-encoding": encoding };
    server.answer = { headers, body: compress(Buffer.from(cafe)) };
    expect(await answered()).toMatchObject({ kind: "answered", output: "café — 数" });
    const error = JSON.stringify({ error: { message: "too hot" } });
    server.answer = { status: 400, headers, body: compress(Buffer.from(error)) };
    expect(await answered()).toMatchObject({ kind: "failed", message: expect.stringContaining("too hot") });
  });

  it("are not an answer if they do not match their encoding, or end too early", async () => {
    const broken = { error: "malformed-reply", kind: "failed" };
    server.answer = { headers: { ...JSON_TYPE, "content-encoding": "gzip" }, body: cafe };
    expect(await answered()).toMatchObject({
      ...broken,
      message: expect.stringContaining("says that it is gzip"),
    });
    const half = zlib.gzipSync(Buffer.from(cafe)).subarray(0, 40);
    server.answer = { headers: { ...JSON_TYPE, "content-encoding": "gzip" }, body: half };
    expect(await answered()).toMatchObject({ ...broken, message: expect.stringContaining("broke off") });
    server.answer = { headers: { ...JSON_TYPE, "content-encoding": "xpress" }, body: cafe };
    expect(await answered()).toMatchObject({ ...broken, message: expect.stringContaining('"xpress"') });
  });

  it.each([
    ["iso-8859-1", "latin1"],
    ['"ISO-8859-1"', "latin1"],
    ["utf-16le", "utf16le"],
    ["UTF8", "utf8"],
  ] as const)("are read in the charset %s of their header", async (charset, encoding) => {
    const headers = { "content-type": `application/json; charset=${charset}` };
    server.answer = { headers, body: Buffer.from(JSON.stringify(shape.body("café")), encoding) };
    expect(await answered()).toMatchObject({ kind: "answered", output: "café" });
  });

  it.each(["windows-1252", "cp1252", "latin1"])(
    "have the signs of windows-1252 in the charset %s",
    async (charset) => {
      const text = JSON.stringify(shape.body("It costs ~"));
      const body = Buffer.from(text.replace("~", "\x935 \x80\x94 \x97 caf\xe9"), "latin1");
      server.answer = { headers: { "content-type": `application/json; charset=${charset}` }, body };
      expect(await answered()).toMatchObject({ output: "It costs \u201c5 \u20ac\u201d \u2014 caf\xe9" });
    },
  );

  it("are read by their byte order mark, whatever the header says", async () => {
    const body = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(cafe, "utf16le")]);
    server.answer = { headers: { "content-type": "application/json; charset=utf-8" }, body };
    expect(await answered()).toMatchObject({ kind: "answered", output: "café — 数" });
  });

  it("are not an answer if they are invalid in their charset, or if the charset is unknown", async () => {
    server.answer = { headers: JSON_TYPE, body: Buffer.from(JSON.stringify(shape.body("café")), "latin1") };
    expect(await answered()).toMatchObject({
      error: "malformed-reply",
      message: expect.stringContaining("holds bytes that are not UTF-8"),
    });
    server.answer = { headers: { "content-type": "application/json; charset=klingon" }, body: cafe };
    expect(await answered()).toMatchObject({
      error: "malformed-reply",
      message: expect.stringContaining('"klingon"'),
    });
  });

  it("have a maximum size, before and after decompression, in answers and in errors", async () => {
    const long = Buffer.alloc(MAX_REPLY_BYTES + 1, "x");
    const gzip = { "content-encoding": "gzip" };
    for (const raw of [
      { body: long },
      { headers: gzip, body: zlib.gzipSync(long) },
      { status: 500, body: long },
    ]) {
      server.answer = { headers: JSON_TYPE, ...raw };
      expect(await answered()).toMatchObject({
        kind: "failed",
        message: expect.stringContaining("longer than 16 MiB"),
      });
    }
  });
});

describe("a web page that tells why there is no answer", () => {
  it("is read in the charset that the page declares", async () => {
    const [shape] = HTTP_SHAPES as [(typeof HTTP_SHAPES)[number]];
    const page = '<html><head><meta charset="iso-8859-1"><title>Fermé</title></head></html>';
    server.answer = {
      status: 503,
      headers: { "content-type": "text/html" },
      body: Buffer.from(page, "latin1"),
    };
    expect(await askShape(shape, server)).toMatchObject({ message: expect.stringMatching(/: Fermé$/) });
  });
});
