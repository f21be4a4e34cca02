import { describe, expect, it } from "vitest";
import { exportedTools } from "./exported-tools.ts";

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

  it("hands each call its own copy of the case, and the state that the calls before have left", () => {
    const call = tools((_, { state, case: golden }) => {
      state.seen += 1;
      golden.input.q += 1;
      return [state.seen, golden.input.q];
    });
    expect([call(), call()]).toEqual([{ json: "[1,2]" }, { json: "[2,2]" }]);
  });

  it("hands over one case a call, the number of the trial and the call's signal, however the context is taken apart", () => {
    const call = tools((_, context) => {
      const copy = { ...context };
      return [copy.trial, copy.signal === signal, context.case === copy.case, copy.case.input.q];
    });
    expect(call()).toEqual({ json: "[2,true,true,1]" });
  });
});
