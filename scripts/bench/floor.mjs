// The minimum that a run can cost: read the cases, ask, insert a row for each answer. Nothing is planned,
// checked, retried, compared or reported.
//   floor.mjs <bare|openai> <cases.jsonl> <trials> <concurrency> <port> <database>
import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { Pool } from "undici";

const [way, file, trials, concurrency, port, path] = process.argv.slice(2);
const origin = `http://127.0.0.1:${port}`;
const db = new Database(path);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = NORMAL");
db.exec(
  "CREATE TABLE trials (case_id TEXT, trial INTEGER, prompt TEXT, output TEXT, pass INTEGER, latency_ms REAL, input_tokens INTEGER, output_tokens INTEGER, raw TEXT)",
);
const insert = db.prepare("INSERT INTO trials VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
const pool = new Pool(origin, { connections: Number(concurrency) });
const ask = way === "openai" ? await askBySdk() : askBare;

const cases = readFileSync(file, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));
const work = cases.flatMap((one) => Array.from({ length: Number(trials) }, (_, trial) => [one, trial + 1]));
let next = 0;
await Promise.all(
  Array.from({ length: Number(concurrency) }, async () => {
    while (next < work.length) {
      const [{ id, input, expected }, trial] = work[next++];
      const prompt = `Q: ${input.q}`;
      const started = performance.now();
      const { text, reply } = await ask([{ role: "user", content: prompt }]);
      const output = reply.choices[0].message.content;
      const { prompt_tokens, completion_tokens } = reply.usage;
      const pass = output === expected ? 1 : 0;
      const took = performance.now() - started;
      insert.run(id, trial, prompt, output, pass, took, prompt_tokens, completion_tokens, text);
    }
  }),
);
await pool.close();
db.close();

async function askBare(messages) {
  const { body } = await pool.request({
    path: "/v1/chat/completions",
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer x" },
    body: JSON.stringify({ model: "mock-2024-01-01", messages }),
  });
  const text = await body.text();
  return { text, reply: JSON.parse(text) };
}

/** Asks with the provider's own SDK, whose fetch uses the same pool of connections. */
async function askBySdk() {
  const { default: OpenAI } = await import("openai");
  const fetchOverPool = async (url, { method, headers, body, signal }) => {
    const reply = await pool.request({
      path: new URL(url).pathname,
      method,
      headers: Object.fromEntries(new Headers(headers)),
      body,
      signal,
    });
    return new Response(await reply.body.text(), { status: reply.statusCode, headers: reply.headers });
  };
  const client = new OpenAI({ apiKey: "x", baseURL: `${origin}/v1`, maxRetries: 0, fetch: fetchOverPool });
  return async (messages) => {
    const reply = await client.chat.completions.create({ model: "mock-2024-01-01", messages });
    return { text: JSON.stringify(reply), reply };
  };
}
