import type { Json } from "../../domain/json.ts";
import type { SourcePlace } from "../imported.ts";
import type { AssignHelp } from "./assign-help.ts";
import { CasePlanner } from "./case-planner.ts";
import type { CaseDraft } from "./cases.ts";
import type { Assertion } from "./config-test.ts";
import type { Plan } from "./plan.ts";
import type { Entry } from "./provider-spec.ts";
import { type MakeEntry, scorerSettings } from "./scorer-settings.ts";
import { UniqueNames } from "./slug.ts";
import { hasTemplate, Untranslatable } from "./templates/nunjucks-tree.ts";
import { renderNunjucks } from "./templates/render-nunjucks.ts";

/** A scorer of the suite. The values that it compares with are added while the cases are read. */
interface Scorer {
  readonly name: string;
  readonly required: boolean;
  /** Creates the entry once all values to compare with are known. */
  readonly make: MakeEntry;
  /** Creates the entry for use inside a mean. In a mean the score counts, and not whether the scorer passes. */
  readonly counted?: (() => Entry) | undefined;
  /** The compared values by case id; undefined for a scorer that compares with nothing. */
  readonly operands: Map<string, Json | undefined>;
  /** Whether only assertions of defaultTest use the scorer. */
  isDefault: boolean;
}

/** An assertion that became a scorer, for one case. */
export interface ScoredBy {
  readonly place: SourcePlace;
  readonly what: string;
  readonly scorer: string;
  readonly case: string;
}

/** Which scorers score the cases, and with which values. */
export interface Assigned {
  readonly scorers: readonly Entry[];
  /** The compared values by case id and scorer name. */
  readonly expected: ReadonlyMap<string, { readonly [scorer: string]: Json }>;
  /** The names of each case's scorers, by case id. */
  readonly named: ReadonlyMap<string, readonly string[]>;
  readonly kept: readonly ScoredBy[];
}

/** Types of assertions whose score can be any number from 0 to 1; all others score 0 or 1. */
const GRADED = new Set(["rouge-n", "similar", "similar:cosine"]);

/** A scorer that takes part in deciding a test, in the suite or nested in another scorer. */
interface Part {
  readonly scorer: Scorer;
  readonly weight: number;
}

