import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { OpenTarget } from "../domain/provider.ts";
import { usageOf } from "../domain/transcript.ts";
import { moduleProvider } from "./module-provider.ts";
import { ask, deadline, fakeHost, questionOf } from "./testing/fake-host.ts";

async function open(source: string, settings: object = {}) {
  const root = mkdtempSync(join(tmpdir(), "evals-module-"));
  writeFileSync(join(root, "helper.ts"), "export const greet = (name: string): string => `hi ${name}`;\n");
  writeFileSync(join(root, "bot.ts"), source);
  const parsed = moduleProvider.settings.parse({ provider: "module", file: "bot.ts", ...settings });
  const opened = await moduleProvider.open(parsed, fakeHost({ root, env: { API_KEY: "key-1234567890" } }));
  targets.push(opened);
  return opened;
}

const targets: OpenTarget[] = [];
afterEach(async () => {
  await Promise.all(targets.splice(0).map((one) => one.client.close()));
});

describe("moduleProvider", () => {
  it("calls a TypeScript function with input and context", async () => {
    const target = await open(
      `import { greet } from "./helper.ts";
       export default async (input: { q: number }, context: any) => greet([input.q, context.case, context.trial, context.config.tone].join());`,
      { config: { tone: "warm" } },
    );
    expect(await ask(target, questionOf(), 3)).toMatchObject({ kind: "answered", output: "hi 1,c1,3,warm" });
    expect(target.files).toEqual(["bot.ts", "helper.ts"]);
  });

  it("takes an object with output, messages and usage", async () => {
    const target = await open(
      `export default () => ({ output: "x", usage: { input_tokens: 1 }, messages: [{ role: "user", content: "y" }] })`,
    );
    expect(await ask(target, questionOf())).toEqual({
      kind: "answered",
      waited_ms: expect.any(Number),
      output: "x",
      usage: usageOf({ input_tokens: 1, output_tokens: null }),
      messages: [{ role: "user", content: "y" }],
    });
  });

  it("fails the trial when the function throws, without our keys", async () => {
    const target = await open(
      `export default (_: unknown, { env }: any) => { throw new RangeError("bad " + env.API_KEY); }`,
    );
    expect(await ask(target, questionOf())).toMatchObject({
      error: "provider",
      message: "bot.ts threw RangeError: bad [redacted]",
      transient: false,
    });
  });

  it("cannot change the input of another trial", async () => {
    const target = await open(`export default (input: any) => String(input.q++)`);
    const question = questionOf();
    expect(await ask(target, question, 1)).toMatchObject({ output: "1" });
    expect(await ask(target, question, 2)).toMatchObject({ output: "1" });
  });

  it("calls it a timeout when the deadline made it throw", async () => {
    const target = await open(
      `export default (_: unknown, { signal }: any) => new Promise((_, no) => signal.addEventListener("abort", () => no(signal.reason)))`,
    );
    expect(await ask(target, questionOf(), 1, deadline(10))).toMatchObject({ error: "timeout" });
  });

  it.each(["export const a = 1;", "export default 7;", "not code at all(", "throw new Error('x')"])(
    "refuses %j",
    async (source) => {
      await expect(open(source)).rejects.toMatchObject({ at: ["file"], problem: { code: "EVALS_MODULE" } });
    },
  );

  it.each(["none.ts", "../../outside.ts"])("refuses the file %s", async (file) => {
    await expect(open("", { file })).rejects.toMatchObject({ at: ["file"] });
  });
});
