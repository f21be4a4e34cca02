import { describe, expect, it } from "vitest";
import { sha256 } from "../domain/json.ts";
import { rootFingerprint } from "./fingerprint.ts";

describe("the fingerprint of a run", () => {
  it.each([0, 1, 10_000, 10_001, 25_000])(
    "is one hash of all cases in the order of their ids: %i",
    (count) => {
      const cases = Array.from({ length: count }, (_, at) => ({
        id: `c${(at * 7919) % count} "x"`,
        key: `${at}`,
      }));
      const lines = cases.map(({ id, key }) => `${JSON.stringify(id)}:${key}`).sort();
      expect(rootFingerprint(cases)).toBe(sha256(lines.join("\n")));
    },
  );
});
