import * as z from "zod";
import { didYouMean } from "../domain/did-you-mean.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { RunEvent } from "./run-event.ts";

/** The options of every function. */
export interface CallOptions {
  /**
   * The folder in which the search for the project starts; parent folders are searched too. Absolute, or relative to
   * the current directory; default: the current directory.
   */
  readonly directory?: string | undefined;
  /** Environment variables, for instance API keys, to use instead of `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Called synchronously with each event, also for each trial, so it must be fast. If it throws, the work stops
   * and the call rejects.
   */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** Further options of functions that call models. */
export interface StoppableOptions extends CallOptions {
  /**
   * When aborted, no new trial is started. Trials in flight finish and are stored, and `runSuites({ resume: true })`
   * continues the run later.
   */
  readonly signal?: AbortSignal | undefined;
}

const isSignal = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;

export const text = z.string().min(1);
export const flag = z.boolean();

export const callOptions = {
  directory: text.optional(),
  env: z.record(z.string(), z.string().optional()).optional(),
  onEvent: z
    .custom<(event: RunEvent) => void>(
      (value) => typeof value === "function",
      "Invalid input: expected a function",
    )
    .optional(),
};

export const stoppableOptions = {
  ...callOptions,
  signal: z.custom<AbortSignal>(isSignal, "Invalid input: expected an AbortSignal").optional(),
};

/**
 * Validates options, because callers may not use TypeScript.
 *
 * @param name of the function that was called
 * @throws {EvalsError} EVALS_OPTION_INVALID with everything that is wrong
 */
export function readOptions<T>(name: string, schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  throw new EvalsError(
    parsed.error.issues.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => unknown(name, key, known))
        : [invalid(name, issue)],
    ),
  );
}

const WHY = "A misread option would do something other than what was meant.";

function unknown(name: string, key: string, known: readonly string[]): Problem {
  return {
    code: "EVALS_OPTION_INVALID",
    what: `${name} has no option "${key}".${didYouMean(key, known)}`,
    why: WHY,
    fix: `One of: ${known.join(", ")}`,
  };
}

function invalid(name: string, { path, message }: z.core.$ZodIssue): Problem {
  const [option] = path;
  return {
    code: "EVALS_OPTION_INVALID",
    what: `${name} cannot read its ${option === undefined ? "options" : `option "${path.join(".")}"`}: ${message}.`,
    why: WHY,
    fix: "Give another value; docs/library.md lists the options.",
  };
}