/**
 * Assigns a scorer to each assertion of each case. Assertions that differ only in the compared value share a scorer,
 * and the case contains the value.
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
  readonly #planner: CasePlanner;
  /**
   * How many scorers of each group the current case already uses. Scorers that differ only in the compared value
   * form a group.
   */
  #used = new Map<string, number>();

  constructor(help: AssignHelp) {
    this.#help = help;
    this.#planner = new CasePlanner(help);
  }

  async add(one: CaseDraft): Promise<void> {
    this.#used = new Map();
    this.#named.set(one.id, []);
    const { threshold } = one;
    const { place } = one.test;
    const parts: Part[] = [];
    for (const assertion of one.assertions) {
      const part = await this.#part(assertion, one, threshold === undefined);
      if (part !== undefined) parts.push(part);
    }
    const isCounted = parts.some(({ weight }) => weight > 0);
    if (threshold !== undefined && threshold > 0 && parts.length > 0 && !isCounted)
      this.#help.losses.add(
        place,
        "threshold: of a test",
        "All assertions of the test have the weight 0, so promptfoo fails the test whatever the answer is.",
      );
    if (threshold !== undefined && isCounted) {
      this.#combined({ parts, threshold }, "test", one, {
        required: true,
        place,
        isDefault: false,
        kept: false,
      });
    } else if (!parts.some(({ scorer }) => scorer.required)) this.#answered(one);
  }

  /** Converts one assertion of a case. @param decides whether a failure of the assertion fails the test */
  async #part(assertion: Assertion, one: CaseDraft, decides: boolean): Promise<Part | undefined> {
    const weight = assertion.weight ?? 1;
    // An assertion of weight 0 cannot fail the test. A set of weight 0 can: only its score is left out of the
    // mean.
    if (assertion.members !== undefined)
      return this.#set(assertion, assertion.members, one, { required: decides, weight });
    const plan = await this.#planner.plan(assertion, one);
    if (plan.kind === "left") {
      this.#help.losses.add(assertion.place, assertion.type, plan.why);
      return undefined;
    }
    let scorer: Scorer;
    try {
      scorer = this.#scorer(plan, assertion, one, decides && weight !== 0);
    } catch (error) {
      // The instructions of a judge have a template that Liquid cannot express.
      if (!(error instanceof Untranslatable)) throw error;
      this.#help.losses.add(
        assertion.place,
        assertion.type,
        `Its template cannot be imported: ${error.message}.`,
      );
      return undefined;
    }
    if (!decides && plan.kind === "scorer" && plan.not && GRADED.has(assertion.base))
      this.#help.losses.add(
        assertion.place,
        `the score of ${assertion.type}`,
        "In a weighted mean, evals counts this assertion as 0 or 1; promptfoo counts 1 minus the score.",
      );
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
    const scorer = this.#combined({ parts, threshold }, this.#base(metric, "assert-set", one), one, {
      required,
      place,
      isDefault,
      kept: true,
    });
    return { scorer, weight };
  }

  #base(metric: string | undefined, type: string, { vars }: CaseDraft): string {
    let name = metric ?? type;
    try {
      if (hasTemplate(name)) name = renderNunjucks(name, vars);
    } catch {
      // A name that cannot be filled in is kept as written.
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
    const { group, make, operand } = scorerSettings(plan, assertion, this.#help);
    const scorer = this.#slot(`${group} ${required} ${base}`, base, required, make);
    this.#note(scorer, one, operand, assertion.isDefault);
    this.#kept.push({ place: assertion.place, what: assertion.type, scorer: scorer.name, case: one.id });
    return scorer;
  }

  /**
   * The scorer for the n-th assertion of a group in a case. It is the n-th scorer of that group, which is created
   * if needed.
   */
  #slot(
    group: string,
    base: string,
    required: boolean,
    make: Scorer["make"],
    counted?: Scorer["counted"],
  ): Scorer {
    const nth = this.#used.get(group) ?? 0;
    this.#used.set(group, nth + 1);
    const key = `${nth} ${group}`;
    const known = this.#scorers.get(key);
    if (known !== undefined) return known;
    const scorer: Scorer = {
      name: this.#names.take(base),
      required,
      make,
      counted,
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

  /**
   * A scorer of several scorers: the weighted mean of their scores or, without a threshold, a scorer that requires
   * all of them to pass.
   */
  #combined(
    { parts, threshold }: { readonly parts: readonly Part[]; readonly threshold: number | undefined },
    base: string,
    one: CaseDraft,
    {
      required,
      place,
      isDefault,
      kept,
    }: {
      readonly required: boolean;
      readonly place: SourcePlace;
      readonly isDefault: boolean;
      readonly kept: boolean;
    },
  ): Scorer {
    const members = parts.filter(({ weight }) => weight > 0);
    const weights = members.map(({ weight }) => weight);
    const names = members.map(({ scorer }) => scorer.name);
    const group = JSON.stringify([names, weights, threshold ?? null, required, base]);
    const meanOf = (least: number): Entry => ({
      type: "mean",
      of: members.map(({ scorer }) => ({ ...(scorer.counted?.() ?? this.#made(scorer)), name: scorer.name })),
      ...(weights.every((one) => one === 1) ? {} : { weights }),
      threshold: least,
    });
    const allOf = (): Entry => ({
      type: "all-of",
      of: members.map(({ scorer }) => ({ ...this.#made(scorer), name: scorer.name })),
    });
    const scorer =
      threshold === undefined
        ? this.#slot(group, base, required, allOf, () => meanOf(1))
        : this.#slot(group, base, required, () => meanOf(threshold));
    this.#note(scorer, one, undefined, isDefault);
    if (kept) this.#kept.push({ place, what: "assert-set", scorer: scorer.name, case: one.id });
    return scorer;
  }

  /** A test without a deciding assertion passes whenever it is answered. */
  #answered(one: CaseDraft): void {
    const scorer = this.#slot("answered", "answered", true, () => ({ type: "length", min: 0 }));
    this.#note(scorer, one, undefined, true);
  }

  /**
   * A scorer's entry with the value to compare with: a literal if defaultTest sets the same value for all cases, else a
   * path in the case.
   */
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
