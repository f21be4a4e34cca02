import type { Json } from "../../../domain/json.ts";
import { FILTERS, METHODS, printed } from "./nunjucks-filters.ts";
import {
  asksEnvironment,
  lineOf,
  node,
  nodes,
  orUntranslatable,
  parseTemplate,
  type TemplateNode,
  Untranslatable,
} from "./nunjucks-tree.ts";

type Value = unknown;
type Scope = Map<string, Value>;

/**
 * Renders a template like Nunjucks with promptfoo's settings: no escaping, and an undefined value prints nothing.
 * Only own members of values are accessible.
 *
 * @throws {Untranslatable} for unsupported constructs
 */
export function renderNunjucks(source: string, vars: Readonly<Record<string, Json>>): string {
  return renderTree(parseTemplate(source), vars);
}

/** Renders a parsed template like `renderNunjucks`. */
export function renderTree(tree: TemplateNode, vars: Readonly<Record<string, Json>>): string {
  return orUntranslatable(() => renderAll(tree.children ?? [], new Map(Object.entries(vars))));
}

function renderAll(children: readonly TemplateNode[], scope: Scope): string {
  return children.map((child) => renderNode(child, scope)).join("");
}

function renderNode(one: TemplateNode, scope: Scope): string {
  switch (one.typename) {
    case "Output":
      return (one.children ?? [])
        .map((child) =>
          child.typename === "TemplateData" ? String(child.value) : printed(evaluate(child, scope)),
        )
        .join("");
    case "NodeList":
      return renderAll(one.children ?? [], scope);
    case "Capture":
      return renderNode(node(one, "body"), scope);
    case "If":
      if (evaluate(node(one, "cond"), scope)) return renderNode(node(one, "body"), scope);
      return one.else_ ? renderNode(node(one, "else_"), scope) : "";
    case "For":
      return renderFor(one, scope);
    case "Set":
      set(one, scope);
      return "";
    default:
      throw new Untranslatable(`{% ${one.typename.toLowerCase()} %} is not supported`, lineOf(one));
  }
}

function set(one: TemplateNode, scope: Scope): void {
  const value = one.value ? evaluate(node(one, "value"), scope) : renderNode(node(one, "body"), scope);
  for (const target of nodes(one, "targets")) scope.set(String(target.value), value);
}

function renderFor(one: TemplateNode, scope: Scope): string {
  const over = evaluate(node(one, "arr"), scope);
  const name = node(one, "name");
  const names =
    name.typename === "Array"
      ? (name.children ?? []).map((child) => String(child.value))
      : [String(name.value)];
  const items = itemsOf(over, names.length > 1);
  if (items.length === 0) return one.else_ ? renderNode(node(one, "else_"), scope) : "";
  const inner: Scope = new Map(scope);
  return items
    .map((item, index) => {
      for (const [at, key] of names.entries())
        inner.set(key, names.length > 1 ? (item as readonly Value[])[at] : item);
      inner.set("loop", {
        index: index + 1,
        index0: index,
        revindex: items.length - index,
        revindex0: items.length - index - 1,
        first: index === 0,
        last: index === items.length - 1,
        length: items.length,
      });
      return renderNode(node(one, "body"), inner);
    })
    .join("");
}

function itemsOf(over: Value, pairs: boolean): readonly Value[] {
  if (Array.isArray(over)) return over;
  if (over === null || typeof over !== "object") return [];
  return pairs ? Object.entries(over) : [];
}

function evaluate(one: TemplateNode, scope: Scope): Value {
  switch (one.typename) {
    case "Literal":
      return one.value;
    case "Symbol":
      if (one.value === "env" && !scope.has("env")) throw asksEnvironment(one);
      return scope.get(String(one.value));
    case "Group":
      return evaluate(only(one), scope);
    case "Array":
      return (one.children ?? []).map((child) => evaluate(child, scope));
    case "Dict":
      return Object.fromEntries(
        (one.children ?? []).map((pair) => [
          keyOf(node(pair, "key"), scope),
          evaluate(node(pair, "value"), scope),
        ]),
      );
    case "LookupVal":
      return member(evaluate(node(one, "target"), scope), evaluate(node(one, "val"), scope));
    case "InlineIf":
      if (evaluate(node(one, "cond"), scope)) return evaluate(node(one, "body"), scope);
      return one.else_ ? evaluate(node(one, "else_"), scope) : "";
    case "Filter":
      return filtered(one, scope);
    case "FunCall":
      return called(one, scope);
    case "Not":
      return !evaluate(node(one, "target"), scope);
    case "Neg":
      return -Number(evaluate(node(one, "target"), scope));
    case "Pos":
      return Number(evaluate(node(one, "target"), scope));
    case "Compare":
      return compared(one, scope);
    case "In":
      return contains(evaluate(node(one, "right"), scope), evaluate(node(one, "left"), scope));
    case "Is":
      return is(one, scope);
    case "And":
      return evaluate(node(one, "left"), scope) && evaluate(node(one, "right"), scope);
    case "Or":
      return evaluate(node(one, "left"), scope) || evaluate(node(one, "right"), scope);
    default:
      return arithmetic(one, scope);
  }
}

