import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readSource } from "./config-source.ts";
import type { Reading } from "./config-test.ts";
import { expandVars } from "./expand-vars.ts";
import { Losses } from "./losses.ts";
import { slugOf, UniqueNames } from "./slug.ts";

afterEach(() => vi.restoreAllMocks());

const MANY = 2000;

/** Counts how often a search of a list calls back. */
function countedSearches(): () => number {
  let calls = 0;
  for (const name of ["some", "find"] as const) {
    const original = Array.prototype[name];
    vi.spyOn(Array.prototype, name).mockImplementation(function (this: unknown[], test, ...rest) {
      const counted = (...args: Parameters<typeof test>) => {
        calls++;
        return test(...args);
      };
      return Reflect.apply(original, this, [counted, ...rest]) as never;
    });
  }
  return () => calls;
}

const readingInto = (losses: Losses) => ({ losses }) as unknown as Reading;
const PLACE = { path: "p.yaml", line: 1 };

describe("a large config of promptfoo", () => {
  it("is read and located with work that grows with its keys alone", () => {
    const text = Array.from({ length: MANY }, (_, at) => `k${at}: 1\n`).join("");
    const searches = countedSearches();
    const source = readSource(text, "c.yaml");
    for (let at = 0; at < MANY; at++) {
      expect(source.keyAt([`k${at}`]).line).toBe(at + 1);
      expect(source.at([`k${at}`, "below"]).line).toBe(at + 1);
    }
    expect(searches()).toBeLessThan(20 * MANY);
  });

  it("may not have a key twice; a map may merge several others", () => {
    expect(() => readSource("a: 1\nb: { c: 1, d: 2, c: 3 }\n", "c.yaml")).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ code: "EVALS_IMPORT_SYNTAX", line: 2, column: 18 })],
      }),
    );
    const merged = readSource("a: &a { x: 1 }\nb: &b { y: 2 }\nc:\n  <<: *a\n  <<: *b\n  z: 3\n", "c.yaml");
    expect((merged.value as { c: unknown }).c).toEqual({ x: 1, y: 2, z: 3 });
  });

  it("has its variables expanded with work that grows with their number alone", () => {
    const vars = Object.fromEntries(Array.from({ length: MANY }, (_, at) => [`k${at}`, at]));
    const set = vi.spyOn(Map.prototype, "set");
    const all = expandVars(vars, true, PLACE, readingInto(new Losses()));
    expect(set.mock.calls.length).toBeLessThan(2 * MANY);
    expect(all).toEqual([vars]);
  });

  it("has no more combinations made than are taken, and says how many there are", () => {
    const list = Array.from({ length: 20_000 }, (_, at) => `v${at}`);
    const losses = new Losses();
    const all = expandVars({ a: list, b: list, c: "x\n" }, true, PLACE, readingInto(losses));
    expect(all).toHaveLength(10_000);
    expect(all[9999]).toEqual({ a: "v0", b: "v9999", c: "x" });
    expect(losses.list().map(({ what }) => what)).toEqual([
      "vars: 20000 combinations and more",
      "vars: 200000000 combinations and more",
    ]);
  });

  it("gives the same name to thousands of tests, each with one look at those before", () => {
    const has = vi.spyOn(Set.prototype, "has");
    const names = new UniqueNames();
    const taken = Array.from({ length: MANY }, () => names.take("greets"));
    const looks = has.mock.calls.length;
    has.mockRestore();
    expect(looks).toBeLessThan(2 * MANY);
    expect(new Set(taken).size).toBe(MANY);
    expect([taken[0], taken[1], names.take("greets-2")]).toEqual(["greets", "greets-2", "greets-2-2"]);
  });

  it("has file names as a pattern would make them, also of a long run of dots", () => {
    const pieces = fc.array(fc.constantFrom("a", "B", "ß", ".", "-", " ", "é", "7"), { maxLength: 60 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 50 }), (list, limit) => {
        const name = slugOf(list.join(""), limit);
        expect(name).not.toMatch(/^[-.]|[-.]$/);
        expect(name.length).toBeLessThanOrEqual(limit);
      }),
    );
    expect(slugOf("..Return  of the parcel.. ")).toBe("return-of-the-parcel");
    expect(slugOf(`a${".".repeat(1_000_000)}b`, 40)).toBe("a");
    expect(slugOf("...")).toBe("");
  });
});
