import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mcpTools } from "./mcp-tools.ts";

/**
 * An MCP server over stdio whose list of tools comes in pages. Its arguments: number of tools, tools a page; the list never
 * ends when there are no tools.
 */
const SERVER = `
const [tools, size] = process.argv.slice(2).map(Number);
const tool = (at) => ({ name: "tool_" + at, description: "No. " + at, inputSchema: { type: "object" } });
const answer = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "many", version: "1" } }),
  "tools/list": ({ cursor = "0" } = {}) => {
    const from = Number(cursor);
    const page = Array.from({ length: tools === 0 ? 1 : Math.min(size, tools - from) }, (_, at) => tool(from + at));
    return { tools: page, ...(tools === 0 || from + size < tools ? { nextCursor: String(from + size) } : {}) };
  },
  "tools/call": ({ name, arguments: given }) => given.end ? process.exit(1) : ({ content: [{ type: "text", text: name + " " + JSON.stringify(given) }] }),
};
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: "2.0", id, result: answer[method]?.(params) ?? {} }));
});
`;

describe("an MCP server with many tools", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "evals-mcp-"));
    writeFileSync(join(root, "server.cjs"), SERVER);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  async function opened(tools: number, size: number) {
    const provider = mcpTools(
      { command: [process.execPath, "server.cjs", String(tools), String(size)] },
      { root, env: process.env, headers: {} },
    );
    const { signal } = new AbortController();
    const golden = { id: "c", input: "q", tags: [], metadata: {} };
    return { provider, signal, trial: await provider.open({ golden, trial: 1, before: [], signal }) };
  }

  it.each([
    ["on one page", 500],
    ["on pages of 7", 7],
  ])("offers all 500 %s, and any of them can be called", async (_, size) => {
    const { provider, signal, trial } = await opened(500, size);
    if ("kind" in trial) throw new Error(trial.kind === "lost" ? trial.message : trial.kind);
    expect(trial.offered.map(({ name }) => name)).toEqual(
      Array.from({ length: 500 }, (_, at) => `tool_${at}`),
    );
    expect(trial.offered[499]).toMatchObject({
      description: "No. 499",
      parameters: { type: "object" },
      reads: false,
    });
    expect(await trial.call("tool_499", { a: 1 }, { timeout_ms: 20_000, signal })).toEqual({
      kind: "result",
      value: 'tool_499 {"a":1}',
    });
    await trial.leave();
    await provider.close();
  });

  it("is lost when it ends in the middle of a call, and says so in a sentence", async () => {
    const { provider, signal, trial } = await opened(1, 1);
    if ("kind" in trial) throw new Error(trial.kind);
    const outcome = await trial.call("tool_0", { end: true }, { timeout_ms: 20_000, signal });
    expect(outcome).toMatchObject({
      kind: "lost",
      message: expect.stringMatching(/ was lost: it has ended$/),
    });
    await trial.leave();
    await provider.close();
  });

  it("is lost when its list has no end", async () => {
    const { provider, trial } = await opened(0, 1);
    expect(trial).toMatchObject({ kind: "lost", message: expect.stringContaining("listMaxPages (100)") });
    await provider.close();
  });
});
