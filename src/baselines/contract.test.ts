import { describe, expect, it } from "vitest";
import { BUMPS, type Bump, type MajorChange } from "../domain/prompt-change.ts";
import { RegressionRule } from "../domain/suite.ts";
import { compareSides } from "./compare-sides.ts";
import { contractRule, contractSoFar, holdContract, type Movement, movementOf } from "./contract.ts";
import type { Side } from "./side.ts";

const change = (declared: Bump) => ({ prompt: "support", from: "1.2.0", to: "9.9.9", declared });
const moved = (fell: boolean | null, rose: boolean | null): Movement => ({ fell, rose, margin: 0.03 });
const variables: MajorChange[] = [{ what: "variables", said: "input.history is new" }];

const STAYED = moved(false, false);
const FELL = moved(true, false);
const ROSE = moved(false, true);
const NOT_WORSE = moved(false, null);
const UNCLEAR = moved(null, null);

describe("holdContract", () => {
  it.each([
    ["patch", STAYED, "kept", "patch"],
    ["patch", FELL, "broken", "major"],
    ["patch", ROSE, "broken", "minor"],
    ["patch", NOT_WORSE, "undecided", null],
    ["patch", UNCLEAR, "undecided", null],
    ["minor", STAYED, "kept", "minor"],
    ["minor", FELL, "broken", "major"],
    ["minor", ROSE, "kept", "minor"],
    ["minor", NOT_WORSE, "kept", "minor"],
    ["minor", UNCLEAR, "undecided", null],
    ["major", STAYED, "kept", "major"],
    ["major", FELL, "kept", "major"],
    ["major", ROSE, "kept", "major"],
    ["major", NOT_WORSE, "kept", "major"],
    ["major", UNCLEAR, "kept", "major"],
  ] as const)("a %s with %o is %s", (declared, movement, outcome, needed) => {
    expect(holdContract(change(declared), movement, [])).toMatchObject({ outcome, needed, declared });
  });

  it.each([
    ["patch", "broken"],
    ["minor", "broken"],
    ["major", "kept"],
  ] as const)("with other variables a %s is %s, however little moved", (declared, outcome) => {
    for (const movement of [STAYED, FELL, UNCLEAR])
      expect(holdContract(change(declared), movement, variables)).toMatchObject({ outcome, needed: "major" });
  });

  it("asks for a major version wherever a drop is proved, whatever was declared and whatever else moved", () => {
    for (const declared of BUMPS)
      for (const rose of [true, false, null])
        expect(holdContract(change(declared), moved(true, rose), [])).toMatchObject({
          needed: "major",
          outcome: declared === "major" ? "kept" : "broken",
        });
  });

  it("reports what was declared and what follows", () => {
    expect(holdContract(change("patch"), FELL, []).said).toBe(
      "The change: prompts/support 1.2.0 → 9.9.9, declared a patch. A patch must not change behaviour, and worse behaviour needs a major version: this is a major version, or a mistake.",
    );
    expect(holdContract(change("patch"), ROSE, []).said).toContain("at least a minor version");
    expect(holdContract(change("minor"), FELL, []).said).toContain("must not make it worse");
    expect(holdContract(change("patch"), STAYED, variables).said).toContain(
      "needs a major version (variables: input.history is new)",
    );
    expect(holdContract(change("patch"), UNCLEAR, []).said).toContain("leave open");
  });
});

/** A side with one scorer, `q`. Every case has ten trials; `rates` has the number that passed, by case. */
function side(rates: readonly number[], hash = "a"): Side {
  return {
    label: "run x",
    run: "x",
    suite: "s",
    target: "t",
    prompt: null,
    model: "t",
    fingerprint: null,
    trials: 10,
    ids: rates.map((_, index) => `case ${index}`),
    contents: rates.map(() => "same"),
    answered: rates.map(() => 10),
    passed: rates,
    scores: new Map([
      [
        "q",
        {
          hash,
          required: true,
          binary: true,
          count: rates.map(() => 10),
          sum: rates,
          sumOfSquares: rates,
        },
      ],
    ]),
    tagsOf: () => [],
  };
}
const many = (passes: number, n = 60): number[] => Array.from({ length: n }, () => passes);
const rule = (more: object = {}): RegressionRule => RegressionRule.parse(more);
const compared = (before: Side, after: Side, rules = [rule()]) =>
  compareSides(before, after, { rules, narrowed: false }).findings;

describe("movementOf", () => {
  it.each([
    ["nothing moved", many(10), many(10), { fell: false, rose: false }],
    ["a drop", many(9), many(7), { fell: true }],
    ["a rise", many(7), many(9), { rose: true, fell: false }],
    ["too little evidence", many(8, 3), many(8, 3), { fell: null, rose: null }],
  ])("%s", (_, before, after, expected) => {
    expect(movementOf(compared(side(before), side(after)))).toMatchObject(expected);
  });

  it("takes a real drop within the margin for none", () => {
    const findings = compared(side(many(9, 400)), side([...many(9, 360), ...many(8, 40)]), [
      rule({ max_drop: 0.05 }),
    ]);
    expect(findings[0]?.verdict).toMatch(/small_drop|no_regression/);
    expect(movementOf(findings)).toMatchObject({ fell: false, rose: false });
  });

  it("is as strict on a rise as on a drop", () => {
    for (const [low, high] of [
      [9, 7],
      [8, 7],
    ] as const) {
      const down = movementOf(compared(side(many(low)), side(many(high))));
      const up = movementOf(compared(side(many(high)), side(many(low))));
      expect([up.rose, up.fell]).toEqual([down.fell, down.rose]);
    }
  });

  it("is unknown for sides that were scored differently", () => {
    expect(movementOf(compared(side(many(10), "a"), side(many(10), "b")))).toMatchObject({
      fell: null,
      rose: null,
    });
  });

  it("takes the worst of several metrics", () => {
    const rules = [rule(), rule({ metric: "score.q", max_drop: 0.5 })];
    expect(movementOf(compared(side(many(10)), side(many(8)), rules))).toMatchObject({ fell: true });
  });
});

describe("contractRule", () => {
  const unclear = (undecided: "warn" | "fail", hash = "a") =>
    compared(side(many(8, 3)), side(many(8, 3), hash), [rule({ undecided })]);
  it.each([
    ["broken", FELL, "warn", "failed"],
    ["kept", STAYED, "warn", "passed"],
    ["undecided", UNCLEAR, "warn", "passed"],
    ["undecided", UNCLEAR, "fail", "undecided"],
  ] as const)("of a contract that is %s, under undecided", (_, movement, undecided, outcome) => {
    const finding = holdContract(change("patch"), movement, []);
    expect(contractRule(finding, unclear(undecided))).toMatchObject({ rule: "contract", outcome });
  });

  it("is undecided for sides that cannot be compared, whatever the suite says", () => {
    const finding = holdContract(change("patch"), UNCLEAR, []);
    expect(contractRule(finding, unclear("warn", "b")).outcome).toBe("undecided");
  });

  it("is undecided at a look until both directions are shown", () => {
    const patch = { change: change("patch"), changes: [] };
    expect(contractSoFar(null, [])).toEqual([]);
    expect(contractSoFar(patch, [])).toEqual(["undecided"]);
    expect(contractSoFar(patch, compared(side(many(10)), side(many(10))))).toEqual(["passed"]);
    expect(contractSoFar({ ...patch, changes: variables }, [])).toEqual(["failed"]);
  });
});
