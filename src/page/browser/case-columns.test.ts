import { describe, expect, it } from "vitest";
import { CaseColumns } from "./case-columns.ts";
import { orderedPlaces } from "./order-cases.ts";
import { indexDocument } from "./testing/index-document.ts";

const columns = new CaseColumns(indexDocument());
const ids = (indexes: Uint32Array): string[] => Array.from(indexes, (index) => columns.idOf(index));

describe("CaseColumns", () => {
  it("counts the trials of both sides", () => {
    expect(Array.from(columns.passed)).toEqual([0, 3, 5, 5, 5]);
    expect(Array.from(columns.answered)).toEqual([5, 4, 5, 5, 5]);
    expect(Array.from(columns.errored)).toEqual([0, 1, 0, 0, 0]);
    expect(Array.from(columns.passedBefore)).toEqual([3, 2, 1, 3, -1]);
    expect(columns.shareOf(1)).toBe(0.75);
    expect(columns.shareBefore(4)).toBeNull();
    expect([columns.marksOf(1), columns.marksBefore(4)]).toEqual(["ppfpe", ""]);
    expect(columns.tagsOf(0)).toEqual(["billing", "vip"]);
  });

  it("takes the counts when the other side has no marks", () => {
    const counted = new CaseColumns(
      indexDocument({
        before: { width: 0, marks: "", passed: [15, -1, 3, 0, -1], answered: [15, -1, 15, 0, -1] },
      }),
    );
    expect(counted.marksBefore(0)).toBeNull();
    expect([0, 1, 2, 3].map((index) => counted.shareBefore(index))).toEqual([1, null, 0.2, null]);
  });

  it("reads a million cases with five trials each", () => {
    const many = 1_000_000;
    const large = new CaseColumns(
      indexDocument({
        ids: Array.from({ length: many }, (_, at) => `case-${at}`),
        inputs: [],
        tag_set_of: [],
        now: { width: 5, marks: "ppppf".repeat(many), passed: [], answered: [] },
        before: null,
        changes: "",
      }),
    );
    expect([large.size, large.passed[many - 1], large.idOf(many - 1)]).toEqual([many, 4, "case-999999"]);
    expect(orderedPlaces(large, "worst", false)).toHaveLength(many);
  });
});

describe("the order of cases", () => {
  it("starts with significant regressions; then come cases that never pass, errored, failed, and improved ones, and the rest", () => {
    expect(ids(orderedPlaces(columns, "worst", false))).toEqual([
      "refund-07",
      "angry-02",
      "parcel-02",
      "late-01",
      "hours-01",
    ]);
  });

  it("puts a case with an unknown result after the others of its rank, and does not treat unknown as 0", () => {
    const some = new CaseColumns(
      indexDocument({
        now: { width: 5, marks: "eeeeeppfpeppppppppppppppp", passed: [], answered: [] },
        changes: "ssFsn",
      }),
    );
    const order = Array.from(orderedPlaces(some, "worst", false), (index) => some.idOf(index));
    expect(order.slice(0, 2)).toEqual(["angry-02", "refund-07"]);
  });

  it.each([
    ["case", false, ["angry-02", "hours-01", "late-01", "parcel-02", "refund-07"]],
    ["case", true, ["refund-07", "parcel-02", "late-01", "hours-01", "angry-02"]],
    ["now", false, ["refund-07", "angry-02", "parcel-02", "hours-01", "late-01"]],
    ["before", false, ["parcel-02", "angry-02", "refund-07", "hours-01", "late-01"]],
    ["change", false, ["refund-07", "hours-01", "angry-02", "parcel-02", "late-01"]],
  ] as const)("by %s, the other way round: %s", (order, down, expected) => {
    expect(ids(orderedPlaces(columns, order, down))).toEqual(expected);
  });

  it("keeps unknown values last and equal cases in the run's order, also the other way round", () => {
    // The second case has no answer, and the first and the last two have equal shares.
    const some = new CaseColumns(
      indexDocument({ now: { width: 5, marks: "pppppeeeeeppfffpppppppppp", passed: [], answered: [] } }),
    );
    expect(Array.from(orderedPlaces(some, "now", true))).toEqual([0, 3, 4, 2, 1]);
    expect(Array.from(orderedPlaces(some, "now", false))).toEqual([2, 0, 3, 4, 1]);
  });
});
