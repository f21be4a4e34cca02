import type * as z from "zod";
import { ONCE } from "../../domain/parse-once.ts";
import { EvalsError } from "../../domain/problem.ts";
import { refuseConflicts } from "./conflicting-options.ts";
import type { RunRequest } from "./run-request.ts";

const EXPECTED: Readonly<Record<string, string>> = {
  trials: "a whole number from 1 to 1000",
  shard: "i/n with 1 ≤ i ≤ n, for instance 2/5",
  concurrency: "a whole number from 1 to 10000",
  text: "one word or more",
  retry: "the word errored",
  budget: "an amount in US dollars above 0, for instance 0.50",
};

/**
 * Reads the options of a run as they were typed.
 *
 * @param schema schema of a run request, which may have further options
 * @throws {EvalsError} EVALS_OPTION_INVALID with every option that cannot be read, EVALS_OPTION_CONFLICT
 */
export function readRequest<Request extends RunRequest>(schema: z.ZodType<Request>, typed: unknown): Request {
  const parsed = schema.safeParse(typed, ONCE);
  if (!parsed.success) {
    const names = new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? "")));
    throw new EvalsError(
      Array.from(names, (name) => ({
        code: "EVALS_OPTION_INVALID",
        what: `--${name} is not ${EXPECTED[name] ?? "valid"}.`,
        why: "A misread option would run something other than you meant.",
        fix: `Give ${EXPECTED[name] ?? "another value"}; see \`evals run --help\``,
      })),
    );
  }
  refuseConflicts(parsed.data);
  return parsed.data;
}
