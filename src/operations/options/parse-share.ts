import { EvalsError } from "../../domain/problem.ts";

/**
 * Parses a share of the traces: `1%`, `0.5 %` or `0.01`. Returns it as a number in (0, 1].
 *
 * @param option name of the option for error messages
 * @throws {EvalsError} EVALS_OPTION_INVALID
 */
export function parseShare(text: string, option: string): number {
  const [, digits, percent] = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(%?)\s*$/.exec(text) ?? [];
  const share = digits === undefined ? Number.NaN : Number(digits) / (percent === "%" ? 100 : 1);
  if (share > 0 && share <= 1) return share;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `${option} ${JSON.stringify(text)} is not a share of the traces.`,
    why: "A share is above 0 % and at most 100 %.",
    fix: `${option} 1%    (or 0.01)`,
  });
}
