import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { moduleProvider } from "../providers/module-provider.ts";
import { ask, fakeHost, questionOf } from "../providers/testing/fake-host.ts";
import { fakeInput, openScorer } from "../scorers/testing/scorer-fakes.ts";

/** The outcome of a trial: `kind` is `ok` or the kind of error. */
interface Became {
  readonly kind: string;
  readonly message: string;
}

/** A user's module, used as a model or as a scorer. */
interface UsedModule {
  ask(trial?: number): Promise<Became>;
  close(): Promise<void>;
}

let root: string;
const used: UsedModule[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "modules-"));
});
afterEach(async () => {
  await Promise.all(used.splice(0).map((one) => one.close()));
  rmSync(root, { recursive: true, force: true });
});

async function asModel(file: string, more: { timeout_ms?: number; isolate?: boolean }): Promise<UsedModule> {
  const { timeout_ms = 5000, ...settings } = more;
  const parsed = moduleProvider.settings.parse({ provider: "module", file, ...settings });
  const target = await moduleProvider.open(
    parsed,
    fakeHost({ root, timeout_ms, env: { ...process.env, MINE: "1" } }),
  );
  return {
    ask: async (trial = 1) => {
      const reply = await ask(target, questionOf({ input: trial }), trial);
      return reply.kind === "failed"
        ? { kind: reply.error, message: reply.message }
        : { kind: "ok", message: reply.output };
    },
    close: () => target.client.close(),
  };
}

async function asScorer(file: string, more: { timeout_ms?: number; isolate?: boolean }): Promise<UsedModule> {
  const { timeout_ms = 5000, ...settings } = more;
  const scorer = await openScorer(
    { type: "module", file, timeout: `${timeout_ms}ms`, ...settings },
    { root },
  );
  return {
    ask: async (trial = 1) => {
      try {
        const { reason } = await scorer.score(fakeInput("a", { input: trial }));
        return { kind: "ok", message: reason };
      } catch (error) {
        const { kind, message } = error as { kind?: string; message: string };
        return { kind: kind ?? "bug", message: message };
      }
    },
    close: async () => scorer.close?.(),
  };
}

const WAYS = {
  "a model, in JavaScript": { open: asModel, file: "m.mjs", good: "'fine'" },
  "a model, in TypeScript": { open: asModel, file: "m.ts", good: "'fine'" },
  "a scorer, in JavaScript": {
    open: asScorer,
    file: "m.mjs",
    good: "({ score: 1, pass: true, reason: 'fine' })",
  },
  "a scorer, in TypeScript": {
    open: asScorer,
    file: "m.ts",
    good: "({ score: 1, pass: true, reason: 'fine' })",
  },
} as const;
type Way = keyof typeof WAYS;
const ALL = Object.keys(WAYS) as Way[];

async function use(way: Way, source: string, more: { timeout_ms?: number; isolate?: boolean } = {}) {
  const { open, file } = WAYS[way];
  const typed = file.endsWith(".ts") ? `const typed: number = 1; void typed;\n${source}` : source;
  writeFileSync(join(root, file), typed);
  const one = await open(file, more);
  used.push(one);
  return one;
}

/**
 * Source of a function `n` that reads the trial's number from what a module is given, as a model or as a
 * scorer.
 */
const GIVEN = "const n = (given) => (typeof given === 'number' ? given : given.case.input);";

/** Values that JSON cannot represent, to be returned alone or as part of an answer or a score. */
const ODD: readonly (readonly [what: string, value: string])[] = [
  ["a BigInt", "10n"],
  ["a symbol", "Symbol('x')"],
  ["a function", "() => 1"],
  ["NaN", "NaN"],
  ["Infinity", "Infinity"],
  ["what holds itself", "(() => { const a = { output: 1, score: 1 }; a.self = a; return a; })()"],
  [
    "a getter that throws",
    "({ get score() { throw new Error('no'); }, get output() { throw new Error('no'); } })",
  ],
  ["a proxy that throws", "new Proxy({}, { ownKeys() { throw new Error('no'); } })"],
  [
    "a proxy without an end",
    "(() => { const make = () => new Proxy({ output: 1 }, { get: (_, key) => (key === 'output' ? make() : undefined) }); return make(); })()",
  ],
  [
    "a revoked proxy",
    "(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()",
  ],
  ["a Map", "new Map([['output', 'x']])"],
  ["an Error", "new Error('x')"],
  ["bytes", "new Uint8Array(3)"],
];
const THROWN: readonly (readonly [what: string, statement: string])[] = [
  ["undefined", "throw undefined;"],
  ["null", "throw null;"],
  ["a symbol", "throw Symbol('x');"],
  ["what cannot be shown", "throw { toString() { throw new Error('no'); } };"],
  ["an object without a prototype", "throw Object.create(null);"],
  ["a rejection with undefined", "return Promise.reject(undefined);"],
];

