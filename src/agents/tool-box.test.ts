import { describe, expect, it } from "vitest";
import { openToolBox } from "./tool-box.ts";
import type { ToolProvider, ToolTrial } from "./trial-tools.ts";

const left: string[] = [];

/** A server that says only in a trial which tools it has. */
const server = (...names: string[]): ToolProvider => ({
  open: async () => ({
    offered: names.map((name) => ({ name, description: "", parameters: {}, reads: false })),
    call: async () => ({ kind: "result", value: null }),
    leave: async () => {
      left.push(...names);
      return { kind: "left", state: undefined };
    },
  }),
  close: async () => {},
});
const opened = (allow: readonly string[] | undefined, ...servers: ToolProvider[]) =>
  openToolBox(servers, allow, {} as ToolTrial);

describe("the tools of a trial", () => {
  it("are those of all servers that are allowed", async () => {
    const box = await opened(["find", "pay"], server("find", "drop"), server("pay"));
    expect("offered" in box && box.offered.map(({ name }) => name)).toEqual(["find", "pay"]);
  });

  it("are refused when allow names one that no server has, and the servers are left", async () => {
    left.length = 0;
    expect(await opened(["find", "pau"], server("find"), server("pay"))).toEqual({
      kind: "lost",
      message: 'allow names "pau", and there is no such tool. Did you mean "pay"?',
    });
    expect(left).toEqual(["find", "pay"]);
  });
});
