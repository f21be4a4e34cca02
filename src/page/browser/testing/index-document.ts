import type { IndexDocument } from "../../page-documents.ts";

/**
 * An index of five cases: one broke, one is flaky with an error, one rose, one is unchanged, one is new. A test
 * passes its changes.
 */
export function indexDocument(changes: Partial<IndexDocument> = {}): IndexDocument {
  return {
    ids: ["refund-07", "angry-02", "parcel-02", "hours-01", "late-01"],
    inputs: [
      "I was charged twice",
      "This is a scandal",
      "Where is it?",
      "When are you open?",
      "The late parcel",
    ],
    tags: ["billing", "vip", "shipping"],
    tag_sets: [[0, 1], [0], [2]],
    tag_set_of: [0, 1, 2, 2, 2],
    scorers: ["queue", "my tone"],
    scores: [
      [0, 0.75, 1, 1, null],
      [0.8, 0.4, 0.8, 0.9, null],
    ],
    latency_ms: [900, null, 2500, 400, 300],
    now: { width: 5, marks: "fffffppfpeppppppppppppppp".slice(0, 25), passed: [], answered: [] },
    before: {
      width: 3,
      marks: "pppppfffpppp   ",
      passed: [],
      answered: [],
    },
    changes: "BsFsn",
    page_of: [],
    left_out: "",
    ...changes,
  };
}
