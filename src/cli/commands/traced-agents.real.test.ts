import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  askOf,
  expectedRun,
  SCRIPTED_RUNS,
  scriptedReply,
  tracedRun,
} from "../../traces/testing/scripted-runs.ts";
import {
  agentFiles,
  INSTRUMENTATIONS,
  RECORDED_RUNS,
  recordingOf,
  recordingPath,
} from "../../traces/testing/traced-agents.ts";
import { scenario } from "../testing/scenario.ts";

/**
 * Folder with the real packages of four instrumentations (see CONTRIBUTING.md). Each traces twenty runs of one
 * agent, and the traces of all must be read alike. `UPDATE_GOLDENS=1` records some runs for the test that needs
 * no packages.
 */
const PACKAGES = process.env.EVALS_REAL_FRAMEWORKS;

const servers: Server[] = [];
const folders: string[] = [];
let spans: { readonly resourceSpans: unknown[] }[] = [];
let urls: { readonly model: string; readonly collector: string };

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function read(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || "{}");
}

const scriptedModel: RequestListener = async (request, reply) => {
  const { run, step, reply: said } = scriptedReply((await read(request)).messages);
  const tool_calls = said.calls?.map(({ name, arguments: given }, at) => ({
    ...{ id: `call_${run}_${step}_${at}`, type: "function" },
    function: { name, arguments: JSON.stringify(given) },
  }));
  const message = { role: "assistant", content: said.text ?? null, tool_calls };
  const finish_reason = tool_calls === undefined ? "stop" : "tool_calls";
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  const choices = [{ index: 0, finish_reason, message }];
  // LangGraph treats a message with an id that it has seen as a correction of the earlier message.
  const id = `chat_${run}_${step}`;
  reply.writeHead(200, { "content-type": "application/json" });
  reply.end(JSON.stringify({ id, object: "chat.completion", created: 1, model: "m", choices, usage }));
};

beforeAll(async () => {
  const collector = await serve(async (request, reply) => {
    spans.push(await read(request));
    reply.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  urls = { model: `${await serve(scriptedModel)}/v1`, collector: `${collector}/v1/traces` };
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

/** Starts the agent's program in a folder, and waits for its end. */
async function started(folder: string): Promise<{ readonly code: number | null; readonly said: string }> {
  const env = {
    ...process.env,
    MODEL_URL: urls.model,
    COLLECTOR: urls.collector,
    ASKS: JSON.stringify(SCRIPTED_RUNS.map((_, run) => askOf(run))),
  };
  const program = spawn(process.execPath, ["agent.mjs"], { cwd: folder, env });
  let said = "";
  for (const stream of [program.stdout, program.stderr]) stream.on("data", (part) => (said += part));
  const code = await new Promise<number | null>((resolve) => program.on("exit", resolve));
  return { code, said };
}

describe.skipIf(PACKAGES === undefined)("twenty runs of one agent", () => {
  it.each(INSTRUMENTATIONS)(
    "traced by %s are read correctly",
    async (name) => {
      spans = [];
      const folder = mkdtempSync(join(tmpdir(), "evals-agent-"));
      folders.push(folder);
      for (const [file, text] of Object.entries(agentFiles(name))) writeFileSync(join(folder, file), text);
      symlinkSync(join(PACKAGES ?? "", "node_modules"), join(folder, "node_modules"), "dir");
      expect(await started(folder)).toEqual({ code: 0, said: "" });

      const home = scenario(null);
      folders.push(home.root);
      home.write("evalconfig.yaml", "models: {}\n");
      home.write("traces.jsonl", spans.map((one) => `${JSON.stringify(one)}\n`).join(""));
      const json = async (args: string) => JSON.parse((await home.evals(`${args} --json`)).stdout);
      const { taken } = await json("import traces traces.jsonl");
      expect(taken).toMatchObject({ traces: SCRIPTED_RUNS.length, duplicates: 0 });
      const { traces } = await json(`traffic --limit ${SCRIPTED_RUNS.length}`);
      const runs = [];
      for (const { id } of traces) {
        const { trace, transcript } = await json(`show trace:${id}`);
        expect(trace.error).toBeNull();
        runs.push(tracedRun(transcript));
      }
      runs.sort((a, b) => a.run - b.run);
      expect(runs).toEqual(SCRIPTED_RUNS.map((_, run) => expectedRun(run)));
      if (process.env.UPDATE_GOLDENS === "1") record(name, folder);
    },
    600_000,
  );
});

/** Records some of the runs as fixtures, without the names of this machine's folders. */
function record(name: (typeof INSTRUMENTATIONS)[number], folder: string): void {
  const kept = recordingOf(spans, RECORDED_RUNS);
  const text = kept.replaceAll(folder, "/app").replaceAll(PACKAGES ?? "", "/app");
  writeFileSync(recordingPath(name), gzipSync(text, { level: 9 }));
}
