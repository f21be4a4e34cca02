import type { Json } from "../../domain/json.ts";
import type { AssignHelp } from "./assign-help.ts";
import type { Assertion } from "./config-test.ts";
import type { Plan } from "./plan.ts";
import type { Entry } from "./provider-spec.ts";

/** Where a scorer finds the compared value. */
export type OperandPlace = { readonly value: Json } | { readonly at: string } | undefined;

/** Creates the entry of a scorer in the suite's file, once it is known where the compared value comes from. */
export type MakeEntry = (operand: OperandPlace) => Entry;

/**
 * A scorer's settings without the value to compare with (the operand). `group` is equal for assertions that can share a
 * scorer because they differ only in the operand.
 */
export function scorerSettings(
  plan: Exclude<Plan, { kind: "left" }>,
  assertion: Assertion,
  help: AssignHelp,
): { readonly group: string; readonly make: MakeEntry; readonly operand: Json | undefined } {
  const { checks, judges, models, tests } = help;
  const { place } = assertion;
  switch (plan.kind) {
    case "check": {
      const operand = checks.add(plan.language, plan, `${place.path}:${place.line}`);
      const make = (at: OperandPlace): Entry => ({
        ...checks.scorer(plan.language),
        config: at === undefined ? {} : "value" in at ? { check: at.value } : { at: at.at },
      });
      return { group: plan.language, make, operand };
    }
    case "judge": {
      const judge = judges.name(plan.judge, tests, assertion.metric, place);
      const inner = { type: "judge", judge: `${judge}@^1`, ...plan.entry };
      return { group: `judge ${judge} ${plan.not}`, make: turned(inner, plan.not), operand: plan.operand };
    }
    case "scorer": {
      const { model } = plan.entry;
      const entry =
        typeof model !== "string"
          ? plan.entry
          : { ...plan.entry, model: models.semantic(model, plan.grader, place, help) };
      return {
        group: JSON.stringify([entry, plan.not, plan.operand !== undefined]),
        make: turned(entry, plan.not),
        operand: plan.operand,
      };
    }
    default:
      return plan satisfies never;
  }
}

/** An entry with the value to compare with, wrapped in `not` when negated. */
function turned(entry: Entry, not: boolean): MakeEntry {
  return (at) => {
    const own: Entry = {
      ...entry,
      ...(at === undefined ? {} : "value" in at ? { value: at.value } : { against: pathTo(at.at) }),
    };
    return not ? { type: "not", of: own } : own;
  };
}

const pathTo = (name: string): string => (/^[\w-]+$/.test(name) ? `expected.${name}` : `expected["${name}"]`);
