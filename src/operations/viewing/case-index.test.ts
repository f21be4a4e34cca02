import { describe, expect, it } from "vitest";
import type { CaseRow } from "../../domain/report.ts";
import { caseIndex } from "./case-index.ts";

const row = (id: string): CaseRow => ({
  ...{ id, tags: [], line: null, planned: 1, answered: 1, passed: 1, errored: 0, trials: "p" },
  ...{ scores: [], latency_ms: 5, change: null, significant: false, baseline: null },
  answers: async () => {
    throw new Error("no list shows answers");
  },
});

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe("the index of a run's cases", () => {
  it("lets other work of the process run while it is built", async () => {
    const rows = Array.from({ length: 5_000 }, (_, at) => row(`case-${at}`));
    let turns = 0;
    let over = false;
    const others = (): void => {
      turns++;
      if (!over) setImmediate(others);
    };
    setImmediate(others);
    const index = await caseIndex({
      ...{ scorers: [], cases: rows.length, rows: () => stream(rows), inputOf: async () => "asked" },
      ...{ before: null, countsOf: async () => null, compared: false },
    });
    over = true;
    expect(index.ids).toHaveLength(5_000);
    expect(turns).toBeGreaterThan(5);
  });
});