function only(one: TemplateNode): TemplateNode {
  const [child, ...more] = one.children ?? [];
  if (child === undefined || more.length > 0)
    throw new Untranslatable("a list in parentheses is not supported", lineOf(one));
  return child;
}

const keyOf = (key: TemplateNode, scope: Scope): string =>
  key.typename === "Symbol" ? String(key.value) : String(evaluate(key, scope));

/** An own member of a value, or the length of a text or list; else undefined. */
export function member(of: Value, name: Value): Value {
  if (of === null || of === undefined) return undefined;
  if (name === "length" && (typeof of === "string" || Array.isArray(of))) return of.length;
  const whole = Object(of) as Record<string, Value>;
  return Object.hasOwn(whole, String(name)) ? whole[String(name)] : undefined;
}

function filtered(one: TemplateNode, scope: Scope): Value {
  const name = String(node(one, "name").value);
  const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
  if (filter === undefined) throw new Untranslatable(`the filter "${name}" is not supported`, lineOf(one));
  const [first, ...rest] = nodes(one, "args");
  if (first === undefined)
    throw new Untranslatable(`the filter "${name}" has nothing to work on`, lineOf(one));
  return filter(evaluate(first, scope), ...argumentsOf(rest, scope));
}

function argumentsOf(given: readonly TemplateNode[], scope: Scope): Value[] {
  return given.map((one) => {
    if (one.typename === "KeywordArgs")
      throw new Untranslatable("a named argument is not supported", lineOf(one));
    return evaluate(one, scope);
  });
}

function called(one: TemplateNode, scope: Scope): Value {
  const name = node(one, "name");
  const args = argumentsOf(nodes(one, "args"), scope);
  if (name.typename === "Symbol" && name.value === "range") return range(args.map(Number));
  const method = name.typename === "LookupVal" ? String(node(name, "val").value) : "";
  const work = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (work === undefined) throw new Untranslatable("a call is not supported", lineOf(one));
  return work(evaluate(node(name, "target"), scope), ...args);
}

const LONGEST_RANGE = 10_000;

function range([a = 0, b, step = 1]: readonly number[]): number[] {
  const [from, to] = b === undefined ? [0, a] : [a, b];
  const count = Math.min(LONGEST_RANGE, Math.max(0, Math.ceil((to - from) / step)));
  return Array.from({ length: count }, (_, index) => from + index * step);
}

function compared(one: TemplateNode, scope: Scope): boolean {
  let left = evaluate(node(one, "expr"), scope);
  return nodes(one, "ops").every((op) => {
    const right = evaluate(node(op, "expr"), scope);
    const holds = compare(String(op.type), left, right, op);
    left = right;
    return holds;
  });
}

function compare(op: string, left: Value, right: Value, at: TemplateNode): boolean {
  const [a, b] = [left as number, right as number];
  switch (op) {
    case "==":
      // biome-ignore lint/suspicious/noDoubleEquals: what Nunjucks compares with
      return left == right;
    case "!=":
      // biome-ignore lint/suspicious/noDoubleEquals: what Nunjucks compares with
      return left != right;
    case "===":
      return left === right;
    case "!==":
      return left !== right;
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    case ">=":
      return a >= b;
    default:
      throw new Untranslatable(`"${op}" is not supported`, lineOf(at));
  }
}

function contains(whole: Value, part: Value): boolean {
  if (typeof whole === "string") return whole.includes(String(part));
  if (Array.isArray(whole)) return whole.includes(part);
  return whole !== null && typeof whole === "object" && Object.hasOwn(whole, String(part));
}

function is(one: TemplateNode, scope: Scope): boolean {
  const left = evaluate(node(one, "left"), scope);
  const test = String(node(one, "right").value);
  switch (test) {
    case "defined":
      return left !== undefined;
    case "undefined":
      return left === undefined;
    case "none":
    case "null":
      return left === null;
    case "string":
      return typeof left === "string";
    case "number":
      return typeof left === "number";
    default:
      throw new Untranslatable(`the test "is ${test}" is not supported`, lineOf(one));
  }
}

function arithmetic(one: TemplateNode, scope: Scope): Value {
  if (one.left === undefined || one.right === undefined)
    throw new Untranslatable(`${one.typename} is not supported`, lineOf(one));
  const left = evaluate(node(one, "left"), scope);
  const right = evaluate(node(one, "right"), scope);
  const [a, b] = [left as number, right as number];
  switch (one.typename) {
    case "Add":
      return a + b;
    case "Concat":
      return `${printed(left)}${printed(right)}`;
    case "Sub":
      return a - b;
    case "Mul":
      return a * b;
    case "Div":
      return a / b;
    case "FloorDiv":
      return Math.floor(a / b);
    case "Mod":
      return a % b;
    case "Pow":
      return a ** b;
    default:
      throw new Untranslatable(`${one.typename} is not supported`, lineOf(one));
  }
}
