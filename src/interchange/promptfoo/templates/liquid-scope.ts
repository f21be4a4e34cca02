import type { Json } from "../../../domain/json.ts";
import { type LiquidValue, written } from "./liquid-values.ts";
import type { TemplateNode } from "./nunjucks-tree.ts";

/** What expressions are in Liquid. */
export interface ExpressionValues {
  /** With what stands in for it where a test does not have it. */
  value(one: TemplateNode): LiquidValue;
  bare(one: TemplateNode): LiquidValue;
}

/** What is known at one place of a template that is being made: the tests' variables, and what was set before it. */
export class LiquidScope {
  readonly tests: readonly Readonly<Record<string, Json>>[];
  readonly locals = new Map<string, LiquidValue>();
  /** Statements that must be before what is being written. */
  before: string[] = [];
  #names = 0;

  constructor(tests: readonly Readonly<Record<string, Json>>[]) {
    this.tests = tests;
  }

  /** A name or a literal for a value with filters. */
  simple(value: LiquidValue): string {
    if (value.filters.length === 0) return value.base;
    return this.made((name) => `{% assign ${name} = ${written(value)} %}`).base;
  }

  /** A value that statements before it give a name. */
  made(statements: (name: string) => string): LiquidValue {
    const name = this.name();
    this.before.push(statements(name));
    return { base: name, filters: [] };
  }

  /** A name that nothing else has. */
  name(): string {
    this.#names++;
    return `part${this.#names}`;
  }
}
