import { parse } from "nunjucks/src/parser.js";

/** A node of a Nunjucks template; further members depend on its `typename`. */
export interface TemplateNode {
  readonly typename: string;
  /** From 0. */
  readonly lineno: number;
  readonly value?: unknown;
  readonly children?: readonly TemplateNode[];
  readonly [field: string]: unknown;
}

/** A part of a template that cannot be converted. */
export class Untranslatable extends Error {
  /** Line in the template, from 1. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** Parses a template. @throws {Untranslatable} for invalid Nunjucks */
export function parseTemplate(source: string): TemplateNode {
  try {
    return parse(source) as TemplateNode;
  } catch (error) {
    const { message = "", lineno = 0 } = error as { message?: string; lineno?: number };
    throw new Untranslatable(`it is not valid Nunjucks: ${message.split("\n").pop()?.trim()}`, lineno + 1);
  }
}

/** Runs work on a template. @throws {Untranslatable} instead of any error of the work */
export function orUntranslatable<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Untranslatable) throw error;
    throw new Untranslatable(`it fails: ${(error as Error).message}`, 1);
  }
}

/** Whether a text contains Nunjucks syntax. */
export const hasTemplate = (text: string): boolean => /\{\{|\{%|\{#/.test(text);

export const asksEnvironment = (one: TemplateNode): Untranslatable =>
  new Untranslatable("it reads a variable of the environment, which no fingerprint could cover", lineOf(one));

/** A member that is a node. */
export function node(of: TemplateNode, field: string): TemplateNode {
  return of[field] as TemplateNode;
}

/** A member that is a list of nodes: `ops`, `targets`, the arguments of a filter or call. */
export function nodes(of: TemplateNode, field: string): readonly TemplateNode[] {
  const value = of[field];
  if (Array.isArray(value)) return value as TemplateNode[];
  return (value as TemplateNode | undefined)?.children ?? [];
}

/** Line of a node in the template, from 1. */
export const lineOf = ({ lineno }: TemplateNode): number => lineno + 1;
