import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GENAI_SPANS, otlpLines, PRODUCERS } from "../testing/producer-traces.ts";
import { EXPECTED_TRACE, SECRETS, TRACE_ID } from "../testing/sample-conversation.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

let home: Scenario;
beforeEach(() => {
  home = scenario(null);
  home.write("evalconfig.yaml", "models: {}\nredact: [email, card]\n");
});
afterEach(() => home.remove());

const put = (path: string, content: string | Uint8Array): void => {
  mkdirSync(join(home.root, "in"), { recursive: true });
  writeFileSync(join(home.root, "in", path), content);
};
const json = async (args: string) => {
  const ended = await home.evals(`${args} --json`);
  return { ...ended, document: JSON.parse(ended.stdout) };
};
/** All bytes of the project's store. */
const kept = (): string =>
  readdirSync(join(home.root, ".evals"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.includes(".db"))
    .map((name) => readFileSync(join(home.root, ".evals", name)).toString("latin1"))
    .join("");

describe("traces of production", () => {
  it.each(PRODUCERS)("of $name become the same transcript", async ({ file, text, convention }) => {
    put(file, text);
    const { exit, document, stdout } = await json(`import traces in/${file}`);
    expect(exit).toBe(0);
    expect(document).toMatchObject({
      schema: "evals.import/1",
      taken: { traces: 1, duplicates: 0 },
      conventions: [{ name: convention, traces: 1 }],
    });
    const shown = await json(`show trace:${TRACE_ID}`);
    expect(shown.document.transcript).toMatchObject(EXPECTED_TRACE);
    expect(shown.document.transcript.tool_calls).toHaveLength(1);
    expect(shown.document.transcript.messages).toHaveLength(5);
    expect(shown.document.trace).toMatchObject({
      at: "2026-05-04T08:00:00.000Z",
      tags: ["canary", "de"],
      user: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    for (const secret of SECRETS) expect(kept() + stdout + shown.stdout).not.toContain(secret);
  });

  it("are stored once, however often and in however many parts they arrive", async () => {
    const [{ file = "", text = "" } = {}] = PRODUCERS;
    put(file, text);
    await json(`import traces in/${file}`);
    const again = await json(`import traces in/${file} in/${file}`);
    expect(again.exit).toBe(0);
    expect(again.document.taken).toEqual({ traces: 0, duplicates: 1, completed: 0 });
  });

  it("in two files complete each other, in either order", async () => {
    const all = otlpLines(GENAI_SPANS);
    put("a.jsonl", all.slice(0, 2).join("\n"));
    put("b.jsonl", all.slice(2).join("\n"));
    expect((await json("import traces in/b.jsonl")).document.taken).toMatchObject({ traces: 1 });
    const { document } = await json("import traces in/a.jsonl");
    expect(document.taken).toEqual({ traces: 1, duplicates: 0, completed: 1 });
    expect((await json(`show trace:${TRACE_ID}`)).document.transcript).toMatchObject(EXPECTED_TRACE);
    expect((await json("import traces in/b.jsonl in/a.jsonl")).document.taken.traces).toBe(0);
  });

  it("report what was left out, with its location", async () => {
    const [line = "", ...more] = otlpLines(GENAI_SPANS);
    put("t.jsonl", [line, "{oops", '{"a":1}', '{"resourceSpans":[]}', ...more].join("\n"));
    const { document } = await json("import traces in/t.jsonl");
    expect(document.left).toEqual([
      expect.objectContaining({ path: "in/t.jsonl", line: 2, what: "a line that is not JSON" }),
      expect.objectContaining({ line: 3, what: "an item that is not a trace" }),
      expect.objectContaining({ what: "attribute acme.flag (2 spans)" }),
      expect.objectContaining({ line: 1, what: "span POST [email] (1 span)" }),
    ]);
    const { stdout } = await home.evals("import traces in/t.jsonl");
    expect(stdout).toContain("In the store already: 1 trace\n");
    expect(stdout).toContain("in/t.jsonl:2  a line that is not JSON");
  });

  it("are read from gzip", async () => {
    put("t.jsonl.gz", gzipSync(PRODUCERS[0]?.text ?? ""));
    expect((await json("import traces in/t.jsonl.gz")).document.taken.traces).toBe(1);
    put("cut.gz", gzipSync(PRODUCERS[0]?.text ?? "").subarray(0, 50));
    expect((await json("import traces in/cut.gz")).document.problems).toMatchObject([
      { code: "EVALS_IMPORT_SYNTAX" },
    ]);
  });

  it("join with the score that another file holds", async () => {
    const { text = "", file = "" } = PRODUCERS.find(({ name }) => name === "Langfuse") ?? {};
    put(file, text);
    const score = {
      id: "sc",
      traceId: TRACE_ID,
      observationId: "r",
      name: "thumbs",
      value: 0,
      comment: "mail a@b.example",
    };
    put("scores.json", JSON.stringify({ data: [score], meta: {} }));
    expect((await json(`import traces in/scores.json in/${file}`)).document.taken).toMatchObject({
      traces: 1,
    });
    expect((await json(`show trace:${TRACE_ID.slice(0, 6)}`)).document.trace.feedback).toEqual([
      { name: "thumbs", score: 0, label: null, comment: "mail [email]" },
    ]);
  });

  it("are stored unchanged when nothing is redacted, which is reported; users are hashed in any case", async () => {
    home.write("evalconfig.yaml", "models: {}\n");
    put("t.jsonl", PRODUCERS[0]?.text ?? "");
    const { stdout } = await home.evals("import traces in/t.jsonl");
    expect(stdout).toContain("evalconfig.yaml has no `redact`");
    expect(kept()).toContain("dana.kirk@example.com");
    expect(kept()).not.toContain("of-northwind");
  });

  it("are not kept on a dry run", async () => {
    put("t.jsonl", PRODUCERS[0]?.text ?? "");
    expect((await json("import traces in/t.jsonl --dry-run")).document).toMatchObject({
      dry_run: true,
      taken: { traces: 1 },
    });
    expect((await json("import traces in/t.jsonl")).document.taken).toMatchObject({
      traces: 1,
      duplicates: 0,
    });
  });

  it("leave no byte behind when they are pruned", async () => {
    home.write("evalconfig.yaml", "models:\n  m: { provider: outputs, file: m.jsonl }\n");
    put("t.jsonl", PRODUCERS[0]?.text ?? "");
    await home.evals("import traces in/t.jsonl");
    expect(kept()).toContain(EXPECTED_TRACE.output);
    const later = { date: () => new Date("2026-09-01T00:00:00Z") };
    const prune = async (args: string) =>
      JSON.parse((await home.evals(`store prune --older-than ${args} --json`, later)).stdout).removed;
    expect(await prune("200d")).toMatchObject({ traces: 0 });
    expect(await prune("90d --dry-run")).toMatchObject({ traces: 1 });
    expect(kept()).toContain(EXPECTED_TRACE.output);
    expect(await prune("90d")).toMatchObject({ traces: 1, runs: 0 });
    expect(kept()).not.toContain(EXPECTED_TRACE.output);
    expect((await home.evals("store info")).stdout).not.toContain("traces");
  });

  it("show a hostile text without letting it control anything", async () => {
    const hostile = "\u001b[31m\n::error::x\u202e";
    const spans = GENAI_SPANS.map((one) => ({
      ...one,
      attributes: Object.fromEntries(
        Object.entries(one.attributes).map(([name, value]) => [
          `${name}`,
          typeof value === "string" && name.endsWith("messages")
            ? value.replaceAll("A-7?", JSON.stringify(hostile).slice(1, -1))
            : name === "session.id"
              ? hostile
              : value,
        ]),
      ),
    }));
    put("t.jsonl", otlpLines(spans).join("\n"));
    await home.evals("import traces in/t.jsonl");
    // For every command, the scenario checks that nothing of the kind is printed.
    expect((await home.evals(`show trace:${TRACE_ID}`)).stdout).toContain("error::x");
  });
});

describe("a mistake", () => {
  it("is reported for every file that is not there, at once", async () => {
    put("t.json", "[]");
    const { exit, document } = await json("import traces in/nothing.json in in/other.json");
    expect(exit).toBe(2);
    expect(document.problems.map((one: { code: string; path: string }) => [one.code, one.path])).toEqual([
      ["EVALS_IMPORT_NO_FILE", "in/nothing.json"],
      ["EVALS_IMPORT_NO_FILE", "in"],
      ["EVALS_IMPORT_NO_FILE", "in/other.json"],
    ]);
  });

  it.each([
    ["no trace", '[{"a":1}]', "EVALS_IMPORT_NOTHING"],
    ["nothing but spans of HTTP", `${otlpLines(GENAI_SPANS.slice(-1)).join("\n")}\n`, "EVALS_IMPORT_NOTHING"],
    ["no JSON", "[{", "EVALS_IMPORT_SYNTAX"],
    ["no request of OTLP", "\u0000\u0001\u0002", "EVALS_IMPORT_SYNTAX"],
  ])("is reported for a file with %s", async (_, text, code) => {
    put("t.json", text);
    const { exit, document } = await json("import traces in/t.json");
    expect([exit, document.problems[0].code]).toEqual([2, code]);
  });

  it.each([
    [
      "Langfuse's download of one trace",
      {
        ...{
          id: "lf",
          timestamp: "2026-05-04T08:00:00Z",
          sessionId: "s-1",
          userId: "u",
          tags: ["vip"],
          output: "Use it.",
        },
        observations: [
          {
            ...{
              id: "o",
              traceId: "lf",
              type: "GENERATION",
              startTime: "2026-05-04T08:00:00Z",
              endTime: "2026-05-04T08:00:01Z",
            },
            ...{
              input: [{ role: "user", content: "How?" }],
              output: { role: "assistant", content: "Use it." },
            },
          },
        ],
        scores: [{ id: "f", traceId: "lf", name: "thumb", value: 1, dataType: "NUMERIC" }],
      },
      { session: "s-1", tags: ["vip"], feedback: [{ name: "thumb", score: 1 }] },
    ],
    [
      "one run of LangSmith, which has a list of events",
      {
        ...{
          id: "ls",
          trace_id: "ls",
          name: "r",
          run_type: "llm",
          extra: { metadata: { session_id: "s-1" } },
        },
        ...{
          start_time: "2026-05-04T08:00:00",
          end_time: "2026-05-04T08:00:02",
          events: [{ name: "start" }],
        },
        ...{ inputs: { messages: [{ role: "user", content: "How?" }] } },
        outputs: { choices: [{ message: { role: "assistant", content: "Use it." } }] },
      },
      { session: "s-1", latency_ms: 2000 },
    ],
  ])("reads %s as a whole, in a file of its own", async (_, item, wanted) => {
    for (const [name, text] of [
      ["lines.json", JSON.stringify(item)],
      ["spread.json", JSON.stringify(item, null, 2)],
    ] as const) {
      put(name, text);
      const { exit, document } = await json(`import traces in/${name}`);
      expect([exit, document.taken.traces + document.taken.duplicates]).toEqual([0, 1]);
    }
    const [id] = [(item as { id: string }).id];
    const { document } = await json(`show trace:${id}`);
    expect(document.trace).toMatchObject(wanted);
    expect(document.transcript.output).toBe("Use it.");
  });

  it("is reported for a trace that the store does not have, or has several of", async () => {
    put("a.jsonl", otlpLines(GENAI_SPANS, "ab01").join("\n"));
    put("b.jsonl", otlpLines(GENAI_SPANS, "ab02").join("\n"));
    await home.evals("import traces in/a.jsonl in/b.jsonl");
    expect((await json("show trace:ab")).document.problems[0].code).toBe("EVALS_TRACE_AMBIGUOUS");
    expect((await json("show trace:cd")).document.problems[0].code).toBe("EVALS_TRACE_UNKNOWN");
    expect((await json("show trace:ab01")).document.trace.id).toBe("ab01");
  });
});
