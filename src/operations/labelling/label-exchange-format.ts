import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError } from "../../domain/problem.ts";

const FORMATS = ["label-studio", "csv"] as const;
export type ExchangeFormat = (typeof FORMATS)[number];

/** @throws {EvalsError} EVALS_FORMAT_UNKNOWN */
export function exchangeFormat(given: unknown): ExchangeFormat {
  const found = FORMATS.find((one) => one === given);
  if (found !== undefined) return found;
  throw new EvalsError({
    code: "EVALS_FORMAT_UNKNOWN",
    what: `Unknown format "${String(given)}".${didYouMean(String(given), FORMATS)}`,
    why: "Labels go to Label Studio or into a table, and come back from there.",
    fix: `One of: ${FORMATS.join(", ")}`,
  });
}
