import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { defineSuite } from "./define-suite.ts";
import { suiteTypes } from "./testing/schema-types.ts";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

it("has the types of the suite's schema", () => {
  const schema = JSON.parse(readFileSync(path("../../schemas/suite.schema.json"), "utf8"));
  const made = suiteTypes(schema);
  const file = path("./expected/suite-types.ts");
  if (process.env.UPDATE_GOLDENS === "1") writeFileSync(file, made);
  expect(readFileSync(file, "utf8")).toBe(made);
});

it("gives a suite back as it is, and knows its keys", () => {
  const suite = {
    dataset: "d",
    model: "small",
    scorers: [{ type: "equals", ignore_case: true }, ({ output }: { output: unknown }) => output === "a"],
  } as const;
  expect(defineSuite(suite)).toBe(suite);
  // @ts-expect-error a key that no suite has
  defineSuite({ ...suite, trails: 3 });
  // @ts-expect-error a type that no scorer has
  defineSuite({ ...suite, scorers: [{ type: "equls" }] });
  // @ts-expect-error an option that this scorer does not have
  defineSuite({ ...suite, scorers: [{ type: "latency", max: "1s", ignore_case: true }] });
  // @ts-expect-error a suite without scorers
  defineSuite({ dataset: "d", model: "small" });
});
