import { describe, expect, it } from "vitest";
import { inBatches } from "./batches.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function counted(options: { size: number; at_once: number }) {
  const batches: number[][] = [];
  const ends: (() => void)[] = [];
  const add = inBatches<number, string>(async (items) => {
    batches.push([...items]);
    await new Promise<void>((resolve) => ends.push(resolve));
    if (items.includes(13)) throw new Error("no");
    return items.map((one) => `got ${one}`);
  }, options);
  return { add, batches, ends };
}

describe("batches", () => {
  it("contain the requests of one turn of the event loop, and those made while the last batch was running", async () => {
    const { add, batches, ends } = counted({ size: 10, at_once: 1 });
    const first = [add(1), add(2)];
    await turn();
    const second = [add(3), add(4), add(5)];
    await turn();
    expect(batches).toEqual([[1, 2]]);
    ends[0]?.();
    expect(await Promise.all(first)).toEqual(["got 1", "got 2"]);
    await turn();
    ends[1]?.();
    expect(await Promise.all(second)).toEqual(["got 3", "got 4", "got 5"]);
    expect(batches).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
  });

  it("stay within the limits of size and of batches at once", async () => {
    const { add, batches, ends } = counted({ size: 2, at_once: 2 });
    const all = [1, 2, 3, 4, 5].map(add);
    for (let turns = 0; turns < 4; turns++) await turn();
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
    while (batches.flat().length < 5 || ends.length < batches.length) {
      for (const end of ends) end();
      await turn();
    }
    for (const end of ends) end();
    expect(await Promise.all(all)).toHaveLength(5);
    expect(Math.max(...batches.map((one) => one.length))).toBe(2);
  });

  it("fail as a whole, and the next batch succeeds", async () => {
    const { add, ends } = counted({ size: 10, at_once: 1 });
    const bad = [add(13), add(1)].map((one) => one.catch((error: Error) => error.message));
    await turn();
    ends[0]?.();
    expect(await Promise.all(bad)).toEqual(["no", "no"]);
    const good = add(2);
    await turn();
    ends[1]?.();
    expect(await good).toBe("got 2");
  });
});
