import { describe, expect, it } from "vitest";
import { compileBody } from "./http-body.ts";

const question = {
  case_id: "c1",
  input: { message: 'say "hi"', n: 3, tags: ["a", "b"] },
  messages: [{ role: "user" as const, content: "x" }],
};

describe("compileBody", () => {
  it.each([
    ["{{ input.message }}", 'say "hi"'],
    ["{{ input | json }}", question.input],
    [" {{- messages | json -}} ", question.messages],
    ["{{ input.tags | first | json }}", "a"],
    ["n={{ input.n }} of {{ case.id }}", "n=3 of c1"],
    [
      { a: ["{{ input.n | json }}", 1, null], b: "as it is" },
      { a: [3, 1, null], b: "as it is" },
    ],
    ["{% if input.more %}x{% else %}y{% endif %}", "y"],
    ["{% assign m = input.more | default: 'z' %}{{ m }}", "z"],
  ])("fills %j", async (body, expected) => {
    expect((await compileBody(body))(question)).toEqual(expected);
  });

  it.each([
    "{{ input.none }}",
    "{{ input.none | json }}",
    "{{ input.message.length | json }}",
    "{{ input.constructor }}",
    "{% assign n = input.none %}{{ n }}",
  ])("refuses an undefined variable: %s", async (body) => {
    const fill = await compileBody({ q: [body] });
    expect(() => fill(question)).toThrow(expect.objectContaining({ at: ["body", "q", 0] }));
  });

  it.each(["{{ input", "{{ input | nonsense }}", "{% include 'x' %}", "{{ trial }}"])(
    "refuses the template %s",
    async (body) => {
      const attempt = async () => (await compileBody(body))(question);
      await expect(attempt()).rejects.toMatchObject({ problem: { code: "EVALS_BODY_TEMPLATE" } });
    },
  );
});
