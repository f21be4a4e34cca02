import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError } from "../../domain/problem.ts";

/** Tools with which labels can be exchanged. */
export const EXCHANGE_FORMATS = ["label-studio", "csv"] as const;
export type ExchangeFormat = (typeof EXCHANGE_FORMATS)[number];

/** The format of that name. @throws {EvalsError} EVALS_FORMAT_UNKNOWN */
export function exchangeFormat(given: string): ExchangeFormat {
  const found = EXCHANGE_FORMATS.find((one) => one === given);
  if (found !== undefined) return found;
  throw new EvalsError({
    code: "EVALS_FORMAT_UNKNOWN",
    what: `Unknown format "${given}".${didYouMean(given, EXCHANGE_FORMATS)}`,
    why: "Labels are exchanged only with Label Studio or as a table.",
    fix: `One of: ${EXCHANGE_FORMATS.join(", ")}`,
  });
}
