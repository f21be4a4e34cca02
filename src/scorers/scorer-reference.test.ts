import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { DocumentedScorer } from "./define-scorer.ts";
import { scorers } from "./registry.ts";
import { scorerReference } from "./scorer-reference.ts";

it("docs/scorers.md matches the scorers' own descriptions", async () => {
  const definitions = await Promise.all(scorers.names.map((name) => scorers.load(name)));
  const reference = scorerReference(definitions.filter((one): one is DocumentedScorer => one !== undefined));
  const page = new URL("../../docs/scorers.md", import.meta.url);
  if (process.env.UPDATE_GOLDENS === "1") writeFileSync(page, reference);
  expect(reference).toBe(readFileSync(page, "utf8"));
});
