import type { ExpressionValues, LiquidScope } from "./liquid-scope.ts";
import { anySeen, type LiquidCondition, type LiquidValue } from "./liquid-values.ts";
import { lineOf, node, nodes, type TemplateNode, Untranslatable } from "./nunjucks-tree.ts";

/**
 * Converts Nunjucks conditions to Liquid. Liquid has no parentheses in conditions, and counts fewer values as
 * false.
 */
export class LiquidConditions {
  readonly #scope: LiquidScope;
  readonly #values: ExpressionValues;

  constructor(scope: LiquidScope, values: ExpressionValues) {
    this.#scope = scope;
    this.#values = values;
  }

  /** Converts a condition at a place where a value is needed. */
  asValue({ text }: LiquidCondition): LiquidValue {
    return this.#scope.made(
      (name) =>
        `{% if ${text} %}{% assign ${name} = true %}{% else %}{% assign ${name} = false %}{% endif %}`,
    );
  }
  of(one: TemplateNode): LiquidCondition {
    switch (one.typename) {
      case "Group":
        return this.of((one.children ?? [])[0] as TemplateNode);
      case "And":
        return this.#joined("and", one);
      case "Or":
        return this.#joined("or", one);
      case "Not":
        return this.#not(this.of(node(one, "target")));
      case "Compare":
        return this.#compare(one);
      case "In":
        return this.#in(one);
      case "Is":
        return this.#is(one);
      case "FunCall":
        return this.#asked(one) ?? this.#truthy(this.#values.value(one));
      default:
        return this.#truthy(this.#values.bare(one));
    }
  }

  #joined(word: "and" | "or", one: TemplateNode): LiquidCondition {
    const sides = [node(one, "left"), node(one, "right")].map((side) => {
      const test = this.of(side);
      return test.joined === "one" || test.joined === word ? test.text : this.asValue(test).base;
    });
    return { text: sides.join(` ${word} `), joined: word };
  }

  #not(test: LiquidCondition): LiquidCondition {
    const turned = /^(\S+) (==|!=) (\S+)$/.exec(test.text);
    if (test.joined === "one" && turned !== null)
      return { text: `${turned[1]} ${turned[2] === "==" ? "!=" : "=="} ${turned[3]}`, joined: "one" };
    return { text: `${this.asValue(test).base} == false`, joined: "one" };
  }

  #compare(one: TemplateNode): LiquidCondition {
    let left = this.#scope.simple(this.#values.bare(node(one, "expr")));
    const parts = nodes(one, "ops").map((op) => {
      const right = this.#scope.simple(this.#values.bare(node(op, "expr")));
      const text = `${left} ${String(op.type).replace(/^([=!])==$/, "$1=")} ${right}`;
      left = right;
      return text;
    });
    return { text: parts.join(" and "), joined: parts.length === 1 ? "one" : "and" };
  }

  #in(one: TemplateNode): LiquidCondition {
    const left = this.#scope.simple(this.#values.bare(node(one, "left")));
    const right = node(one, "right");
    if (right.typename === "Array") {
      const items = (right.children ?? []).map(
        (child) => `${left} == ${this.#scope.simple(this.#values.value(child))}`,
      );
      return { text: items.join(" or ") || "false", joined: items.length > 1 ? "or" : "one" };
    }
    const whole = this.#values.bare(right);
    if (anySeen(whole, (seen) => seen !== null && typeof seen === "object" && !Array.isArray(seen)))
      throw new Untranslatable("Liquid cannot ask whether an object has a key", lineOf(one));
    return { text: `${this.#scope.simple(whole)} contains ${left}`, joined: "one" };
  }

  #is(one: TemplateNode): LiquidCondition {
    const left = this.#scope.simple(this.#values.bare(node(one, "left")));
    const test = String(node(one, "right").value);
    if (test === "defined") return { text: `${left} != nil`, joined: "one" };
    if (test === "undefined" || test === "none" || test === "null")
      return { text: `${left} == nil`, joined: "one" };
    throw new Untranslatable(`Liquid has no test "is ${test}"`, lineOf(one));
  }

  /** Converts `list.includes(x)`; undefined for any other call. */
  #asked(one: TemplateNode): LiquidCondition | undefined {
    const called = node(one, "name");
    const [arg] = nodes(one, "args");
    if (called.typename !== "LookupVal" || node(called, "val").value !== "includes" || arg === undefined)
      return undefined;
    return {
      text: `${this.#scope.simple(this.#values.bare(node(called, "target")))} contains ${this.#scope.simple(this.#values.value(arg))}`,
      joined: "one",
    };
  }

  /** In Liquid only false and nil are falsy; in Nunjucks empty text and 0 are too. */
  #truthy(value: LiquidValue): LiquidCondition {
    const name = this.#scope.simple(value);
    const known = value.filters.length === 0 && value.seen !== undefined;
    const empty = known ? anySeen(value, (seen) => seen === "") : value.kind !== "number";
    const zero = known ? anySeen(value, (seen) => seen === 0) : value.kind !== "text";
    const text = [name, ...(empty ? [`${name} != ""`] : []), ...(zero ? [`${name} != 0`] : [])].join(" and ");
    return { text, joined: empty || zero ? "and" : "one" };
  }
}
