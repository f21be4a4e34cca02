import type { Case } from "../../domain/case.ts";
import type { Json } from "../../domain/json.ts";
import { SettingMistake } from "../../domain/problem.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import { casePath } from "../case-path.ts";
import { badOperand, OperandMistake, twoOperands } from "./scorer-mistakes.ts";

/** The value that an answer is compared with. */
export interface Operand<O> {
  /** Paths that must exist in the case; empty for a literal `value`. */
  readonly reads: readonly string[];
  /** @throws {ScorerFailure} when the case has no such value, or the scorer cannot use it */
  of(golden: Case): O;
  /** Why `of` would throw for this case; undefined when it would not. */
  refuses(golden: Case): string | undefined;
}

/**
 * Finds the value with which a scorer compares an answer: the literal `value`, or a location in the case.
 *
 * @param spec `optional`: without `value` and `against` nothing is compared; `at`: where the value is in the case when
 * the suite does not say
 * @param read checks and compiles the value: once for a literal, per trial for a value from the case
 * @throws {SettingMistake}
 */
export function operandOf<O>(
  { value, against }: { readonly value?: Json; readonly against?: string },
  {
    operand: needed,
    at = "expected",
  }: { readonly operand: "required" | "optional" | "none"; readonly at?: string },
  read: (value: Json) => O,
): Operand<O> {
  if (value !== undefined) {
    if (against !== undefined) throw twoOperands();
    return fixed(literal(value, read));
  }
  if (needed === "none" || (needed === "optional" && against === undefined)) return fixed(undefined as O);
  return fromCase(against ?? at, read);
}

function fixed<O>(operand: O): Operand<O> {
  return { reads: [], of: () => operand, refuses: () => undefined };
}

function literal<O>(value: Json, read: (value: Json) => O): O {
  try {
    return read(value);
  } catch (error) {
    throw error instanceof OperandMistake ? badOperand(error) : error;
  }
}

function fromCase<O>(path: string, read: (value: Json) => O): Operand<O> {
  const find = casePath(path);
  const operandOfCase = (golden: Case): O => {
    const value = find(golden);
    if (value === undefined) throw new ScorerFailure("tool", `case ${golden.id} has no ${path}`);
    try {
      return read(value);
    } catch (error) {
      if (!(error instanceof OperandMistake || error instanceof SettingMistake)) throw error;
      throw new ScorerFailure("tool", `${path} of case ${golden.id} cannot be used: ${error.message}`, {
        cause: error,
      });
    }
  };
  return {
    reads: [path],
    of: operandOfCase,
    refuses: (golden) => failureOf(() => operandOfCase(golden)),
  };
}

/** The message of the ScorerFailure that `attempt` throws; undefined when it throws none. */
export function failureOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof ScorerFailure) return error.message;
    throw error;
  }
}
