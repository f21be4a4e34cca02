import { didYouMean } from "../../domain/did-you-mean.ts";
import type { Json } from "../../domain/json.ts";
import type { SourcePlace } from "../imported.ts";
import { planAssertion } from "./assertion-plan.ts";
import { LEFT_TYPES, TAKEN_TYPES } from "./assertion-types.ts";
import { type CaseDraft, graderOf, transformOf } from "./cases.ts";
import type { ChecksFiles } from "./checks-files.ts";
import type { Assertion } from "./config-test.ts";
import type { JudgeFiles } from "./judge-files.ts";
import type { Models } from "./models.ts";
import type { Plan, PlanContext } from "./plan.ts";
import { joinedTransform } from "./plan-code.ts";
import type { Entry, ProviderHelp } from "./provider-spec.ts";
import { UniqueNames } from "./slug.ts";
import { hasTemplate, Untranslatable } from "./templates/nunjucks-tree.ts";
import { renderNunjucks } from "./templates/render-nunjucks.ts";

/** A scorer of the suite, as it grows while cases are looked at. */
interface Scorer {
  readonly name: string;
  readonly required: boolean;
  /** Of one case or of all; the operand is put in when all are known. */
  readonly make: (operand: OperandPlace) => Entry;
  /** By case id; undefined for a scorer without one. */
  readonly operands: Map<string, Json | undefined>;
  isDefault: boolean;
}

/** Where a scorer finds what it compares with. */
type OperandPlace = { readonly value: Json } | { readonly at: string } | undefined;

/** What of one case is scored by what. */
export interface ScoredBy {
  readonly place: SourcePlace;
  readonly what: string;
  readonly scorer: string;
  readonly case: string;
}

export interface Assigned {
  readonly scorers: readonly Entry[];
  /** By case id. */
  readonly expected: ReadonlyMap<string, { readonly [scorer: string]: Json }>;
  /** Names by case id. */
  readonly named: ReadonlyMap<string, readonly string[]>;
  readonly kept: readonly ScoredBy[];
}

export interface AssignHelp extends ProviderHelp {
  readonly checks: ChecksFiles;
  readonly judges: JudgeFiles;
  readonly models: Models;
  readonly tests: readonly CaseDraft["vars"][];
  /** Of the config's providers. */
  readonly offered: PlanContext["tools"];
  /** Code by which the providers change every answer. */
  readonly transform: string | undefined;
  /** Why one of our scorers cannot take such an entry. */
  readonly refuses: (entry: Entry, operand: Json | undefined) => Promise<string | undefined>;
}

/** One part of what decides a test: a scorer, for the suite or inside of another one. */
interface Part {
  readonly scorer: Scorer;
  readonly weight: number;
}

/**
 * Gives each assertion of each case a scorer. Assertions that differ only in what they compare with share one, and the
 * case holds what it compares with.
 */
export async function assignScorers(cases: readonly CaseDraft[], help: AssignHelp): Promise<Assigned> {
  const assignment = new Assignment(help);
  for (const one of cases) await assignment.add(one);
  return assignment.end(cases);
}

class Assignment {
  readonly #help: AssignHelp;
  readonly #names = new UniqueNames();
  readonly #scorers = new Map<string, Scorer>();
  readonly #named = new Map<string, string[]>();
  readonly #kept: ScoredBy[] = [];
  readonly #refused = new Map<string, string | undefined>();
  /** How often each kind of scorer was used in the case at hand. */
  #used = new Map<string, number>();

  constructor(help: AssignHelp) {
    this.#help = help;
  }

