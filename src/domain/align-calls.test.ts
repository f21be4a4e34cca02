import { describe, expect, it } from "vitest";
import { alignCalls, type MadeCall, type WantedCall } from "./align-calls.ts";

/** The largest number of pairs that keep the order, found by trying every pairing. */
function mostPairs(wanted: readonly WantedCall[], made: readonly MadeCall[]): number {
  const [want, ...wants] = wanted;
  const [got, ...gots] = made;
  if (want === undefined || got === undefined) return 0;
  const fits = want.name === got.name && (want.arguments === undefined || want.arguments === got.arguments);
  const skipped = Math.max(mostPairs(wants, made), mostPairs(wanted, gots));
  return fits ? Math.max(skipped, 1 + mostPairs(wants, gots)) : skipped;
}

/** Every list of up to `longest` of these values. */
function lists<T>(values: readonly T[], longest = 4): T[][] {
  if (longest === 0) return [[]];
  const shorter = lists(values, longest - 1);
  return [[], ...shorter.flatMap((list) => values.map((one) => [one, ...list]))];
}

describe("alignCalls", () => {
  const modeOf = () => "equal" as const;
  const wants: WantedCall[] = [{ name: "a" }, { name: "a", arguments: 1 }, { name: "b" }];
  const gots: MadeCall[] = [
    { name: "a", arguments: 1 },
    { name: "a", arguments: 2 },
    { name: "b", arguments: null },
  ];

  it("pairs as many calls in order as can be paired, whatever both sides begin with", () => {
    const wrong: unknown[] = [];
    for (const wanted of lists(wants, 3))
      for (const made of lists(gots)) {
        const { matched, madeOf, missing, extra } = alignCalls(wanted, made, { order: "in-order", modeOf });
        const pairs = madeOf.filter((index) => index !== -1);
        const inOrder = pairs.every((index, at) => at === 0 || index > (pairs[at - 1] ?? -1));
        const whole = missing.length === wanted.length - matched && extra.length === made.length - matched;
        if (matched !== mostPairs(wanted, made) || !inOrder || !whole) wrong.push({ wanted, made, madeOf });
      }
    expect(wrong).toEqual([]);
  });
});
