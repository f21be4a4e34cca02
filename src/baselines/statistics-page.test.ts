import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), "utf8").replaceAll("\r\n", "\n");

function blocksOf(text: string): Map<string, string> {
  const blocks = text.matchAll(/<!-- simulated: ([\w-]+) -->\n([\s\S]*?)<!-- end -->\n/g);
  return new Map(Array.from(blocks, ([, name = "", body = ""]) => [name, body]));
}

const page = read("docs/statistics.md");
const shown = new Map([...blocksOf(page), ...blocksOf(read("docs/running.md"))]);
const printed = blocksOf(read("fixtures/statistics/simulated.md"));

describe("docs/statistics.md and docs/running.md", () => {
  it("show all that the simulation printed, and nothing else", () => {
    expect([...shown.keys()].sort()).toEqual([...printed.keys()].sort());
    expect(printed.size).toBeGreaterThan(8);
  });

  it.each([...printed.keys()])("show the figures of %s as they were printed", (name) => {
    expect(shown.get(name)).toBe(printed.get(name));
  });

  it("stay within what is promised of false alarms, power and savings", () => {
    expect(lastRow("unchanged")[3]).toBeLessThanOrEqual(5.8);
    expect(lastRow("command-line")[3]).toBeLessThanOrEqual(5.8);
    for (const row of rowsOf("early-stop")) {
      const [, , , change, all = 0, early = 0] = row;
      if (change !== "none") expect(Number(all) - Number(early), row.join()).toBeLessThanOrEqual(6);
    }
    const [unchanged, , worse] = rowsOf("early-stop").map((row) => row.at(-1));
    expect(unchanged).toBeGreaterThanOrEqual(38);
    expect(worse).toBeGreaterThanOrEqual(75);
  });
});

/** Cells of a block's table; those that begin with a number as that number. */
function rowsOf(name: string): (number | string)[][] {
  const lines = (printed.get(name) ?? "").split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) => {
    const cells = line.split("|").slice(1, -1);
    return cells.map((cell) => (/^ \d/.test(cell) ? Number.parseFloat(cell) : cell.trim()));
  });
}

function lastRow(name: string): (number | string)[] {
  return rowsOf(name).at(-1) ?? [];
}
