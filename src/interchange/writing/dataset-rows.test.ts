import { expect, it } from "vitest";
import type { Json } from "../../domain/json.ts";
import type { Left } from "../imported.ts";
import { type DatasetRow, uniqueRows } from "./dataset-rows.ts";

async function taken(...rows: { id?: string; input: Json }[]): Promise<{ ids: string[]; left: string[] }> {
  const left: Left[] = [];
  const all = async function* (): AsyncGenerator<DatasetRow> {
    for (const [at, row] of rows.entries()) yield { place: { path: "in", line: at + 1 }, ...row };
  };
  const ids: string[] = [];
  for await (const { id } of uniqueRows(all, (one) => left.push(one))) ids.push(id);
  return { ids, left: left.map(({ line, what }) => `${line} ${what}`) };
}

it("keeps the first of several items with one id", async () => {
  expect(
    await taken({ id: "a", input: "x" }, { id: "a", input: "y" }, { input: "z" }, { id: "case-3", input: 1 }),
  ).toEqual({
    ids: ["a", "case-3"],
    left: ['2 a second item with the id "a"', '4 a second item with the id "case-3"'],
  });
});

it.each<Json>(["", " \n", null, {}, []])("skips an item with an empty input: %j", async (input) => {
  expect(await taken({ id: "a", input })).toEqual({ ids: [], left: ["1 an item without an input"] });
});

it.each<Json>([0, false, { a: 0 }, { a: "" }, ["x"]])("imports an item with an input: %j", async (input) => {
  expect(await taken({ id: "a", input })).toEqual({ ids: ["a"], left: [] });
});
