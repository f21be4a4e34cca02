// The minimum that an agent's conversations can cost: ask, run the tool, ask again. Nothing is checked,
// counted, scored or stored. `bare` asks over a pool of connections and runs the tool directly. `parts` asks
// with OpenAI's client over the same pool and runs the tool in a thread, as evals does. What a trial of evals
// costs more than `parts` is the work of evals itself.
//   agent-floor.mjs <cases.jsonl> <port> bare|parts
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import OpenAI from "openai";
import { Pool } from "undici";

const [file, port, way] = process.argv.slice(2);
const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 8 });
const tools = [
  { type: "function", function: { name: "look", description: "Looks.", parameters: { type: "object" } } },
];
const cases = readFileSync(file, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));
const { ask, run, close } = way === "parts" ? parts() : bare();
let next = 0;
await Promise.all(
  Array.from({ length: 8 }, async () => {
    while (next < cases.length) await hold(cases[next++]);
  }),
);
close();
await pool.close();

async function hold({ input }) {
  const messages = [{ role: "user", content: `Look after ${input.q}.` }];
  for (;;) {
    const text = await ask(JSON.stringify({ model: "mock-2024-01-01", messages, tools }));
    const { message } = JSON.parse(text).choices[0];
    messages.push(message);
    if (message.tool_calls === undefined) return;
    for (const { id, function: called } of message.tool_calls)
      messages.push({ role: "tool", tool_call_id: id, content: await run(called.arguments) });
  }
}

function bare() {
  return {
    ask: (body) => send({ "content-type": "application/json", authorization: "Bearer x" }, body),
    run: async (given) => JSON.stringify({ id: JSON.parse(given).id, total: 4 }),
    close: () => {},
  };
}

function parts() {
  const client = new OpenAI({
    apiKey: "x",
    baseURL: `http://127.0.0.1:${port}/v1`,
    maxRetries: 0,
    logLevel: "off",
    fetch: async (_, init) => {
      const text = await send(Object.fromEntries(init.headers), init.body);
      return { ok: true, status: 200, headers: new Map(), text: async () => text };
    },
  });
  const thread = new Worker(
    `const { parentPort } = require("node:worker_threads");
     parentPort.on("message", ({ id, given }) =>
       parentPort.postMessage({ id, text: JSON.stringify({ id: JSON.parse(given).id, total: 4 }) }));`,
    { eval: true },
  );
  const waiting = new Map();
  thread.on("message", ({ id, text }) => {
    waiting.get(id)(text);
    waiting.delete(id);
  });
  let calls = 0;
  return {
    ask: async (body) => {
      const headers = { "content-type": "application/json" };
      return (await client.post("/chat/completions", { body, headers }).asResponse()).text();
    },
    run: (given) =>
      new Promise((resolve) => {
        waiting.set(++calls, resolve);
        thread.postMessage({ id: calls, given });
      }),
    close: () => void thread.terminate(),
  };
}

async function send(headers, body) {
  const reply = await pool.request({ path: "/v1/chat/completions", method: "POST", headers, body });
  return reply.body.text();
}
