import { didYouMean } from "../../domain/did-you-mean.ts";
import { planAssertion } from "./assertion-plan.ts";
import { LEFT_TYPES, TAKEN_TYPES } from "./assertion-types.ts";
import type { AssignHelp } from "./assign-help.ts";
import { type CaseDraft, graderOf, transformOf } from "./cases.ts";
import type { Assertion } from "./config-test.ts";
import type { Plan, PlanContext } from "./plan.ts";
import { Untranslatable } from "./templates/nunjucks-tree.ts";

/** Plans the assertions of cases. Checks once for each different scorer entry whether a suite can use the entry. */
export class CasePlanner {
  readonly #help: AssignHelp;
  readonly #refused = new Map<string, string | undefined>();

  constructor(help: AssignHelp) {
    this.#help = help;
  }

  /** The plan for one assertion of one case, limited to what scorers of evals support. */
  async plan(assertion: Assertion, one: CaseDraft): Promise<Plan> {
    const { base, type } = assertion;
    const known = [...TAKEN_TYPES, ...Object.keys(LEFT_TYPES)];
    if (!known.includes(base))
      return { kind: "left", why: `promptfoo has no assertion type "${type}".${didYouMean(base, known)}` };
    const context: PlanContext = {
      vars: one.vars,
      transforms: [this.#help.transform, transformOf(one)].filter((code) => code !== undefined),
      reading: this.#help.reading,
      grader: graderOf(one),
      tools: this.#help.offered,
    };
    try {
      const plan = planAssertion(assertion, context);
      return plan.kind === "scorer" ? await this.#usable(plan, assertion) : plan;
    } catch (error) {
      if (error instanceof Untranslatable)
        return { kind: "left", why: `Its template cannot be imported: ${error.message}.` };
      if (error instanceof Error && "problems" in error)
        return { kind: "left", why: error.message.split("\n")[0] ?? "" };
      throw error;
    }
  }

  /**
   * The plan, if the scorer accepts its settings. Otherwise a plan for a check with promptfoo's behaviour, if the
   * module of checks has one for this type; else the reason why the assertion is not imported.
   */
  async #usable(plan: Extract<Plan, { kind: "scorer" }>, assertion: Assertion): Promise<Plan> {
    const key = JSON.stringify([plan.entry, plan.operand]);
    if (!this.#refused.has(key)) {
      const isSemantic = plan.entry.model !== undefined;
      this.#refused.set(key, isSemantic ? undefined : await this.#help.refuses(plan.entry, plan.operand));
    }
    const why = this.#refused.get(key);
    if (why === undefined) return plan;
    const { base, not } = assertion;
    if (
      base === "regex" ||
      (base.includes("contains") === true && base !== "contains-json") ||
      base === "starts-with" ||
      base === "equals"
    )
      return {
        kind: "check",
        language: "javascript",
        spec: { type: base, value: plan.operand ?? null, ...(not ? { not } : {}) },
      };
    return { kind: "left", why: `The scorer ${String(plan.entry.type)} cannot take this assertion: ${why}` };
  }
}