  async add(one: CaseDraft): Promise<void> {
    this.#used = new Map();
    this.#named.set(one.id, []);
    const { threshold } = one;
    const parts: Part[] = [];
    for (const assertion of one.assertions) {
      const part = await this.#part(assertion, one, threshold === undefined);
      if (part !== undefined) parts.push(part);
    }
    if (threshold !== undefined && parts.some(({ weight }) => weight > 0)) {
      const { place } = one.test;
      this.#combined({ type: "mean", parts, threshold }, "test", one, {
        required: true,
        weight: 1,
        place,
        isDefault: false,
        kept: false,
      });
    } else if (!parts.some(({ scorer }) => scorer.required)) this.#answered(one);
  }

  /** @param decides a miss of it fails the test */
  async #part(assertion: Assertion, one: CaseDraft, decides: boolean): Promise<Part | undefined> {
    const weight = assertion.weight ?? 1;
    const required = decides && weight !== 0;
    if (assertion.members !== undefined)
      return this.#set(assertion, assertion.members, one, { required, weight });
    const plan = await this.#planned(assertion, one);
    if (plan.kind === "left") {
      this.#help.losses.add(assertion.place, assertion.type, plan.why);
      return undefined;
    }
    const scorer = this.#scorer(plan, assertion, one, required);
    return { scorer, weight };
  }

  async #set(
    assertion: Assertion,
    members: readonly Assertion[],
    one: CaseDraft,
    { required, weight }: { readonly required: boolean; readonly weight: number },
  ): Promise<Part | undefined> {
    const parts: Part[] = [];
    for (const member of members) {
      const part = await this.#part(member, one, false);
      if (part !== undefined) parts.push(part);
    }
    if (!parts.some((part) => part.weight > 0)) return undefined;
    const { threshold, metric, place, isDefault } = assertion;
    const type = threshold === undefined ? "all-of" : "mean";
    const scorer = this.#combined({ type, parts, threshold }, this.#base(metric, "assert-set", one), one, {
      required,
      weight,
      place,
      isDefault,
      kept: true,
    });
    return { scorer, weight };
  }

  async #planned(assertion: Assertion, one: CaseDraft): Promise<Plan> {
    const { base, type } = assertion;
    const known = [...TAKEN_TYPES, ...Object.keys(LEFT_TYPES)];
    if (!known.includes(base))
      return { kind: "left", why: `promptfoo has no assertion type "${type}".${didYouMean(base, known)}` };
    const context: PlanContext = {
      vars: one.vars,
      transform: joinedTransform(this.#help.transform, transformOf(one)),
      reading: this.#help.reading,
      grader: graderOf(one),
      tools: this.#help.offered,
    };
    try {
      const plan = planAssertion(assertion, context);
      return plan.kind === "scorer" ? await this.#usable(plan, assertion) : plan;
    } catch (error) {
      if (error instanceof Untranslatable) return { kind: "left", why: `Its template: ${error.message}.` };
      if (error instanceof Error && "problems" in error)
        return { kind: "left", why: error.message.split("\n")[0] ?? "" };
      throw error;
    }
  }

  /** What one of our scorers cannot take runs as promptfoo runs it, where its runtime can. */
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
    return { kind: "left", why: `The scorer ${String(plan.entry.type)} cannot take it: ${why}` };
  }

  #base(metric: string | undefined, type: string, { vars }: CaseDraft): string {
    let name = metric ?? type;
    try {
      if (hasTemplate(name)) name = renderNunjucks(name, vars);
    } catch {
      // A name that cannot be filled in stays as it is written.
    }
    return name.replace(/["'[\]{}\n]+/g, " ").trim() || type;
  }

  #scorer(
    plan: Exclude<Plan, { kind: "left" }>,
    assertion: Assertion,
    one: CaseDraft,
    required: boolean,
  ): Scorer {
    const base = this.#base(assertion.metric, assertion.type, one);
    const { group, make, operand } = this.#settings(plan, assertion);
    const scorer = this.#slot(`${group} ${required} ${base}`, base, required, make);
    this.#note(scorer, one, operand, assertion.isDefault);
    this.#kept.push({ place: assertion.place, what: assertion.type, scorer: scorer.name, case: one.id });
    return scorer;
  }

  /** A scorer's settings but for its operand, and what tells it from others. */
  #settings(
    plan: Exclude<Plan, { kind: "left" }>,
    assertion: Assertion,
  ): { readonly group: string; readonly make: Scorer["make"]; readonly operand: Json | undefined } {
    const { checks, judges, models, tests } = this.#help;
    const { place } = assertion;
    switch (plan.kind) {
      case "check": {
        const operand = checks.add(plan.language, plan.spec, plan.file, `${place.path}:${place.line}`);
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
            : { ...plan.entry, model: models.semantic(model, assertion.provider, place, this.#help) };
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

  /** The n-th scorer of a kind, for the n-th assertion of that kind in a case. */
  #slot(group: string, base: string, required: boolean, make: Scorer["make"]): Scorer {
    const nth = this.#used.get(group) ?? 0;
    this.#used.set(group, nth + 1);
    const key = `${nth} ${group}`;
    const known = this.#scorers.get(key);
    if (known !== undefined) return known;
    const scorer: Scorer = {
      name: this.#names.take(base),
      required,
      make,
      operands: new Map(),
      isDefault: true,
    };
    this.#scorers.set(key, scorer);
    return scorer;
  }

  #note(scorer: Scorer, one: CaseDraft, operand: Json | undefined, isDefault: boolean): void {
    scorer.operands.set(one.id, operand);
    if (!isDefault) scorer.isDefault = false;
    this.#named.get(one.id)?.push(scorer.name);
  }

  /** A scorer of several: the weighted mean of their scores, or all of them. */
  #combined(
    {
      type,
      parts,
      threshold,
    }: {
      readonly type: "mean" | "all-of";
      readonly parts: readonly Part[];
      readonly threshold: number | undefined;
    },
    base: string,
    one: CaseDraft,
    {
      required,
      place,
      isDefault,
      kept,
    }: {
      readonly required: boolean;
      readonly weight: number;
      readonly place: SourcePlace;
      readonly isDefault: boolean;
      readonly kept: boolean;
    },
  ): Scorer {
    const counted = type === "mean" ? parts.filter(({ weight }) => weight > 0) : parts;
    const weights = counted.map(({ weight }) => weight);
    const group = JSON.stringify([
      type,
      counted.map(({ scorer }) => scorer.name),
      weights,
      threshold,
      required,
      base,
    ]);
    const make = (): Entry => ({
      type,
      of: counted.map(({ scorer }) => ({ ...this.#made(scorer), name: scorer.name })),
      ...(type === "mean"
        ? { ...(weights.every((one) => one === 1) ? {} : { weights }), threshold: threshold ?? 0 }
        : {}),
    });
    const scorer = this.#slot(group, base, required, make);
    this.#note(scorer, one, undefined, isDefault);
    if (kept) this.#kept.push({ place, what: "assert-set", scorer: scorer.name, case: one.id });
    return scorer;
  }

  /** A test without a deciding assertion passes whenever it is answered. */
  #answered(one: CaseDraft): void {
    const scorer = this.#slot("answered", "answered", true, () => ({ type: "length", min: 0 }));
    this.#note(scorer, one, undefined, true);
  }

  /** A scorer's entry with its operand: a literal where defaultTest gives all cases the same one, else a place in the case. */
  #made(scorer: Scorer): Entry {
    const operands = [...scorer.operands.values()];
    if (operands[0] === undefined) return scorer.make(undefined);
    return scorer.make(this.#isLiteral(scorer) ? { value: operands[0] } : { at: scorer.name });
  }

  #isLiteral({ operands, isDefault }: Scorer): boolean {
    return isDefault && new Set(Array.from(operands.values(), (one) => JSON.stringify(one))).size === 1;
  }

  end(cases: readonly CaseDraft[]): Assigned {
    const all = [...this.#scorers.values()];
    const expected = new Map<string, { [scorer: string]: Json }>();
    for (const scorer of all) {
      if (this.#isLiteral(scorer)) continue;
      for (const [id, operand] of scorer.operands)
        if (operand !== undefined) expected.set(id, { ...expected.get(id), [scorer.name]: operand });
    }
    const scorers = all.map((scorer): Entry => {
      const { type, ...rest } = this.#made(scorer);
      return {
        type: type as Json,
        ...(type === scorer.name ? {} : { name: scorer.name }),
        ...(scorer.required ? {} : { required: false }),
        ...rest,
      };
    });
    const order = all.map(({ name }) => name);
    const named = new Map(
      cases.map(({ id }) => [id, order.filter((name) => this.#named.get(id)?.includes(name))]),
    );
    return { scorers, expected, named, kept: this.#kept };
  }
}

/** An entry with its operand, inside of a `not` where it is turned round. */
function turned(entry: Entry, not: boolean): Scorer["make"] {
  return (at) => {
    const own: Entry = {
      ...entry,
      ...(at === undefined ? {} : "value" in at ? { value: at.value } : { against: pathTo(at.at) }),
    };
    return not ? { type: "not", of: own } : own;
  };
}

const pathTo = (name: string): string => (/^[\w-]+$/.test(name) ? `expected.${name}` : `expected["${name}"]`);
