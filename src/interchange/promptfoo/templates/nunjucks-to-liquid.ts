import type { Json } from "../../../domain/json.ts";
import { LIQUID_FILTERS, LIQUID_METHODS } from "./liquid-filters.ts";
import {
  allSeen,
  anySeen,
  asLiquidText,
  type LiquidCondition,
  type LiquidValue,
  piped,
  quoted,
  written,
} from "./liquid-values.ts";
import {
  lineOf,
  node,
  nodes,
  orUntranslatable,
  parseTemplate,
  type TemplateNode,
  Untranslatable,
} from "./nunjucks-tree.ts";
import { member } from "./render-nunjucks.ts";

/**
 * A Nunjucks template as Liquid, by its syntax tree. Names of the tests' variables become members of `input`. What they are in
 * the tests decides where a `default` is needed, and what a sign such as `+` means.
 *
 * @param tests the variables of every test that is asked with it
 * @throws {Untranslatable} at the first thing that Liquid cannot say
 */
export function toLiquid(source: string, tests: readonly Readonly<Record<string, Json>>[]): string {
  return orUntranslatable(() => new Translation(tests).all(parseTemplate(source).children ?? []));
}

const LOOP: Readonly<Record<string, string>> = {
  index: "index",
  index0: "index0",
  revindex: "rindex",
  revindex0: "rindex0",
  first: "first",
  last: "last",
  length: "length",
};

class Translation {
  readonly #tests: readonly Readonly<Record<string, Json>>[];
  readonly #locals = new Map<string, LiquidValue>();
  /** Statements that must be before what is being written. */
  #before: string[] = [];
  #names = 0;

  constructor(tests: readonly Readonly<Record<string, Json>>[]) {
    this.#tests = tests;
  }

  all(children: readonly TemplateNode[]): string {
    return children.map((child) => this.#statement(child)).join("");
  }

  /** A statement with what must be before it. */
  #statement(one: TemplateNode): string {
    const outer = this.#before;
    this.#before = [];
    const text = this.#plain(one);
    const before = this.#before.join("");
    this.#before = outer;
    return before + text;
  }

  #plain(one: TemplateNode): string {
    switch (one.typename) {
      case "Output":
        return (one.children ?? []).map((child) => this.#output(child)).join("");
      case "NodeList":
        return this.all(one.children ?? []);
      case "Capture":
        return this.#plain(node(one, "body"));
      case "If":
        return this.#unless(one) ?? `${this.#if(one, "if")}{% endif %}`;
      case "For":
        return this.#for(one);
      case "Set":
        return this.#set(one);
      default:
        throw new Untranslatable(`Liquid has no {% ${one.typename.toLowerCase()} %}`, lineOf(one));
    }
  }

