import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anthropicDialect, chatDialect } from "../../providers/testing/dialects.ts";
import { type GitProject, preparedProject } from "../testing/git-project.ts";

const SECRET = 'swordfish "7/x" & <9>';
const SPELLINGS = [
  SECRET,
  JSON.stringify(SECRET).slice(1, -1),
  encodeURIComponent(SECRET),
  encodeURIComponent(SECRET).toLowerCase(),
  encodeURIComponent(SECRET).replaceAll("%20", "+"),
  Buffer.from(SECRET).toString("base64"),
  Buffer.from(SECRET).toString("base64url"),
  Buffer.from(`user:${SECRET}`).toString("base64"),
  Buffer.from(SECRET).toString("hex"),
];
/** Texts that no file and no output may contain: a part of the secret, plain and in each encoding. */
const TRACES = [
  "swordfish",
  Buffer.from("swordfish").toString("base64").slice(0, 10),
  Buffer.from("user:swordfish").toString("base64").slice(8, 18),
  Buffer.from("swordfish").toString("hex"),
];
const LEAK = `answer ${SPELLINGS.join(" | ")}`;

/** A model of each provider that gets the secret and repeats it in its answers. */
const MODELS = {
  openai: (port: number) =>
    `provider: openai, model: m-2025-01-01, base_url: "http://127.0.0.1:${port}/chat", api_key_env: MY_KEY`,
  anthropic: (port: number) =>
    `provider: anthropic, model: claude-x-20250101, base_url: "http://127.0.0.1:${port}/anthropic", api_key_env: MY_KEY`,
  http: (port: number) =>
    `provider: http, url: "http://127.0.0.1:${port}/plain", headers: { x-tenant: "\${env:MY_KEY}" }`,
  refused: (port: number) =>
    `provider: http, url: "http://127.0.0.1:${port}/refused", headers: { x-tenant: "\${env:MY_KEY}" }`,
  command: () => `provider: command, command: [node, says.mjs], env: { T: "\${env:MY_KEY}" }`,
  fails: () => `provider: command, command: [node, fails.mjs], env: { T: "\${env:MY_KEY}" }`,
  serves: () => `provider: command, command: [node, serves.mjs], serve: jsonl, env: { T: "\${env:MY_KEY}" }`,
  module: () => "provider: module, file: says-too.mjs",
  throws: () => "provider: module, file: throws.mjs",
} as const;
const LISTS = {
  plain: "{ type: length, min: 0 }",
  program: "{ type: command, command: [node, scores.mjs] }",
  "own code": "{ type: module, file: scorers.mjs }",
  "own code that throws": "{ type: module, file: throws.mjs, required: false }",
} as const;

let close: () => void;
let project: GitProject;
const leak = JSON.stringify(LEAK);

beforeAll(async () => {
  const server = createServer((request, reply) => {
    request.resume().on("end", () => {
      const json = { "content-type": "application/json" };
      if (request.url?.startsWith("/chat"))
        reply.writeHead(200, json).end(JSON.stringify(chatDialect.answer(LEAK, "m")));
      else if (request.url?.startsWith("/anthropic"))
        reply.writeHead(200, json).end(JSON.stringify(anthropicDialect.answer(LEAK, "m")));
      else reply.writeHead(request.url === "/refused" ? 400 : 200).end(LEAK);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close = () => server.close();
  const { port } = server.address() as AddressInfo;
  const models = Object.entries(MODELS).map(([alias, entry]) => `  ${alias}: { ${entry(port)} }\n`);
  const suites = Object.entries(LISTS).map(([name, scorer], index): [string, string] => [
    `evals/s${index}.yaml`,
    `description: ${name}\ndataset: d\nprompt: q\nmodel: http\nscorers:\n  - { type: length, name: any, min: 0 }\n  - ${scorer.replace("{ ", "{ name: mine, ")}\n`,
  ]);
  project = await preparedProject(
    {
      ".gitignore": ".evals/\n",
      "evalconfig.yaml": `models:\n${models.join("")}`,
      ...Object.fromEntries(suites),
      "datasets/d.jsonl": '{"id":"c1","input":{"n":1}}\n',
      "prompts/q/1.0.0.md": "user:\n{{ input.n }}\n",
      "says.mjs": `console.log(${leak});`,
      "fails.mjs": `console.error(${leak}); process.exit(1);`,
      "serves.mjs": `process.stdin.once("data", () => console.log(JSON.stringify({ output: ${leak}, model: ${leak}, messages: [{ role: "user", content: ${leak} }] })));`,
      "says-too.mjs": `export default () => ({ output: ${leak}, tool_calls: [{ name: "t", arguments: { a: [${leak}] } }] });`,
      "throws.mjs": `export default () => { throw new Error(${leak}); };`,
      "scores.mjs": `process.stdin.resume(); console.log(JSON.stringify({ score: 1, pass: true, reason: ${leak} }));`,
      "scorers.mjs": `export default () => ({ score: 1, pass: true, reason: ${leak} });`,
    },
    [],
  );
});
afterAll(() => {
  project.remove();
  close();
});

/** The bytes of all files in a folder, including write-ahead logs. */
function bytesOf(path: string): string {
  if (!existsSync(path)) return "";
  if (statSync(path).isFile()) return readFileSync(path, "latin1");
  return readdirSync(path)
    .map((name) => bytesOf(join(path, name)))
    .join("\n");
}

async function everythingOf(suite: string, more: readonly string[]): Promise<string> {
  const env = { ...process.env, MY_KEY: SECRET };
  const texts: string[] = [];
  for (const args of [
    ["run", suite, "--record", "--no-cache", ...more],
    ["run", suite, "--json", "--no-cache", ...more],
    ["show", "latest/c1/1"],
    ["show", "latest/c1/1", "--json"],
    ["report", "latest", "--format", "html", "--output", "report.html"],
  ]) {
    const { exit, stdout, stderr } = await project.evals(args, env);
    expect([0, 3], `${args.join(" ")}: ${stderr}`).toContain(exit);
    texts.push(stdout, stderr);
  }
  return [
    ...texts,
    ...[".evals", "fixtures", "report.html"].map((path) => bytesOf(join(project.root, path))),
  ].join("\n");
}

describe("a secret that is declared", () => {
  it.each(Object.keys(MODELS))("is in nothing that %s leaves behind", async (alias) => {
    const everything = await everythingOf("s0", ["--model", alias]);
    for (const trace of TRACES) expect(everything).not.toContain(trace);
    expect(everything).toContain("[redacted]");
  });

  it.each(Object.keys(LISTS).map((name, index) => [name, `s${index}`] as const))(
    "is in nothing that a scorer leaves behind: %s",
    async (_, suite) => {
      const everything = await everythingOf(suite, []);
      for (const trace of TRACES) expect(everything).not.toContain(trace);
    },
  );
});
