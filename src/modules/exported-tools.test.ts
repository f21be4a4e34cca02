import { describe, expect, it } from "vitest";
import { LONGEST_REPLY, LONGEST_REPLY_WORDS } from "../domain/longest-reply.ts";
import { exportedTools } from "./exported-tools.ts";

const throwIt = (thrown: unknown): never => {
  throw thrown;
};

interface Context {
  readonly state: { seen: number };
  readonly case: { input: { q: number } };
  readonly trial: number;
  readonly signal: AbortSignal;
}

describe("exportedTools", () => {
  const { signal } = new AbortController();
  const tools = (run: (given: unknown, context: Context) => unknown) => {
    const ask = exportedTools([{ file: "tools/a.mjs", exports: { default: { a: { run } } } }]);
    const opened = { act: "open", session: "1", state: '{"seen":0}', case: '{"input":{"q":1}}', trial: 2 };
    expect(ask(opened, { signal })).toEqual({ json: "null" });
    return () => ask({ act: "call", session: "1", tool: "a", arguments: {} }, { signal });
  };

  it("gives each call its own copy of the case, and the state as earlier calls left it", () => {
    const call = tools((_, { state, case: golden }) => {
      state.seen += 1;
      golden.input.q += 1;
      return [state.seen, golden.input.q];
    });
    expect([call(), call()]).toEqual([{ json: "[1,2]" }, { json: "[2,2]" }]);
  });

  it.each([
    [{ paramters: {} }, 'has "paramters", which would be ignored: rename it to parameters'],
    [{ parameters: { type: "objekt" } }, 'parameters of the type "objekt"'],
    [{ reads: "yes" }, '"reads" that is neither true nor false'],
    [{ run: undefined, ran: () => 1 }, "no function run"],
  ])("says what is wrong with a tool that has %j", (members, words) => {
    const tool = { description: "A.", run: () => 1, ...members };
    const ask = exportedTools([{ file: "tools/a.mjs", exports: { default: { a: tool } } }]);
    expect(ask({ act: "describe" }, { signal })).toMatchObject({
      ...{ tools: [], mistakes: [expect.stringContaining(`tools/a.mjs: the tool "a" has `)] },
    });
    expect(JSON.stringify(ask({ act: "describe" }, { signal }))).toContain(
      JSON.stringify(words).slice(1, -1),
    );
  });

  it("lets a tool have members of its own", () => {
    const tool = { name: "a", title: "A", strict: true, prices: [1], outputSchema: {}, run: () => 1 };
    const ask = exportedTools([{ file: "tools/a.mjs", exports: { default: { a: tool } } }]);
    expect(ask({ act: "describe" }, { signal })).toMatchObject({ mistakes: [] });
  });

  it("calls a tool as a method of its object", () => {
    const shop = {
      prices: [3, 5],
      run() {
        return this.prices;
      },
    };
    const ask = exportedTools([{ file: "tools/a.mjs", exports: { default: { a: shop } } }]);
    ask({ act: "open", session: "1", state: "{}", case: "{}", trial: 1 }, { signal });
    const reply = ask({ act: "call", session: "1", tool: "a", arguments: {} }, { signal });
    expect(reply).toEqual({ json: "[3,5]" });
  });

  it("gives a call one copy of the case, the trial's number and the call's signal, in a copied context too", () => {
    const call = tools((_, context) => {
      const copy = { ...context };
      return [copy.trial, copy.signal === signal, context.case === copy.case, copy.case.input.q];
    });
    expect(call()).toEqual({ json: "[2,true,true,1]" });
  });

  const cyclic = (): object => {
    const value: { self?: object } = {};
    value.self = value;
    return value;
  };

  it.each([
    ["throws an error", () => throwIt(new Error("closed")), "closed"],
    ["throws a text", () => throwIt("closed"), "closed"],
    ["throws nothing", () => throwIt(undefined), ""],
    ["returns a cycle", cyclic, "itself"],
    ["returns more than a reply may contain", () => "x".repeat(LONGEST_REPLY + 1), LONGEST_REPLY_WORDS],
    ["returns a function", () => () => 1, "a function"],
  ])("reports a tool that %s, and keeps the state for the next call", (_, bad, words) => {
    let calls = 0;
    const call = tools((__, { state }) => {
      state.seen += 1;
      return ++calls === 1 ? bad() : state.seen;
    });
    expect(call()).toEqual({ error: expect.stringContaining(words) });
    expect(call()).toEqual({ json: "2" });
  });

  it("reports a state that contains itself as unreadable, and a closed session as unknown", () => {
    const ask = exportedTools([
      {
        file: "tools/a.mjs",
        exports: {
          default: {
            a: {
              run: (_: unknown, context: { state: object }) =>
                Object.assign(context.state, { of: context.state }) && 1,
            },
          },
        },
      },
    ]);
    const send = (given: object) => ask({ session: "1", ...given }, { signal });
    send({ act: "open", state: "{}", case: "{}", trial: 1 });
    expect(send({ act: "call", tool: "a", arguments: {} })).toEqual({ json: "1" });
    expect(send({ act: "close" })).toEqual({ error: expect.stringContaining("the state is") });
    expect(send({ act: "close" })).toEqual({ unknown_session: true });
    expect(send({ act: "call", tool: "a", arguments: {} })).toEqual({ unknown_session: true });
  });
});