describe.each(ALL)("a module that is %s", (way) => {
  const { good } = WAYS[way];

  it("may return a value that JSON cannot represent: its trial is errored, with a plain sentence", async () => {
    const cases = ODD.flatMap(([what, value]) => [
      [what, value],
      // A promise cannot be resolved with a revoked proxy, so that value is not returned later.
      ...(what === "a revoked proxy" ? [] : [[`${what}, later`, `Promise.resolve().then(() => (${value}))`]]),
      [`${what} inside`, `({ output: { a: [${value}] }, score: ${value} })`],
    ]);
    const one = await use(
      way,
      `${GIVEN} const odd = [${cases.map(([, value]) => `() => (${value})`).join(",\n")}];
       export default (given) => (n(given) === 0 ? ${good} : odd[n(given) - 1]());`,
    );
    for (const [index, [what]] of cases.entries()) {
      const { kind, message } = await one.ask(index + 1);
      expect([what, kind, message.includes("\n")]).toEqual([what, "tool", false]);
      expect(message).toContain(WAYS[way].file);
    }
    expect(await one.ask(0)).toEqual({ kind: "ok", message: "fine" });
  });

  it("may throw any value: its trial is errored", async () => {
    const one = await use(
      way,
      `${GIVEN} const thrown = [${THROWN.map(([, statement]) => `() => { ${statement} }`).join(",\n")}];
       export default (given) => thrown[n(given) - 1]();`,
    );
    for (const [index, [what]] of THROWN.entries())
      expect([what, (await one.ask(index + 1)).kind]).toEqual([what, "tool"]);
  });

  it("may leave a rejected promise unhandled: its trial is errored", async () => {
    const one = await use(
      way,
      `${GIVEN} export default (given) => {
         if (n(given) === 1) void Promise.reject(new Error("late"));
         if (n(given) === 2) process.nextTick(() => { throw new Error("late"); });
         return ${good};
       };`,
    );
    for (const trial of [1, 2])
      expect(await one.ask(trial)).toMatchObject({ message: expect.stringContaining("late") });
    expect(await one.ask(3)).toEqual({ kind: "ok", message: "fine" });
  });

  it("is ended when it blocks the thread, and only its trial is errored", async () => {
    const one = await use(
      way,
      `${GIVEN} export default async (given) => {
         if (n(given) === 3) for (;;);
         await new Promise((resolve) => setTimeout(resolve, 50));
         if (n(given) === 5) for (;;);
         return ${good};
       };`,
      { timeout_ms: 600 },
    );
    const became = await Promise.all([1, 2, 3, 4, 5, 6].map((trial) => one.ask(trial)));
    expect(became.map(({ kind }) => kind === "ok")).toEqual([true, true, false, true, false, true]);
    expect(await one.ask(7)).toEqual({ kind: "ok", message: "fine" });
  });

  it("is not waited for when it never settles", async () => {
    const one = await use(
      way,
      `${GIVEN} export default (given) => (n(given) === 1 ? new Promise(() => {}) : ${good});`,
      { timeout_ms: 300 },
    );
    const became = await Promise.all([1, 2].map((trial) => one.ask(trial)));
    expect(became.map(({ kind }) => kind)).toEqual([expect.stringMatching(/timeout|tool/), "ok"]);
  });

  it("may end its thread, and only its trial is errored", async () => {
    const one = await use(
      way,
      `${GIVEN} export default async (given) => {
         await new Promise((resolve) => setTimeout(resolve, 20));
         if (n(given) === 2) process.exit(0);
         return ${good};
       };`,
    );
    const became = await Promise.all([1, 2, 3].map((trial) => one.ask(trial)));
    expect(became.map(({ kind }) => kind)).toEqual(["ok", "tool", "ok"]);
    expect(became[1]?.message).toContain("process.exit");
  });

  it("keeps its state between calls, and has an environment of its own", async () => {
    const one = await use(
      way,
      `let calls = 0; export default () => { calls++; process.env.MINE = "changed"; return ${good.replace("'fine'", "String(calls)")}; };`,
    );
    const messages = [await one.ask(), await one.ask(), await one.ask()].map((became) => became.message);
    expect(messages).toEqual(["1", "2", "3"]);
    expect(process.env.MINE).toBeUndefined();
  });

  it("may run in the main thread, where odd values and endless waiting make its trial errored too", async () => {
    const one = await use(
      way,
      `${GIVEN} globalThis.here = true;
       export default (given) => [() => ${good}, () => 10n, () => { throw undefined; }, () => new Promise(() => {})][n(given)]();`,
      { isolate: false, timeout_ms: 200 },
    );
    const became = [await one.ask(0), await one.ask(1), await one.ask(2), await one.ask(3)];
    expect(became.map(({ kind }) => kind)).toEqual([
      "ok",
      "tool",
      "tool",
      expect.stringMatching(/timeout|tool/),
    ]);
    expect(globalThis).toHaveProperty("here", true);
    delete (globalThis as { here?: boolean }).here;
  });
});
