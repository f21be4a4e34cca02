import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { OpenTarget, Reply } from "../domain/provider.ts";
import { usageOf } from "../domain/transcript.ts";
import { recordingClient } from "./recording-client.ts";
import { replayProvider } from "./replay-provider.ts";
import { fakeHost, questionOf, scriptedClient } from "./testing/fake-host.ts";

let root: string;
let file: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "evals-replay-"));
  file = join(root, "small.jsonl");
});
const signal = new AbortController().signal;

async function record(replies: readonly Reply[], trials: readonly number[], case_id = "c1"): Promise<void> {
  const client = recordingClient(scriptedClient(...replies), file);
  const question = questionOf({ case_id, input: case_id });
  for (const trial of trials) await client.send(client.prepare(question), question, trial, signal);
  await client.close();
}

function small(): OpenTarget {
  const client = scriptedClient();
  return {
    client,
    identity: { provider: "openai" },
    label: "m-1",
    files: [],
    cacheable: true,
    price: { input: 1, output: 2 },
  };
}

async function replay() {
  const settings = replayProvider.settings.parse({ provider: "replay", of: "small", file: "small.jsonl" });
  return replayProvider.open(settings, fakeHost({ root, open: async () => small() }));
}

async function replayed(case_id: string, trial: number): Promise<Reply> {
  const target = await replay();
  const question = questionOf({ case_id, input: case_id });
  const reply = target.client.send(target.client.prepare(question), question, trial, signal);
  await target.client.close();
  return reply;
}

const full: Reply = {
  kind: "answered",
  output: "hi",
  usage: usageOf({ input_tokens: 1, output_tokens: null }),
  latency_ms: 12,
  model: "m-1",
  finish_reason: "stop",
  tool_calls: [{ name: "f", arguments: {} }],
};

describe("what was recorded", () => {
  it("is replayed unchanged", async () => {
    await record([{ ...full, raw: "{}", refusal: null }], [1]);
    expect(await replayed("c1", 1)).toEqual({ ...full, refusal: null, recorded: true });
  });

  it("is replayed with its trajectory", async () => {
    const way: Reply = {
      ...full,
      tool_calls: [
        { name: "f", arguments: {}, step: 1, result: [1], latency_ms: 2 },
        { name: "g", arguments: {}, step: 2, error: "closed" },
      ],
      trajectory: {
        retrievals: [{ step: 1, query: null, documents: [{ id: "K", text: null, score: 1 }] }],
        ...{ state: { open: true }, turns: 1, steps: 2, stopped: "tokens" },
      },
    };
    await record([{ ...way, refusal: null }], [1]);
    expect(await replayed("c1", 1)).toEqual({ ...way, refusal: null, recorded: true });
  });

  it("answers only the trial that was recorded", async () => {
    await record([full], [1]);
    expect(await replayed("c1", 2)).toMatchObject({
      error: "not-recorded",
      unsent: true,
      message: expect.stringContaining("evals run <suite> --model small --record"),
    });
  });

  it("has the identity and price of the model it replays", async () => {
    await record([full], [1]);
    expect(await replay()).toMatchObject({
      identity: small().identity,
      price: small().price,
      cacheable: false,
    });
  });
});

describe("recordingClient", () => {
  it("writes one line a call, sorted, without raw bodies", async () => {
    await record([{ ...full, raw: "SECRET" }], [2, 1], "b");
    await record([full], [1], "a");
    const keys = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(keys.map((line) => [line.case, line.trial])).toEqual([
      ["a", 1],
      ["b", 1],
      ["b", 2],
    ]);
    expect(readFileSync(file, "utf8")).not.toContain("SECRET");
    expect(Object.keys(keys[0] ?? {}).slice(0, 4)).toEqual(["case", "trial", "request", "output"]);
  });

  it("replaces an answer to the same request and trial", async () => {
    await record([full], [1]);
    await record([{ kind: "answered", output: "later" }], [1]);
    expect(await replayed("c1", 1)).toMatchObject({ output: "later" });
  });

  it("records no failures, and no answers that come from a recording", async () => {
    const failure: Reply = { kind: "failed", error: "provider", message: "x", transient: false };
    await record([failure, { ...full, recorded: true }], [1, 2]);
    expect(existsSync(file)).toBe(false);
  });

  it("keeps answers of a run that was killed before it ended", async () => {
    const killed = recordingClient(scriptedClient(full), file);
    const question = questionOf({ input: "c1" });
    await killed.send(killed.prepare(question), question, 1, signal);
    await new Promise((resolve) => setImmediate(resolve));
    appendFileSync(`${file}.part`, '{"case":"c1","tri');
    await record([full], [2]);
    expect(await replayed("c1", 1)).toMatchObject({ output: "hi" });
    expect(await replayed("c1", 2)).toMatchObject({ output: "hi" });
    expect(existsSync(`${file}.part`)).toBe(false);
  });
});

describe("replayProvider", () => {
  it("reports every broken line", async () => {
    writeFileSync(file, '{"case":"a","trial":1,"request":"x","output":"y"}\n{"case":}\n{"case":"a"}\n');
    await expect(replay()).rejects.toMatchObject({
      problems: [
        { code: "EVALS_RECORDING_LINE", line: 2, column: 9 },
        { code: "EVALS_RECORDING_LINE", line: 3 },
      ],
    });
  });

  it("prints how to record when there is no file", async () => {
    await expect(replay()).rejects.toMatchObject({
      at: ["file"],
      problem: { fix: expect.stringContaining("--record") },
    });
  });
});
