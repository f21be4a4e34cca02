import { expect, it } from "vitest";
import { ProcessTree } from "./process-tree.ts";

const HANDLED = ["exit", "SIGINT", "SIGTERM", "SIGHUP"] as const;
const counts = (): number[] => HANDLED.map((name) => process.listenerCount(name));

it("handles signals while a program runs, and leaves no handler once all have ended", async () => {
  const before = counts();
  const trees = [1, 2].map(() => new ProcessTree(["node", "-e", "setInterval(() => {}, 1e6)"], {}));
  const [first, second] = trees;
  expect(counts()).toEqual(before.map((count) => count + 1));
  await first?.end();
  expect(counts()).toEqual(before.map((count) => count + 1));
  await second?.end();
  expect(counts()).toEqual(before);
  // A program that cannot be started leaves no handler either.
  await new ProcessTree(["there-is-no-such-program"], {}).gone;
  expect(counts()).toEqual(before);
});
