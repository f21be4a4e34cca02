import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeIo } from "../../cli/testing/fake-io.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { ScoreInput } from "../../domain/scorer.ts";
import { usageOf } from "../../domain/transcript.ts";
import {
  type JudgeServer,
  judgedAnswer,
  judgeServer,
  verdict,
} from "../../providers/testing/judge-server.ts";
import { emptyMemory, memoryStore } from "../../store/testing/memory-store.ts";
import { openProject } from "../project/open-project.ts";
import { openJudge } from "./open-judge.ts";

const JUDGE = "judge-2024-07-18";
let root: string;
let server: JudgeServer;
beforeEach(async () => {
  server = await judgeServer({
    [JUDGE]: (request) => verdict(judgedAnswer(request).includes("please") ? "pass" : "fail"),
  });
  root = mkdtempSync(join(tmpdir(), "open-judge-"));
  const files = {
    "evalconfig.yaml": `models:
  judge: { provider: openai, model: ${JUDGE}, base_url: "http://127.0.0.1:${server.port}/v1" }
  keyed: { provider: openai, model: ${JUDGE}, base_url: "http://127.0.0.1:${server.port}/v1", api_key_env: SOME_KEY }
`,
    "judges/polite/1.0.0.md": "---\nkind: binary\nmodel: judge\n---\nPasses when polite.\n",
    "judges/polite/1.1.0.md": "---\nkind: binary\nmodel: keyed\n---\nPasses when polite.\n",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

const answer = (output: string): ScoreInput => ({
  golden: { id: "a", input: "q", tags: [], metadata: {} },
  trial: 1,
  transcript: {
    output,
    messages: [],
    tool_calls: [],
    usage: usageOf({ input_tokens: null, output_tokens: null }),
    latency_ms: null,
    cost_usd: null,
    model: null,
    finish_reason: null,
    refusal: null,
  },
});

async function opened(spec: string, store = memoryStore(emptyMemory()), entry = {}) {
  const io = fakeIo(root);
  const project = await openProject(io, {});
  return openJudge(spec, { project, store, io, entry });
}

describe("openJudge", () => {
  it("has hash, path and models before any call, and asks about each answer once per repeat", async () => {
    const memory = emptyMemory();
    const judge = await opened("polite@1.0.0", memoryStore(memory));
    expect(judge).toMatchObject({
      name: "polite",
      version: "1.0.0",
      path: "judges/polite/1.0.0.md",
      models: [JUDGE],
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(server.asked).toHaveLength(0);
    expect((await judge.judge(answer("Wait, please."), 1)).verdict).toBe("pass");
    expect((await judge.judge(answer("Wait!"), 1)).verdict).toBe("fail");
    await judge.judge(answer("Wait, please."), 1);
    expect(server.asked).toHaveLength(2);
    await judge.judge(answer("Wait, please."), 2);
    expect(server.asked).toHaveLength(3);
    await judge.close();
    const later = await opened("polite@1.0.0", memoryStore(memory));
    await later.judge(answer("Wait, please."), 2);
    expect(server.asked).toHaveLength(3);
    await later.close();
  });

  it("judges the part of an answer that a suite's entry selects, which changes the judge's hash", async () => {
    const plain = await opened("polite@1.0.0");
    const part = await opened("polite@1.0.0", undefined, { select: { json: "$.reply" } });
    expect(part.hash).not.toBe(plain.hash);
    expect((await part.judge(answer('{"reply":"no","note":"please"}'), 1)).verdict).toBe("fail");
    expect((await part.judge(answer("no JSON"), 1)).verdict).toBe("fail");
    expect(server.asked).toHaveLength(1);
    await plain.close();
    await part.close();
  });

  it("reports a key that is not set only when it has to ask", async () => {
    const judge = await opened("polite");
    expect(judge.version).toBe("1.1.0");
    await expect(judge.judge(answer("x"), 1)).rejects.toThrow(EvalsError);
    await judge.close();
  });

  it.each([["polit"], ["polite@^2"], ["polite@next"]])("rejects %s, which does not exist", async (spec) => {
    await expect(opened(spec)).rejects.toThrow(/EVALS_JUDGE_(UNKNOWN|NO_VERSION)/);
  });
});
