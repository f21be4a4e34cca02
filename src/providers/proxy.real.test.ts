import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = join(PACKAGE, "bin/evals.js");

let root: string;
const asked: string[] = [];
const proxy = createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", (head) => {
    asked.push(head.toString().split("\r\n")[0] ?? "");
    socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
  });
});

beforeAll(async () => {
  execFileSync(process.execPath, [join(PACKAGE, "scripts/build.mjs")], { cwd: PACKAGE });
  root = mkdtempSync(join(tmpdir(), "evals proxy "));
  for (const folder of ["evals", "datasets", "prompts/q"]) mkdirSync(join(root, folder), { recursive: true });
  const models = ["openai", "anthropic"].map(
    (kind) => `  ${kind}: { provider: ${kind}, model: m-2024-01-01, base_url: "https://${kind}.test/v1" }\n`,
  );
  const http = "  http: { provider: http, url: https://http.test/ask }\n";
  writeFileSync(join(root, "evalconfig.yaml"), `models:\n${models.join("")}${http}`);
  writeFileSync(
    join(root, "evals/s.yaml"),
    "dataset: d\nprompt: q\nmodel: openai\nscorers: [{ type: equals }]\n",
  );
  writeFileSync(join(root, "datasets/d.jsonl"), '{"id":"a","input":"x","expected":"y"}\n');
  writeFileSync(join(root, "prompts/q/1.0.0.md"), "user:\n{{ input }}\n");
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
}, 120_000);
afterAll(() => {
  proxy.close();
  rmSync(root, { recursive: true, force: true });
});

it.each(["openai", "anthropic", "http"])(
  "the built program connects to %s through the proxy",
  async (alias) => {
    asked.length = 0;
    const env = {
      PATH: process.env.PATH,
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    };
    const child = spawn(process.execPath, [PROGRAM, "run", "--model", alias], { cwd: root, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect([code, asked[0]], output).toEqual([3, `CONNECT ${alias}.test:443 HTTP/1.1`]);
  },
);
