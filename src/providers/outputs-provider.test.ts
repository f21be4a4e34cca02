import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EvalsError } from "../domain/problem.ts";
import type { Reply } from "../domain/provider.ts";
import { usageOf } from "../domain/transcript.ts";
import { outputsProvider } from "./outputs-provider.ts";
import { fakeHost, questionOf } from "./testing/fake-host.ts";

async function open(text: string, ids: readonly string[] = ["a", "b", "refund-07"], warns?: boolean) {
  const root = mkdtempSync(join(tmpdir(), "evals-outputs-"));
  writeFileSync(join(root, "o.jsonl"), text);
  const settings = outputsProvider.settings.parse({ provider: "outputs", file: "o.jsonl" });
  const target = await outputsProvider.open(settings, fakeHost({ root, caseIds: () => ids, warns }));
  const signal = new AbortController().signal;
  const send = (case_id: string, trial: number) =>
    target.client.send({}, questionOf({ case_id }), trial, signal) as Reply;
  return { target, send };
}

const lines = (...values: readonly unknown[]) =>
  values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))).join("\n");

async function problemsOf(text: string) {
  const error = await open(text).then(
    () => undefined,
    (e: EvalsError) => e,
  );
  return error?.problems.map(({ code, path, line, column }) => `${path}:${line}:${column} ${code}`);
}