  #output(one: TemplateNode): string {
    if (one.typename === "TemplateData") return asLiquidText(String(one.value));
    if (one.typename === "InlineIf") {
      const test = this.#condition(node(one, "cond")).text;
      const otherwise = one.else_ ? `{% else %}${this.#statement(output(node(one, "else_")))}` : "";
      return `{% if ${test} %}${this.#statement(output(node(one, "body")))}${otherwise}{% endif %}`;
    }
    const value = this.#value(one);
    if (value.filters.length === 0 && anySeen(value, Array.isArray))
      return `{{ ${written(piped(value, 'join: ","'))} }}`;
    const literal = one.typename === "Literal" && typeof one.value === "string";
    return literal ? asLiquidText(String(one.value)) : `{{ ${written(value)} }}`;
  }

  /** `{% if not x %}` without more is said in Liquid's own way. */
  #unless(one: TemplateNode): string | undefined {
    const test = node(one, "cond");
    if (test.typename !== "Not" || one.else_) return undefined;
    const { text } = this.#condition(node(test, "target"));
    return `{% unless ${text} %}${this.#statement(node(one, "body"))}{% endunless %}`;
  }

  #if(one: TemplateNode, word: "if" | "elsif"): string {
    const test = this.#condition(node(one, "cond")).text;
    const text = `{% ${word} ${test} %}${this.#statement(node(one, "body"))}`;
    if (!one.else_) return text;
    const otherwise = node(one, "else_");
    const [only, ...more] = otherwise.typename === "NodeList" ? (otherwise.children ?? []) : [otherwise];
    if (only?.typename !== "If" || more.length > 0) return `${text}{% else %}${this.#statement(otherwise)}`;
    const outer = this.#before;
    this.#before = [];
    const rest = this.#if(only, "elsif");
    const needsOwn = this.#before.length > 0;
    this.#before = outer;
    // What a second condition needs before it is made only where the first one fails.
    return needsOwn ? `${text}{% else %}${this.#statement(only)}` : text + rest;
  }

  #set(one: TemplateNode): string {
    const [target, ...more] = nodes(one, "targets");
    if (target === undefined || more.length > 0)
      throw new Untranslatable("several names in one {% set %}", lineOf(one));
    const name = String(target.value);
    if (!one.value) {
      const text = `{% capture ${name} %}${this.#statement(node(one, "body"))}{% endcapture %}`;
      this.#locals.set(name, { base: name, filters: [], kind: "text" });
      return text;
    }
    const value = this.#value(node(one, "value"));
    this.#locals.set(name, {
      base: name,
      filters: [],
      seen: value.filters.length === 0 ? value.seen : undefined,
      kind: value.kind,
    });
    return `{% assign ${name} = ${written(value)} %}`;
  }

  #for(one: TemplateNode): string {
    const over = this.#list(node(one, "arr"));
    const name = node(one, "name");
    const names =
      name.typename === "Array"
        ? (name.children ?? []).map((child) => String(child.value))
        : [String(name.value)];
    const items = over.filters.length === 0 ? (over.seen ?? []) : [];
    const loose = anySeen(over, (seen) => seen === undefined || seen === null);
    const single = names.length === 1;
    const item = single ? (names[0] as string) : this.#name();
    const saved = new Map(this.#locals);
    for (const [at, key] of names.entries())
      this.#locals.set(key, {
        base: single ? item : `${item}[${at}]`,
        filters: [],
        seen: single
          ? items.flatMap((list) => (Array.isArray(list) ? list : []))
          : items.flatMap((list) => parts(list, at)),
      });
    const body = this.#statement(node(one, "body"));
    this.#locals.clear();
    for (const [key, value] of saved) this.#locals.set(key, value);
    const otherwise = one.else_ ? `{% else %}${this.#statement(node(one, "else_"))}` : "";
    const loop = `{% for ${item} in ${this.#simple(over)} %}${body}${otherwise}{% endfor %}`;
    return loose ? `{% if ${over.base} %}${loop}${otherwise}{% endif %}` : loop;
  }

  /** What a loop goes over: `range(n)` too. */
  #list(one: TemplateNode): LiquidValue {
    const called = one.typename === "FunCall" ? node(one, "name") : undefined;
    if (called?.typename !== "Symbol" || called.value !== "range") return this.#bare(one);
    const [a, b, step] = nodes(one, "args").map((arg) => this.#value(arg));
    if (a === undefined || step !== undefined) throw new Untranslatable("a range with steps", lineOf(one));
    const [from, to] = b === undefined ? ["0", a] : [this.#simple(a), b];
    return { base: `(${from}..${this.#simple(piped(to, "minus: 1", "number"))})`, filters: [] };
  }

  /** A value with what stands in for it where a test does not have it. */
  #value(one: TemplateNode): LiquidValue {
    const value = this.#bare(one);
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

  #bare(one: TemplateNode): LiquidValue {
    switch (one.typename) {
      case "Literal":
        return this.#literal(one);
      case "Symbol":
        return this.#symbol(one);
      case "LookupVal":
        return this.#lookup(one);
      case "Group":
        return this.#bare((one.children ?? [])[0] as TemplateNode);
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
        return this.#truth(this.#condition(one));
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
      ...this.#made((name) => `{% capture ${name} %}${asLiquidText(value)}{% endcapture %}`),
      kind: "text",
      seen: [value],
    };
  }

  #symbol(one: TemplateNode): LiquidValue {
    const name = String(one.value);
    const local = this.#locals.get(name);
    if (local !== undefined) return local;
    if (name === "env" && this.#tests.every((vars) => vars.env === undefined))
      throw new Untranslatable("it asks the environment, which no fingerprint could cover", lineOf(one));
    return { base: step("input", name), filters: [], seen: this.#tests.map((vars) => vars[name]) };
  }

  #lookup(one: TemplateNode): LiquidValue {
    const target = node(one, "target");
    const key = node(one, "val");
    if (target.typename === "Symbol" && target.value === "loop" && !this.#locals.has("loop")) {
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
    const whole = this.#bare(target);
    const base = this.#simple(whole);
    const seen = whole.filters.length === 0 ? whole.seen : undefined;
    if (key.typename !== "Literal")
      return { base: `${base}[${this.#simple(this.#value(key))}]`, filters: [] };
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
    const args = rest.map((arg) => this.#value(arg));
    if (name === "default" || name === "d") return this.#default(this.#bare(first), args);
    const translate = Object.hasOwn(LIQUID_FILTERS, name) ? LIQUID_FILTERS[name] : undefined;
    if (translate === undefined) throw new Untranslatable(`Liquid has no filter "${name}"`, lineOf(one));
    return translate(this.#value(first), args, this.#help(one));
  }

  #help(one: TemplateNode) {
    return {
      simple: (value: LiquidValue) => this.#simple(value),
      made: (statements: (name: string) => string) => this.#made(statements),
      refuse: (why: string): never => {
        throw new Untranslatable(`Liquid cannot say ${why}`, lineOf(one));
      },
    };
  }

  /** Nunjucks replaces only what is undefined, or with `true` whatever counts as false. */
  #default(value: LiquidValue, [instead, falsy]: readonly LiquidValue[]): LiquidValue {
    const other = instead === undefined ? '""' : this.#simple(instead);
    const keepsEmpty = falsy === undefined && anySeen(value, (seen) => seen === "");
    if (!keepsEmpty) {
      const keepsFalse = falsy === undefined && anySeen(value, (seen) => seen === false);
      return piped(value, `default: ${other}${keepsFalse ? ", allow_false: true" : ""}`);
    }
    const name = this.#simple(value);
    return this.#made(
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
    const args = nodes(one, "args").map((arg) => this.#value(arg));
    return translate(this.#value(node(called, "target")), args, this.#help(one));
  }

  #chosen(one: TemplateNode): LiquidValue {
    const test = this.#condition(node(one, "cond")).text;
    const body = written(this.#value(node(one, "body")));
    const otherwise = one.else_ ? written(this.#value(node(one, "else_"))) : '""';
    return this.#made(
      (name) =>
        `{% if ${test} %}{% assign ${name} = ${body} %}{% else %}{% assign ${name} = ${otherwise} %}{% endif %}`,
    );
  }

  #or(one: TemplateNode): LiquidValue {
    const left = this.#bare(node(one, "left"));
    return piped(left, `default: ${this.#simple(this.#value(node(one, "right")))}`);
  }

  #truth({ text }: LiquidCondition): LiquidValue {
    return this.#made(
      (name) =>
        `{% if ${text} %}{% assign ${name} = true %}{% else %}{% assign ${name} = false %}{% endif %}`,
    );
  }

  #arithmetic(one: TemplateNode): LiquidValue {
    if (one.typename === "Neg") return piped(this.#value(node(one, "target")), "times: -1", "number");
    if (!one.left || !one.right) throw new Untranslatable(`Liquid cannot say ${one.typename}`, lineOf(one));
    const left = this.#value(node(one, "left"));
    const right = this.#value(node(one, "right"));
    const filter = this.#operator(one, left, right);
    const isText = filter === "append";
    const made = piped(left, `${filter}: ${this.#simple(right)}`, isText ? "text" : "number");
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
    if (one.typename !== "Add") throw new Untranslatable(`Liquid cannot say ${one.typename}`, lineOf(one));
    const is = (value: LiquidValue, kind: "number" | "string"): boolean =>
      value.kind === (kind === "string" ? "text" : kind) ||
      (value.filters.length === 0 && allSeen(value, (seen) => typeof seen === kind));
    if (is(left, "number") && is(right, "number")) return "plus";
    if (is(left, "string") || is(right, "string")) return "append";
    throw new Untranslatable("whether + adds numbers or joins texts does not show", lineOf(one));
  }

  #condition(one: TemplateNode): LiquidCondition {
    switch (one.typename) {
      case "Group":
        return this.#condition((one.children ?? [])[0] as TemplateNode);
      case "And":
        return this.#joined("and", one);
      case "Or":
        return this.#joined("or", one);
      case "Not":
        return this.#not(this.#condition(node(one, "target")));
      case "Compare":
        return this.#compare(one);
      case "In":
        return this.#in(one);
      case "Is":
        return this.#is(one);
      case "FunCall":
        return this.#asked(one) ?? this.#truthy(this.#value(one));
      default:
        return this.#truthy(this.#bare(one));
    }
  }

  #joined(word: "and" | "or", one: TemplateNode): LiquidCondition {
    const sides = [node(one, "left"), node(one, "right")].map((side) => {
      const test = this.#condition(side);
      return test.joined === "one" || test.joined === word ? test.text : this.#truth(test).base;
    });
    return { text: sides.join(` ${word} `), joined: word };
  }

  #not(test: LiquidCondition): LiquidCondition {
    const turned = /^(\S+) (==|!=) (\S+)$/.exec(test.text);
    if (test.joined === "one" && turned !== null)
      return { text: `${turned[1]} ${turned[2] === "==" ? "!=" : "=="} ${turned[3]}`, joined: "one" };
    return { text: `${this.#truth(test).base} == false`, joined: "one" };
  }

  #compare(one: TemplateNode): LiquidCondition {
    let left = this.#simple(this.#bare(node(one, "expr")));
    const parts = nodes(one, "ops").map((op) => {
      const right = this.#simple(this.#bare(node(op, "expr")));
      const text = `${left} ${String(op.type).replace(/^([=!])==$/, "$1=")} ${right}`;
      left = right;
      return text;
    });
    return { text: parts.join(" and "), joined: parts.length === 1 ? "one" : "and" };
  }

  #in(one: TemplateNode): LiquidCondition {
    const left = this.#simple(this.#bare(node(one, "left")));
    const right = node(one, "right");
    if (right.typename === "Array") {
      const items = (right.children ?? []).map((child) => `${left} == ${this.#simple(this.#value(child))}`);
      return { text: items.join(" or ") || "false", joined: items.length > 1 ? "or" : "one" };
    }
    const whole = this.#bare(right);
    if (anySeen(whole, (seen) => seen !== null && typeof seen === "object" && !Array.isArray(seen)))
      throw new Untranslatable("Liquid cannot ask for a key of an object", lineOf(one));
    return { text: `${this.#simple(whole)} contains ${left}`, joined: "one" };
  }

  #is(one: TemplateNode): LiquidCondition {
    const left = this.#simple(this.#bare(node(one, "left")));
    const test = String(node(one, "right").value);
    if (test === "defined") return { text: `${left} != nil`, joined: "one" };
    if (test === "undefined" || test === "none" || test === "null")
      return { text: `${left} == nil`, joined: "one" };
    throw new Untranslatable(`Liquid has no test "is ${test}"`, lineOf(one));
  }

  /** `list.includes(x)`. */
  #asked(one: TemplateNode): LiquidCondition | undefined {
    const called = node(one, "name");
    const [arg] = nodes(one, "args");
    if (called.typename !== "LookupVal" || node(called, "val").value !== "includes" || arg === undefined)
      return undefined;
    return {
      text: `${this.#simple(this.#bare(node(called, "target")))} contains ${this.#simple(this.#value(arg))}`,
      joined: "one",
    };
  }

  /** In Liquid only false and nothing are false; an empty text and 0 are false in Nunjucks too. */
  #truthy(value: LiquidValue): LiquidCondition {
    const name = this.#simple(value);
    const known = value.filters.length === 0 && value.seen !== undefined;
    const empty = known ? anySeen(value, (seen) => seen === "") : value.kind !== "number";
    const zero = known ? anySeen(value, (seen) => seen === 0) : value.kind !== "text";
    const text = [name, ...(empty ? [`${name} != ""`] : []), ...(zero ? [`${name} != 0`] : [])].join(" and ");
    return { text, joined: empty || zero ? "and" : "one" };
  }

  /** A name or a literal for a value with filters. */
  #simple(value: LiquidValue): string {
    if (value.filters.length === 0) return value.base;
    return this.#made((name) => `{% assign ${name} = ${written(value)} %}`).base;
  }

  #made(statements: (name: string) => string): LiquidValue {
    const name = this.#name();
    this.#before.push(statements(name));
    return { base: name, filters: [] };
  }

  #name(): string {
    this.#names++;
    return `part${this.#names}`;
  }
}

const output = (one: TemplateNode): TemplateNode => ({
  typename: "Output",
  lineno: one.lineno,
  children: [one],
});

function step(base: string, key: string | number): string {
  if (typeof key === "number") return `${base}[${key}]`;
  return /^[A-Za-z_][\w-]*$/.test(key) ? `${base}.${key}` : `${base}[${quoted(key) ?? '""'}]`;
}

function parts(list: unknown, at: number): unknown[] {
  if (Array.isArray(list)) return list.map((one) => (Array.isArray(one) ? one[at] : undefined));
  if (list === null || typeof list !== "object") return [];
  return at === 0 ? Object.keys(list) : Object.values(list);
}
