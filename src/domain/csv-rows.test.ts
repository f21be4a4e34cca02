import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCsv } from "./csv-rows.ts";
import { EvalsError, type Problem } from "./problem.ts";

const FORMAT = { path: "t.csv", code: "EVALS_TABLE", column: "id" };
const cellsOf = (text: string) => readCsv(text, FORMAT).rows.map((row) => row.cells);

function mistakeOf(text: string): Problem | undefined {
  try {
    readCsv(text, FORMAT);
  } catch (error) {
    if (error instanceof EvalsError) return error.problems[0];
    throw error;
  }
  return undefined;
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

describe("readCsv", () => {
  it("gives back what was written, whatever separates the cells and ends the lines", async () => {
    const table = fc.array(fc.array(fc.string({ unit: "grapheme" }), { minLength: 2, maxLength: 4 }));
    await fc.assert(
      fc.property(
        table,
        fc.constantFrom(",", ";", "\t", "|"),
        fc.constantFrom("\n", "\r\n"),
        (rows, sign, end) => {
          const text = [["id", "x"], ...rows].map((row) => row.map(quoted).join(sign) + end).join("");
          expect(cellsOf(text).slice(1)).toEqual(rows);
        },
      ),
    );
  });

  it("leaves out empty rows and columns that spreadsheets add", () => {
    for (const sign of [",", ";", "\t", "|"]) {
      const text = "id,input,,\na,x,,\n,,,\n , ,,\n\nb,y,,\n,,,\n".replaceAll(",", sign);
      expect(cellsOf(text)).toEqual([
        ["id", "input"],
        ["a", "x"],
        ["b", "y"],
      ]);
    }
    expect(cellsOf(",,\nid,input,\na,x,\n")).toEqual([
      ["id", "input"],
      ["a", "x"],
    ]);
    // A cell with content is kept, even if its column has no name.
    expect(cellsOf("id,input,\na,x,word\n")).toEqual([
      ["id", "input"],
      ["a", "x", "word"],
    ]);
    expect(cellsOf('id,input\n"",""\n')).toHaveLength(2);
  });

  it.each([
    [
      "sep=;\nid;x\na;b,c\n",
      [
        ["id", "x"],
        ["a", "b,c"],
      ],
    ],
    [
      '"sep=|"\r\nid|x\r\na|b\r\n',
      [
        ["id", "x"],
        ["a", "b"],
      ],
    ],
    [
      "id,x\ra,b\r",
      [
        ["id", "x"],
        ["a", "b"],
      ],
    ],
    [
      "\nid,x\n\na,\n",
      [
        ["id", "x"],
        ["a", ""],
      ],
    ],
    [
      'id,x\r\na,"b\r\nc"\n',
      [
        ["id", "x"],
        ["a", "b\r\nc"],
      ],
    ],
  ])("reads %j", (text, rows) => {
    expect(cellsOf(text as string)).toEqual(rows);
  });

  it("counts the lines of cells that span several lines", () => {
    expect(readCsv('id,x\na,"1\n2\n3"\nb,4\n', FORMAT).rows.map((row) => row.line)).toEqual([1, 2, 5]);
  });

  it.each([
    ['id,x\na,"b\nc,d\n', 2, 3, "never closed"],
    ['id,x\na,"b\nc,"d"\n', 2, 3, "on line 3, does not end the cell"],
    ['id,x\na,"say "hi" to"\n', 2, 3, "closed in column 8"],
    ['id,x\na,b"c\n', 2, 4, "in the middle of a cell"],
    ['id,x\na, "b"\n', 2, 4, "in the middle of a cell"],
    ['id,x\n"m\nn","b\n', 3, 4, "never closed"],
  ])("names the quote at fault in %j", (text, line, column, what) => {
    expect(mistakeOf(text)).toMatchObject({
      code: "EVALS_TABLE",
      line,
      column,
      what: expect.stringContaining(what),
    });
  });

  it("reads a line of a million cells in one pass", () => {
    expect(cellsOf(`id,${"x,".repeat(1e6)}x\n`)[0]).toHaveLength(1e6 + 2);
  });
});
