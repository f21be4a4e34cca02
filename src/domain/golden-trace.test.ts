import { describe, expect, it } from "vitest";
import { traceFile } from "./golden-trace.ts";

describe("the file of a case's trace", () => {
  it.each([
    ["refund-07", "refund-07.json"],
    ["größe.2", "größe.2.json"],
    ["../../x", "%2E.%2F..%2Fx.json"],
    [".hidden", "%2Ehidden.json"],
    ["a b*c", "a%20b%2Ac.json"],
  ])("of %s never leaves its folder, and no two ids share one", (id, file) => {
    expect(traceFile(id)).toBe(file);
    expect(file).not.toContain("/");
  });
});
