import type { Json } from "../../../domain/json.ts";
import { type LiquidValue, written } from "./liquid-values.ts";
import type { TemplateNode } from "./nunjucks-tree.ts";

/** Converts expressions to Liquid. */
export interface ExpressionValues {
  /** A value, with a default for tests in which it is undefined. */
  value(one: TemplateNode): LiquidValue;
  /** A value without that default. */
  bare(one: TemplateNode): LiquidValue;
}

/** The context at one point of a template: the tests' variables, and assignments made before. */
export class LiquidScope {
  readonly tests: readonly Readonly<Record<string, Json>>[];
  readonly locals = new Map<string, LiquidValue>();
  /** Statements that must come before the current text. */
  before: string[] = [];
  #names = 0;

  constructor(tests: readonly Readonly<Record<string, Json>>[]) {
    this.tests = tests;
  }

  /** A name or literal for a value. For a value with filters, a preceding statement assigns it to a name. */
  simple(value: LiquidValue): string {
    if (value.filters.length === 0) return value.base;
    return this.made((name) => `{% assign ${name} = ${written(value)} %}`).base;
  }

  /** A value that preceding statements assign to a name. */
  made(statements: (name: string) => string): LiquidValue {
    const name = this.name();
    this.before.push(statements(name));
    return { base: name, filters: [] };
  }

  /** A unique name. */
  name(): string {
    this.#names++;
    return `part${this.#names}`;
  }
}
