import type { Json } from "../../../domain/json.ts";
import { LiquidConditions } from "./liquid-conditions.ts";
import { LiquidExpressions } from "./liquid-expressions.ts";
import { LiquidScope } from "./liquid-scope.ts";
import { anySeen, asLiquidText, type LiquidValue, piped, written } from "./liquid-values.ts";
import {
  lineOf,
  node,
  nodes,
  orUntranslatable,
  parseTemplate,
  type TemplateNode,
  Untranslatable,
} from "./nunjucks-tree.ts";

/**
 * Converts a Nunjucks template to Liquid by its syntax tree. The tests' variables become members of `input`. Their
 * values in the tests decide where a `default` is needed, and what an operator such as `+` means.
 *
 * @param tests the variables of every test that uses the template
 * @throws {Untranslatable} at the first construct that Liquid cannot express
 */
export function toLiquid(source: string, tests: readonly Readonly<Record<string, Json>>[]): string {
  return orUntranslatable(() => new Translation(tests).all(parseTemplate(source).children ?? []));
}

class Translation {
  readonly #scope: LiquidScope;
  readonly #values: LiquidExpressions;
  readonly #conditions: LiquidConditions;

  constructor(tests: readonly Readonly<Record<string, Json>>[]) {
    this.#scope = new LiquidScope(tests);
    this.#values = new LiquidExpressions(this.#scope);
    this.#conditions = new LiquidConditions(this.#scope, this.#values);
  }

  all(children: readonly TemplateNode[]): string {
    return children.map((child) => this.#statement(child)).join("");
  }

  /** A statement with the statements that must precede it. */
  #statement(one: TemplateNode): string {
    const outer = this.#scope.before;
    this.#scope.before = [];
    const text = this.#plain(one);
    const before = this.#scope.before.join("");
    this.#scope.before = outer;
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
      const test = this.#conditions.of(node(one, "cond")).text;
      const otherwise = one.else_ ? `{% else %}${this.#statement(output(node(one, "else_")))}` : "";
      return `{% if ${test} %}${this.#statement(output(node(one, "body")))}${otherwise}{% endif %}`;
    }
    const value = this.#values.value(one);
    if (value.filters.length === 0 && anySeen(value, Array.isArray))
      return `{{ ${written(piped(value, 'join: ","'))} }}`;
    const literal = one.typename === "Literal" && typeof one.value === "string";
    return literal ? asLiquidText(String(one.value)) : `{{ ${written(value)} }}`;
  }

  /** A plain `{% if not x %}` becomes `unless`. */
  #unless(one: TemplateNode): string | undefined {
    const test = node(one, "cond");
    if (test.typename !== "Not" || one.else_) return undefined;
    const { text } = this.#conditions.of(node(test, "target"));
    return `{% unless ${text} %}${this.#statement(node(one, "body"))}{% endunless %}`;
  }

  #if(one: TemplateNode, word: "if" | "elsif"): string {
    const test = this.#conditions.of(node(one, "cond")).text;
    const text = `{% ${word} ${test} %}${this.#statement(node(one, "body"))}`;
    if (!one.else_) return text;
    const otherwise = node(one, "else_");
    const [only, ...more] = otherwise.typename === "NodeList" ? (otherwise.children ?? []) : [otherwise];
    if (only?.typename !== "If" || more.length > 0) return `${text}{% else %}${this.#statement(otherwise)}`;
    const outer = this.#scope.before;
    this.#scope.before = [];
    const rest = this.#if(only, "elsif");
    const needsOwn = this.#scope.before.length > 0;
    this.#scope.before = outer;
    // Statements that the second condition needs must run only when the first is false. So they stand in an `else`, not
    // before the whole `if`.
    return needsOwn ? `${text}{% else %}${this.#statement(only)}` : text + rest;
  }

  #set(one: TemplateNode): string {
    const [target, ...more] = nodes(one, "targets");
    if (target === undefined || more.length > 0)
      throw new Untranslatable("Liquid cannot set several names in one {% set %}", lineOf(one));
    const name = String(target.value);
    if (!one.value) {
      const text = `{% capture ${name} %}${this.#statement(node(one, "body"))}{% endcapture %}`;
      this.#scope.locals.set(name, { base: name, filters: [], kind: "text" });
      return text;
    }
    const value = this.#values.value(node(one, "value"));
    this.#scope.locals.set(name, {
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
    const item = single ? (names[0] as string) : this.#scope.name();
    const saved = new Map(this.#scope.locals);
    for (const [at, key] of names.entries())
      this.#scope.locals.set(key, {
        base: single ? item : `${item}[${at}]`,
        filters: [],
        seen: single
          ? items.flatMap((list) => (Array.isArray(list) ? list : []))
          : items.flatMap((list) => parts(list, at)),
      });
    const body = this.#statement(node(one, "body"));
    this.#scope.locals.clear();
    for (const [key, value] of saved) this.#scope.locals.set(key, value);
    const otherwise = one.else_ ? `{% else %}${this.#statement(node(one, "else_"))}` : "";
    const loop = `{% for ${item} in ${this.#scope.simple(over)} %}${body}${otherwise}{% endfor %}`;
    return loose ? `{% if ${over.base} %}${loop}${otherwise}{% endif %}` : loop;
  }

  /** The list of a loop, including `range(n)`. */
  #list(one: TemplateNode): LiquidValue {
    const called = one.typename === "FunCall" ? node(one, "name") : undefined;
    if (called?.typename !== "Symbol" || called.value !== "range") return this.#values.bare(one);
    const [a, b, step] = nodes(one, "args").map((arg) => this.#values.value(arg));
    if (a === undefined || step !== undefined)
      throw new Untranslatable("Liquid has no range with a step", lineOf(one));
    const [from, to] = b === undefined ? ["0", a] : [this.#scope.simple(a), b];
    return { base: `(${from}..${this.#scope.simple(piped(to, "minus: 1", "number"))})`, filters: [] };
  }
}

const output = (one: TemplateNode): TemplateNode => ({
  typename: "Output",
  lineno: one.lineno,
  children: [one],
});

function parts(list: unknown, at: number): unknown[] {
  if (Array.isArray(list)) return list.map((one) => (Array.isArray(one) ? one[at] : undefined));
  if (list === null || typeof list !== "object") return [];
  return at === 0 ? Object.keys(list) : Object.values(list);
}
