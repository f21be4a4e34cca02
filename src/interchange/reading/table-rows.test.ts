import { expect, it } from "vitest";
import type { Json } from "../../domain/json.ts";
import { planColumns, rowItem } from "./table-rows.ts";

const inputOf = (
  columns: readonly string[],
  cells: readonly Json[],
  map: readonly string[] = [],
): unknown => {
  const item = rowItem(planColumns(columns, map, "t.csv"), { place: { path: "t.csv", line: 2 }, cells });
  return "input" in item ? item.input : undefined;
};

it("treats an empty question in another tool's table as missing", () => {
  expect(inputOf(["id", "question", "answer"], ["1", "", "x"])).toBeNull();
  expect(inputOf(["Frage", "Thema"], ["", ""], ["input.q=Frage", "input.t=Thema"])).toBeNull();
});

it("keeps an empty cell next to a filled one, and an empty question in a table of evals", () => {
  expect(inputOf(["Frage", "Thema"], ["Wo?", ""], ["input.q=Frage", "input.t=Thema"])).toEqual({
    q: "Wo?",
    t: "",
  });
  expect(inputOf(["id", "input.q"], ["1", ""])).toEqual({ q: "" });
});

it("keeps numbers", () => {
  expect(inputOf(["Nr"], [0], ["input=Nr"])).toBe(0);
});
