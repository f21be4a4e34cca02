/** A compiled template: renders, or throws `UndefinedInTemplate` or `TemplateFailure`. */
export type Template = (scope: object) => string;

/**
 * Thrown when `{{ … }}` uses a variable that the case does not have. Line and column are within the template,
 * from 1.
 */
export class UndefinedInTemplate extends Error {
  readonly variable: string;
  readonly line: number;
  readonly column: number;

  constructor(variable: string, line: number, column: number, options?: ErrorOptions) {
    super(`undefined: ${variable}`, options);
    this.variable = variable;
    this.line = line;
    this.column = column;
  }
}

/** A template that is invalid or failed during rendering. Locations as in `UndefinedInTemplate`. */
export class TemplateFailure extends Error {
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number, options?: ErrorOptions) {
    super(message, options);
    this.line = line;
    this.column = column;
  }
}

/** A template that uses the current time: each rendering would be a different request. */
export class ClockFailure extends TemplateFailure {}

/** How to fix a template that asks for the current time; shown in the problem. */
export const CLOCK_FIX =
  "Write {{ clock }} instead, and set its value: clock: 2026-11-29T09:00Z (in the suite, or in evalconfig.yaml for all suites).";
