import * as z from "zod";
import { didYouMean } from "../domain/did-you-mean.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { RunEvent } from "./run-event.ts";

/** What every function takes. */
export interface CallOptions {
  /** Where the project is, upward from here; absolute, or relative to the current directory, which is the default. */
  readonly directory?: string | undefined;
  /** Variables with keys, in place of `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Called at once, and for each trial: it must be quick. What it throws stops the work and rejects the call. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** What a function that asks models takes beside. */
export interface StoppableOptions extends CallOptions {
  /** Aborted: no new trial is asked, those in flight finish and are kept; `resume` goes on. */
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
 * Reads what a caller handed over, who may not use TypeScript.
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

const WHY = "An option that is read wrong would do something else than was meant.";

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