describe("outputsProvider", () => {
  it("answers synchronously, by case and trial", async () => {
    const { target, send } = await open(
      lines({ case: "a", trial: 2, output: "two" }, { case: "a", trial: 1, output: "one" }),
    );
    expect(target.client.immediate).toBe(true);
    expect(send("a", 1)).toEqual({ kind: "answered", output: "one", recorded: true });
    expect(send("a", 2)).toMatchObject({ output: "two" });
    expect([target.client.available?.("a"), target.client.available?.("b")]).toEqual([2, 0]);
    await target.client.close();
  });

  it("warns of nearly known members while it reads the file, and only where that is wanted", async () => {
    const usage = { input_tokens: 1, output_tokens: 1, cached_inputtokens: 1 };
    const first = [
      { case: "a", output: "x", latncy_ms: 5, note: "ours" },
      { case: "a", output: "y", latncy_ms: 5, usage },
    ];
    const expected = [
      { code: "EVALS_OUTPUTS_MISSPELT", line: 1, what: expect.stringMatching(/"latncy_ms".*2 lines/) },
      { code: "EVALS_OUTPUTS_MISSPELT", line: 2, what: expect.stringContaining("usage.cached_inputtokens") },
    ];
    const { target } = await open(lines(...first), undefined, true);
    expect(target.warnings).toMatchObject(expected);
    // A trace has the lines read anew, with the code that reads it; nothing counts twice.
    const trace = { resourceSpans: [] };
    const again = await open(lines(...first, { case: "b", output: "x", messages: trace }), undefined, true);
    expect(again.target.warnings).toMatchObject(expected);
    expect((await open(lines(...first))).target.warnings).toEqual([]);
  });

  it("keeps the trajectory that a line gives", async () => {
    const way = {
      retrievals: [{ step: 1, query: "k", documents: [{ id: 7, text: "seven" }] }],
      ...{ state: { orders: [] }, turns: 2, steps: 3, stopped: "time" },
    };
    const call = { step: 2, name: "find", arguments: { id: 7 }, result: { error: "gone" }, latency_ms: 3 };
    const { send } = await open(lines({ case: "a", output: "x", messages: [], tool_calls: [call], ...way }));
    expect(send("a", 1)).toMatchObject({
      tool_calls: [{ step: 2, name: "find", arguments: { id: 7 }, error: "gone", latency_ms: 3 }],
      trajectory: {
        ...way,
        retrievals: [{ step: 1, query: "k", documents: [{ id: "7", text: "seven", score: null }] }],
      },
    });
  });

  it.each([
    { steps: "two" },
    { turns: -1 },
    { stopped: "tired" },
    { retrievals: [{ query: "k" }] },
    { retrievals: [{ documents: [{ text: "no id" }] }] },
    { tool_calls: [{ name: "find", step: 0 }] },
    { tool_calls: [{ name: "find", latency_ms: "3" }] },
  ])("refuses %j", async (member) => {
    expect(await problemsOf(lines({ case: "a", output: "x", ...member }))).toEqual([
      expect.stringMatching(/^o\.jsonl:1:\d+ EVALS_OUTPUTS_/),
    ]);
  });

  describe("with a trace on a later line", () => {
    const atif = (source: string) => ({
      schema_version: "ATIF-v1.7",
      steps: [{ step_id: 1, source, message: "Hello" }],
    });

    it("reads the conversation of that line, and the other lines as before", async () => {
      const { send } = await open(
        lines(
          { case: "a", output: "x", messages: [{ role: "user", content: "Hi" }] },
          { case: "b", output: "y", messages: atif("agent") },
        ),
      );
      expect(send("a", 1)).toMatchObject({ messages: [{ role: "user", content: "Hi" }] });
      expect(send("b", 1)).toMatchObject({
        messages: [{ role: "assistant", content: "Hello" }],
        trajectory: { steps: 1 },
      });
    });

    it("reports a wrong trace together with the mistakes of other lines", async () => {
      const text = lines(
        { case: "a", trial: 0, output: "x" },
        { case: "b", output: "y", messages: atif("ghost") },
      );
      expect(await problemsOf(text)).toEqual([
        expect.stringMatching(/^o\.jsonl:1:\d+ EVALS_OUTPUTS_TRIAL$/),
        expect.stringMatching(/^o\.jsonl:2:\d+ EVALS_OUTPUTS_MEMBER$/),
      ]);
    });
  });

  it("numbers lines without a trial in order", async () => {
    const { send } = await open(
      lines({ case: "a", output: "1" }, { case: "b", output: "x" }, { case: "a", output: "2" }),
    );
    expect([send("a", 1), send("a", 2), send("b", 1)]).toMatchObject([
      { output: "1" },
      { output: "2" },
      { output: "x" },
    ]);
  });

  it("plans only the recorded trials when some numbers are missing", async () => {
    const { target, send } = await open(
      lines({ case: "a", trial: 3, output: "c" }, { case: "a", trial: 1, output: "a" }),
    );
    expect(target.client.available?.("a")).toBe(2);
    expect(send("a", 2)).toMatchObject({ output: "c" });
  });

  it("reports that a trial is not recorded", async () => {
    const { send } = await open(lines({ case: "a", output: "1" }));
    expect(send("a", 2)).toMatchObject({ kind: "failed", error: "not-recorded", unsent: true });
  });

  it("keeps the known members of a line besides the output, and ignores the others", async () => {
    const more = {
      usage: usageOf({ input_tokens: 812, output_tokens: 40 }),
      latency_ms: 913,
      cost_usd: 0.0021,
      model: "m",
      messages: [{ role: "user", content: "hi" }],
      tool_calls: [{ name: "f", arguments: { a: 1 } }],
    };
    const { send } = await open(lines({ case: "a", output: { q: 1 }, ...more, anything: "else" }));
    expect(send("a", 1)).toEqual({ kind: "answered", output: '{"q":1}', recorded: true, ...more });
  });

  it("reads files with a byte order mark, CRLF, blank lines and no end of line", async () => {
    const { send } = await open('\ufeff{"case":"a","output":"é"}\r\n\r\n{"case":"b","output":"2"}');
    expect([send("a", 1), send("b", 1)]).toMatchObject([{ output: "é" }, { output: "2" }]);
  });

  it("changes a case's request only when the lines of that case change", async () => {
    const before = (await open(lines({ case: "a", output: "1" }, { case: "b", output: "1" }))).target.client;
    const after = (await open(lines({ case: "a", output: "1" }, { case: "b", output: "2" }))).target.client;
    const request = (client: typeof before, case_id: string) => client.prepare(questionOf({ case_id }));
    expect(request(after, "a")).toEqual(request(before, "a"));
    expect(request(after, "b")).not.toEqual(request(before, "b"));
  });

  it("reports all mistakes of a file at once, with their places", async () => {
    const text = lines(
      '{"case":"a","output":}',
      "[1]",
      { output: "x" },
      { case: "a" },
      { case: "refund-7", output: "x" },
      { case: "a", trial: 0, output: "x" },
      { case: "a", trial: 1.5, output: "x" },
      { case: "b", trial: 1, output: "x" },
      { case: "b", trial: 1, output: "y" },
      { case: "b", trial: 2, output: "y", usage: { input_tokens: "many" } },
      '{"case":"b","output":"x"',
    );
    expect(await problemsOf(text)).toMatchInlineSnapshot(`
      [
        "o.jsonl:1:22 EVALS_OUTPUTS_JSON",
        "o.jsonl:2:1 EVALS_OUTPUTS_JSON",
        "o.jsonl:3:1 EVALS_OUTPUTS_CASE",
        "o.jsonl:4:1 EVALS_OUTPUTS_OUTPUT",
        "o.jsonl:5:2 EVALS_OUTPUTS_UNKNOWN_CASE",
        "o.jsonl:6:13 EVALS_OUTPUTS_TRIAL",
        "o.jsonl:7:13 EVALS_OUTPUTS_TRIAL",
        "o.jsonl:9:1 EVALS_OUTPUTS_DUPLICATE",
        "o.jsonl:10:36 EVALS_OUTPUTS_MEMBER",
        "o.jsonl:11:25 EVALS_OUTPUTS_JSON",
      ]
    `);
  });

  it("reports a line that is nested too deeply, complete or truncated", async () => {
    const deep = "[".repeat(100_000);
    const whole = `{"case":"a","output":${deep}${"]".repeat(100_000)}}`;
    expect(await problemsOf(lines(whole, `{"case":"b","output":${deep}`))).toEqual([
      "o.jsonl:1:521 EVALS_OUTPUTS_JSON",
      "o.jsonl:2:521 EVALS_OUTPUTS_JSON",
    ]);
  });

  it("suggests the case that was probably meant", async () => {
    await expect(open(lines({ case: "refund-7", output: "x" }))).rejects.toMatchObject({
      problems: [{ what: 'The dataset has no case "refund-7". Did you mean "refund-07"?' }],
    });
  });

  it("lists the first hundred problems and counts the others", async () => {
    const problems = await problemsOf("x\n".repeat(250));
    expect(problems).toHaveLength(101);
    expect(problems?.at(-1)).toBe("o.jsonl:undefined:undefined EVALS_OUTPUTS_MORE");
  });

  it("reads lines that are longer than a block", async () => {
    const long = "ü".repeat(100_000);
    const { send } = await open(lines({ case: "a", output: long }, { case: "b", output: "short" }));
    expect([send("a", 1), send("b", 1)]).toMatchObject([{ output: long }, { output: "short" }]);
  });

  it("refuses a file that does not exist", async () => {
    const settings = outputsProvider.settings.parse({ provider: "outputs", file: "none.jsonl" });
    await expect(outputsProvider.open(settings, fakeHost({ root: tmpdir() }))).rejects.toMatchObject({
      at: ["file"],
    });
  });
});
