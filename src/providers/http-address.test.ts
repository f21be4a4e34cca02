import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SettingMistake } from "../domain/problem.ts";
import type { Question } from "../domain/provider.ts";
import { httpProvider } from "./http-provider.ts";
import { ask, fakeHost, questionOf } from "./testing/fake-host.ts";
import { type RawServer, startRawServer } from "./testing/reply-shapes.ts";

let server: RawServer;
beforeAll(async () => {
  server = await startRawServer();
  server.answer = { body: "ok" };
});
afterAll(() => server.close());

const open = (settings: object) =>
  httpProvider.open(
    httpProvider.settings.parse({ provider: "http", method: "GET", ...settings }),
    fakeHost({ env: { TOKEN: "token-1234567890" } }),
  );

/** Sends the request of a case. @returns the request as it arrived at the server */
async function asked(settings: object, changes: Partial<Question>) {
  const target = await open(settings);
  try {
    expect(await ask(target, questionOf(changes))).toMatchObject({ kind: "answered" });
    return server.arrived.at(-1) as RawServer["arrived"][number];
  } finally {
    await target.client.close();
  }
}

const at = (path: string) => ({ url: `${server.origin}${path}` });

describe("the address of a service", () => {
  it.each([
    ["/ask?q={{ input.q }}", { q: "red" }, "/ask?q=red"],
    ["/ask?q={{ input.q }}", { q: "a b&c=d#e/ü?" }, "/ask?q=a%20b%26c%3Dd%23e%2F%C3%BC%3F"],
    ["/ask?q={{ input.q | url_encode }}", { q: "a b&" }, "/ask?q=a+b%26"],
    ["/{{ case.id }}/{{ input.q }}", { q: "../admin" }, "/c1/..%2Fadmin"],
    ["/ask?q={{ input.q }}", { q: { a: [1] } }, "/ask?q=%7B%22a%22%3A%5B1%5D%7D"],
    ["/ask{% if input.q %}?q={{ input.q }}{% endif %}", {}, "/ask"],
    ["/n/{{ input.q }}", { q: 7 }, "/n/7"],
  ])("%s is filled for each case", async (path, input, url) => {
    expect((await asked(at(path), { input })).url).toBe(url);
  });

  it.each([
    ["/a/{{ input.q }}/b", { q: ".." }],
    ["/a/{{ input.q | raw }}/b", { q: "%2e%2E" }],
    ["/a?q={{ input.missing }}", {}],
    ["/a?q={{ input.q }}", { q: "\ud800" }],
  ])("%s with %j is a mistake", async (path, input) => {
    const target = await open(at(path));
    expect(() => target.client.prepare(questionOf({ input }))).toThrow(SettingMistake);
    await target.client.close();
  });

  it.each([
    { url: "http://{{input.host}}/ask" },
    { url: "http://api.test{{input.q}}/ask" },
    { url: "http://api.test/ask?at={{ 'now' | date: '%s' }}" },
    { url: "http://api.test/ask?q={{ input.q" },
    { url: "http://api.test/", headers: { authorization: "{{ input.q }}" } },
    { url: "http://api.test/", headers: { "x-who": `{{ input.q }} $${"{env:TOKEN}"}` } },
  ])("%j is refused before anything is asked", async (settings) => {
    await expect(async () => open(settings)).rejects.toThrow();
  });
});

describe("headers of a service", () => {
  it("are filled for each case, together with those from the environment", async () => {
    const headers = {
      "X-User": "u-{{ input.user }}",
      authorization: `Bearer $${"{env:TOKEN}"}`,
      "x-team": "qa",
    };
    const arrived = await asked({ ...at("/"), headers }, { input: { user: 7 } });
    expect(arrived.headers).toMatchObject({
      "x-user": "u-7",
      authorization: "Bearer token-1234567890",
      "x-team": "qa",
    });
  });

  it("must not contain a line break or a character that no header may have", async () => {
    const target = await open({ ...at("/"), headers: { "x-user": "{{ input.user }}" } });
    for (const user of ["a\r\nx-admin: 1", "a\nb", "数"])
      expect(() => target.client.prepare(questionOf({ input: { user } }))).toThrow(/headers\.x-user/);
    await target.client.close();
  });
});

describe("the stored request", () => {
  it("contains only what affects the answer, and is unchanged when nothing is filled in", async () => {
    const plain = await open({ ...at("/ask?a=b c"), headers: { "x-team": "qa" } });
    expect(plain.client.prepare(questionOf())).toEqual({ method: "GET", url: `${server.origin}/ask?a=b c` });
    await plain.client.close();
    const filled = await open({
      ...at("/ask?q={{ input.q }}"),
      headers: { "x-user": "{{ input.q }}", "x-team": "qa" },
    });
    expect(filled.client.prepare(questionOf())).toEqual({
      method: "GET",
      url: `${server.origin}/ask?q=1`,
      headers: { "x-user": "1" },
    });
    await filled.client.close();
  });
});
