// The least that the conversations of an agent can cost: ask, run the tool, ask again. Nothing is checked, counted, scored or kept.
//   agent-floor.mjs <cases.jsonl> <port>
import { readFileSync } from "node:fs";
import { Pool } from "undici";

const [file, port] = process.argv.slice(2);
const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 8 });
const tools = [
  { type: "function", function: { name: "look", description: "Looks.", parameters: { type: "object" } } },
];
const cases = readFileSync(file, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));
let next = 0;
await Promise.all(
  Array.from({ length: 8 }, async () => {
    while (next < cases.length) await hold(cases[next++]);
  }),
);
await pool.close();

async function hold({ input }) {
  const messages = [{ role: "user", content: `Look after ${input.q}.` }];
  for (;;) {
    const { body } = await pool.request({
      path: "/v1/chat/completions",
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer x" },
      body: JSON.stringify({ model: "mock-2024-01-01", messages, tools }),
    });
    const { message } = JSON.parse(await body.text()).choices[0];
    messages.push(message);
    if (message.tool_calls === undefined) return;
    for (const { id, function: called } of message.tool_calls) {
      const { id: asked } = JSON.parse(called.arguments);
      messages.push({ role: "tool", tool_call_id: id, content: JSON.stringify({ id: asked, total: 4 }) });
    }
  }
}
