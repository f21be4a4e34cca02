import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { scenario } from "./testing/scenario.ts";
import { stepsOf, walkThrough } from "./testing/walk-through.ts";

const page = readFileSync(new URL("../../docs/tutorial.md", import.meta.url), "utf8");

it("docs/tutorial.md can be pasted from the first line to the last", { timeout: 120_000 }, async () => {
  const empty = scenario(null);
  try {
    const printed = await walkThrough(page, empty);
    expect(stepsOf(page).length).toBeGreaterThan(15);
    expect(printed).toContain("regressed");
    expect(printed).toMatch(/stopped after \d+ of 100/);
    expect(printed).toContain("evals/1.1");
    if (process.env.SHOW_TUTORIAL) process.stdout.write(printed);
  } finally {
    empty.remove();
  }
});
