// A chat model that answers "ECHO <last message>", or passes everything if the requested model's name begins with
// "judge". Its argument is the number of milliseconds that each answer takes. It prints its port, and exits when its
// standard input ends.
import { createServer } from "node:http";

const latency = Number(process.argv[2] ?? 0);
process.stdin.on("end", () => process.exit()).resume();

createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const { messages, model } = JSON.parse(Buffer.concat(parts).toString("utf8"));
    const content = model.startsWith("judge")
      ? '{"reason":"as asked","verdict":"pass"}'
      : `ECHO ${messages.at(-1).content}`;
    const answer = () => {
      const body = JSON.stringify({
        id: "chatcmpl-1",
        object: "chat.completion",
        created: 1,
        model,
        choices: [
          {
            index: 0,
            message: { role: "assistant", content },
            finish_reason: "stop",
            logprobs: null,
          },
        ],
        usage: { prompt_tokens: 12, completion_tokens: 6, total_tokens: 18 },
      });
      response.writeHead(200, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      });
      response.end(body);
    };
    if (latency > 0) setTimeout(answer, latency);
    else setImmediate(answer);
  });
}).listen(0, "127.0.0.1", function () {
  console.log(this.address().port);
});
