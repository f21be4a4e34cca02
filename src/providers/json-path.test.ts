import { describe, expect, it } from "vitest";
import { compileJsonPath } from "./json-path.ts";

const value = { a: { "b c": [1, { d: "x" }] }, list: [{ n: 1 }, { n: 2 }] };

describe("compileJsonPath", () => {
  it.each([
    ["$", value],
    ["$.a['b c'][1].d", "x"],
    ['$.a["b c"][0]', 1],
    ["$.list[?@.n == 2].n", 2],
    ["$..d", "x"],
    ["$.list[-1].n", 2],
    ["$.a.toString", undefined],
    ["$.list.length", undefined],
    ["$.none.at.all", undefined],
  ])("reads %s", async (path, expected) => {
    expect((await compileJsonPath(path, []))(value)).toEqual(expected);
  });

  it("refuses an invalid path, with its location", async () => {
    await expect(compileJsonPath("$.[", ["answer"])).rejects.toMatchObject({
      at: ["answer"],
      problem: { code: "EVALS_JSONPATH" },
    });
  });
});
