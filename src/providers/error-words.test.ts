import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorWordsIn } from "./error-words.ts";
import { askShape, HTTP_SHAPES, type RawServer, startRawServer } from "./testing/reply-shapes.ts";

let server: RawServer;
beforeAll(async () => {
  server = await startRawServer();
});
afterAll(() => server.close());

describe("errorWordsIn", () => {
  it.each([
    [{ error: { message: "No." } }, "No."],
    [{ error: "No." }, "No."],
    [{ message: "No." }, "No."],
    [{ detail: "No." }, "No."],
    [{ msg: "No." }, "No."],
    [{ errors: ["No.", { message: "Never." }] }, "No.; Never."],
    [{ errors: { model: ["is unknown"] } }, "model: is unknown"],
    [{ detail: [{ loc: ["body", "n"], msg: "is no number", type: "int" }] }, "body.n: is no number"],
    [{ error: "invalid_client", error_description: "No such client." }, "invalid_client: No such client."],
    [{ statusCode: 400, error: "Bad Request", message: ["x is missing"] }, "Bad Request: x is missing"],
    [{ type: "about:blank", title: "Out of stock", status: 400, detail: "No more." }, "No more."],
    [[{ error: { code: 400, message: "No." } }], "No."],
    [{ error: { error: { message: "No." } } }, "No."],
    [{ error: { message: "Provider error", metadata: { raw: "too long" } } }, "Provider error: too long"],
    [{ fault: { faultstring: "No." } }, "No."],
    [{ a: 1 }, '{"a":1}'],
  ])("finds the words in %j", (body, words) => {
    expect(errorWordsIn(JSON.stringify(body)).message).toBe(words);
  });

  it.each([
    [
      "<html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>",
      "502 Bad Gateway: nginx",
    ],
    ["<!DOCTYPE html><p>Sign in &amp; try again</p>", "Sign in & try again"],
    ['data: {"error":{"message":"No."}}\n\n', "No."],
    ["plain words", "plain words"],
    ["", ""],
  ])("finds the words in %s", (body, words) => {
    expect(errorWordsIn(body).message).toBe(words);
  });

  it("finds codes at any depth, the inner ones first", () => {
    const stated = errorWordsIn('{"code":400,"error":{"code":"outer","innererror":{"code":"inner"}}}');
    expect(stated).toMatchObject({ code: "outer", codes: ["outer", "inner", "400"] });
  });

  it("reads only the beginning of a page", () => {
    expect(errorWordsIn(`<html>${"<p>x".repeat(1_000_000)}`).message.length).toBeLessThan(4000);
  });
});

describe.each(HTTP_SHAPES)("what a $name server says", (shape) => {
  it("is found for every status, and a redirection shows where it leads", async () => {
    server.answer = { status: 422, body: '{"detail":[{"loc":["body"],"msg":"field required"}]}' };
    expect(await askShape(shape, server)).toMatchObject({
      message: expect.stringContaining("body: field required"),
    });
    const location = "https://user:secret@example.com/login?key=secret";
    server.answer = { status: 302, headers: { location }, body: "" };
    const { message } = (await askShape(shape, server)) as { message: string };
    expect(message).toContain("it redirects to example.com/login");
    expect(message).not.toContain("secret");
  });

  it("names the path that does not exist", async () => {
    server.answer = { status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found" };
    const { message } = (await askShape(shape, server)) as { message: string };
    expect(message).toContain(`127.0.0.1:${new URL(server.origin).port}${server.arrived.at(-1)?.url}`);
  });

  it("is described when it is an event stream or a web page instead of JSON", async () => {
    const stream = { "content-type": "text/event-stream" };
    server.answer = { headers: stream, body: 'data: {"choices":[{"delta":{"content":"blue"}}]}\n\n' };
    expect(await askShape(shape, server)).toMatchObject({
      error: "malformed-reply",
      message: expect.stringMatching(/event stream.*delta/),
    });
    server.answer = { headers: stream, body: 'data: {"error":{"message":"Overloaded"}}\n\n' };
    expect(await askShape(shape, server)).toMatchObject({
      error: "provider",
      message: expect.stringContaining("Overloaded"),
    });
    server.answer = { headers: { "content-type": "text/html" }, body: "<html><title>Sign in</title></html>" };
    expect(await askShape(shape, server)).toMatchObject({
      error: "malformed-reply",
      message: expect.stringContaining("a web page (Sign in)"),
    });
    server.answer = { headers: { "content-type": "text/html" }, body: "<html></html>" };
    expect(await askShape(shape, server)).toMatchObject({
      error: "malformed-reply",
      message: expect.stringContaining("is a web page, not JSON"),
    });
  });
});
