import { LiquidConditions } from "./liquid-conditions.ts";
import { LIQUID_FILTERS, LIQUID_METHODS } from "./liquid-filters.ts";
import type { LiquidScope } from "./liquid-scope.ts";
import { allSeen, anySeen, asLiquidText, type LiquidValue, piped, quoted, written } from "./liquid-values.ts";
import { asksEnvironment, lineOf, node, nodes, type TemplateNode, Untranslatable } from "./nunjucks-tree.ts";
import { member } from "./render-nunjucks.ts";

const LOOP: Readonly<Record<string, string>> = {
  index: "index",
  index0: "index0",
  revindex: "rindex",
  revindex0: "rindex0",
  first: "first",
  last: "last",
  length: "length",
};

/** Converts Nunjucks expressions to Liquid values. */
export class LiquidExpressions {
  readonly #scope: LiquidScope;
  readonly #conditions: LiquidConditions;

  constructor(scope: LiquidScope) {
    this.#scope = scope;
    this.#conditions = new LiquidConditions(scope, this);
  }

  /** A value, with a default for tests in which it is undefined. */
  value(one: TemplateNode): LiquidValue {
    const value = this.bare(one);
    if (value.filters.length > 0 || !anySeen(value, (seen) => seen === undefined)) return value;
    const filter = anySeen(value, (seen) => seen === false)
      ? 'default: "", allow_false: true'
      : 'default: ""';
    const seen = value.seen?.map((one) => one ?? "");
    return {
      ...piped(value, filter),
      kind: value.kind ?? (seen?.every((one) => typeof one === "string") ? "text" : undefined),
    };
  }

  bare(one: TemplateNode): LiquidValue {
    switch (one.typename) {
      case "Literal":
        return this.#literal(one);
      case "Symbol":
        return this.#symbol(one);
      case "LookupVal":
        return this.#lookup(one);
      case "Group":
        return this.bare((one.children ?? [])[0] as TemplateNode);
      case "Filter":
        return this.#filter(one);
      case "FunCall":
        return this.#call(one);
      case "InlineIf":
        return this.#chosen(one);
      case "Or":
        return this.#or(one);
      case "And":
      case "Not":
      case "Compare":
      case "In":
      case "Is":
        return this.#conditions.asValue(this.#conditions.of(one));
      default:
        return this.#arithmetic(one);
    }
  }

