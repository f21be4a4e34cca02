import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { isFile } from "./is-file.ts";

const here = fileURLToPath(import.meta.url);

describe("isFile", () => {
  it("is true of a file", () => {
    expect(isFile(here)).toBe(true);
  });

  it.each([
    ["a folder", fileURLToPath(new URL(".", import.meta.url))],
    ["nothing", `${here}.gone`],
    ["a path through a file", `${here}/inner.ts`],
    ["a name that is too long", `${here}${"x".repeat(5000)}`],
    ["a name with a zero byte", `${here}\0`],
  ])("is false of %s, without an error", (_, path) => {
    expect(isFile(path)).toBe(false);
  });
});
