// A chat model that calls `look` nineteen times, each time with another argument, and then answers. It prints its
// port, and exits when its standard input ends.
import { createServer } from "node:http";

process.stdin.on("end", () => process.exit()).resume();
createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const { messages, model } = JSON.parse(Buffer.concat(parts).toString("utf8"));
    const step = messages.filter(({ role }) => role === "tool").length;
    const call = {
      id: `c${step}`,
      type: "function",
      function: { name: "look", arguments: `{"id":"A-${step}"}` },
    };
    const message =
      step < 19
        ? { role: "assistant", content: null, tool_calls: [call] }
        : { role: "assistant", content: "All is well." };
    const body = JSON.stringify({
      id: `chatcmpl-${step}`,
      object: "chat.completion",
      created: 1,
      model,
      choices: [{ index: 0, message, finish_reason: step < 19 ? "tool_calls" : "stop", logprobs: null }],
      usage: { prompt_tokens: 12, completion_tokens: 6, total_tokens: 18 },
    });
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  });
}).listen(0, "127.0.0.1", function () {
  console.log(this.address().port);
});
