import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
// @ts-expect-error The script has no types.
import { mistakesOf, readSources, troubleshootingPage } from "../../scripts/troubleshooting.mjs";

it("docs/troubleshooting.md matches what the program prints: node scripts/troubleshooting.mjs writes it", () => {
  const page = readFileSync(new URL("../../docs/troubleshooting.md", import.meta.url), "utf8");
  expect(troubleshootingPage(mistakesOf(readSources()))).toBe(page);
});

it("a problem code without its sentences is found", () => {
  const text = 'export const lost = { code: "EVALS_LOST" };';
  expect(() => mistakesOf([{ path: "lost.ts", text }])).toThrow("EVALS_LOST");
});