  #literal({ value }: TemplateNode): LiquidValue {
    if (typeof value !== "string")
      return {
        base: value === null ? "nil" : String(value),
        filters: [],
        seen: [value],
        kind: typeof value === "number" ? "number" : undefined,
      };
    const base = quoted(value);
    if (base !== undefined) return { base, filters: [], seen: [value], kind: "text" };
    return {
      ...this.#scope.made((name) => `{% capture ${name} %}${asLiquidText(value)}{% endcapture %}`),
      kind: "text",
      seen: [value],
    };
  }

  #symbol(one: TemplateNode): LiquidValue {
    const name = String(one.value);
    const local = this.#scope.locals.get(name);
    if (local !== undefined) return local;
    if (name === "env" && this.#scope.tests.every((vars) => vars.env === undefined))
      throw asksEnvironment(one);
    return { base: step("input", name), filters: [], seen: this.#scope.tests.map((vars) => vars[name]) };
  }

  #lookup(one: TemplateNode): LiquidValue {
    const target = node(one, "target");
    const key = node(one, "val");
    if (target.typename === "Symbol" && target.value === "loop" && !this.#scope.locals.has("loop")) {
      const word = LOOP[String(key.value)];
      if (word === undefined)
        throw new Untranslatable(`Liquid has no loop.${String(key.value)}`, lineOf(one));
      const isNumber = /index|length/.test(word);
      return {
        base: `forloop.${word}`,
        filters: [],
        ...(isNumber ? { kind: "number" } : { seen: [true, false] }),
      };
    }
    const whole = this.bare(target);
    const base = this.#scope.simple(whole);
    const seen = whole.filters.length === 0 ? whole.seen : undefined;
    if (key.typename !== "Literal")
      return { base: `${base}[${this.#scope.simple(this.value(key))}]`, filters: [] };
    if (key.value === "length" && !anySeen(whole, (seen) => member(seen, "length") === undefined))
      return piped({ base, filters: [] }, "size", "number");
    return {
      base: step(base, key.value as string | number),
      filters: [],
      seen: seen?.map((one) => member(one, key.value)),
    };
  }

  #filter(one: TemplateNode): LiquidValue {
    const name = String(node(one, "name").value);
    const [first, ...rest] = nodes(one, "args");
    if (first === undefined)
      throw new Untranslatable(`the filter "${name}" has nothing to work on`, lineOf(one));
    const args = rest.map((arg) => this.value(arg));
    if (name === "default" || name === "d") return this.#default(this.bare(first), args);
    const translate = Object.hasOwn(LIQUID_FILTERS, name) ? LIQUID_FILTERS[name] : undefined;
    if (translate === undefined) throw new Untranslatable(`Liquid has no filter "${name}"`, lineOf(one));
    return translate(this.value(first), args, this.#help(one));
  }

  #help(one: TemplateNode) {
    return {
      simple: (value: LiquidValue) => this.#scope.simple(value),
      made: (statements: (name: string) => string) => this.#scope.made(statements),
      refuse: (why: string): never => {
        throw new Untranslatable(`Liquid cannot express ${why}`, lineOf(one));
      },
    };
  }

  /**
   * Converts the filter `default`. In Nunjucks it replaces only undefined values, or every falsy value when its
   * second argument is `true`.
   */
  #default(value: LiquidValue, [instead, falsy]: readonly LiquidValue[]): LiquidValue {
    const other = instead === undefined ? '""' : this.#scope.simple(instead);
    const keepsEmpty = falsy === undefined && anySeen(value, (seen) => seen === "");
    if (!keepsEmpty) {
      const keepsFalse = falsy === undefined && anySeen(value, (seen) => seen === false);
      return piped(value, `default: ${other}${keepsFalse ? ", allow_false: true" : ""}`);
    }
    const name = this.#scope.simple(value);
    return this.#scope.made(
      (made) =>
        `{% if ${name} == nil %}{% assign ${made} = ${other} %}{% else %}{% assign ${made} = ${name} %}{% endif %}`,
    );
  }

  #call(one: TemplateNode): LiquidValue {
    const called = node(one, "name");
    const method = called.typename === "LookupVal" ? String(node(called, "val").value) : String(called.value);
    const translate =
      called.typename === "LookupVal" && Object.hasOwn(LIQUID_METHODS, method)
        ? LIQUID_METHODS[method]
        : undefined;
    if (translate === undefined) throw new Untranslatable(`Liquid cannot call ${method}()`, lineOf(one));
    const args = nodes(one, "args").map((arg) => this.value(arg));
    return translate(this.value(node(called, "target")), args, this.#help(one));
  }

  #chosen(one: TemplateNode): LiquidValue {
    const test = this.#conditions.of(node(one, "cond")).text;
    const body = written(this.value(node(one, "body")));
    const otherwise = one.else_ ? written(this.value(node(one, "else_"))) : '""';
    return this.#scope.made(
      (name) =>
        `{% if ${test} %}{% assign ${name} = ${body} %}{% else %}{% assign ${name} = ${otherwise} %}{% endif %}`,
    );
  }

  #or(one: TemplateNode): LiquidValue {
    const left = this.bare(node(one, "left"));
    return piped(left, `default: ${this.#scope.simple(this.value(node(one, "right")))}`);
  }

  #arithmetic(one: TemplateNode): LiquidValue {
    if (one.typename === "Neg") return piped(this.value(node(one, "target")), "times: -1", "number");
    if (!one.left || !one.right)
      throw new Untranslatable(`Liquid cannot express ${one.typename}`, lineOf(one));
    const left = this.value(node(one, "left"));
    const right = this.value(node(one, "right"));
    const filter = this.#operator(one, left, right);
    const isText = filter === "append";
    const made = piped(left, `${filter}: ${this.#scope.simple(right)}`, isText ? "text" : "number");
    return one.typename === "FloorDiv" ? piped(made, "floor", "number") : made;
  }

  #operator(one: TemplateNode, left: LiquidValue, right: LiquidValue): string {
    const known: Readonly<Record<string, string>> = {
      Concat: "append",
      Sub: "minus",
      Mul: "times",
      Div: "divided_by",
      FloorDiv: "divided_by",
      Mod: "modulo",
    };
    const word = known[one.typename];
    if (word !== undefined) return word;
    if (one.typename !== "Add")
      throw new Untranslatable(`Liquid cannot express ${one.typename}`, lineOf(one));
    const is = (value: LiquidValue, kind: "number" | "string"): boolean =>
      value.kind === (kind === "string" ? "text" : kind) ||
      (value.filters.length === 0 && allSeen(value, (seen) => typeof seen === kind));
    if (is(left, "number") && is(right, "number")) return "plus";
    if (is(left, "string") || is(right, "string")) return "append";
    throw new Untranslatable("it is not clear whether + adds numbers or joins texts", lineOf(one));
  }
}

function step(base: string, key: string | number): string {
  if (typeof key === "number") return `${base}[${key}]`;
  return /^[A-Za-z_][\w-]*$/.test(key) ? `${base}.${key}` : `${base}[${quoted(key) ?? '""'}]`;
}
