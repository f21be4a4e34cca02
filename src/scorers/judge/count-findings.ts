import { counted, shorten } from "../frame/brief.ts";
import type { Finding, Reading } from "./reply-form.ts";

const SHOWN = 3;

/**
 * The share of findings with the verdict `good` as the score. The reason names the share and the other findings:
 * `2 of 3 claims supported; contradicted: "…" (…)`.
 *
 * @param spec `outOf`: the findings that count in the share; default all
 */
export function shareOf(
  findings: readonly Finding[],
  spec: { readonly good: string; readonly thing: string; readonly outOf?: readonly Finding[] },
): Reading {
  const outOf = spec.outOf ?? findings;
  const good = outOf.filter(({ verdict }) => verdict === spec.good).length;
  const others = findings.filter(({ verdict }) => verdict !== spec.good);
  const shown = others
    .slice(0, SHOWN)
    .map(({ text, verdict, reason }) => `${verdict}: ${JSON.stringify(shorten(text, 120))} (${reason})`);
  const more = others.length > SHOWN ? `; and ${others.length - SHOWN} more` : "";
  return {
    score: outOf.length === 0 ? 0 : good / outOf.length,
    reason: `${good} of ${counted(outOf.length, spec.thing)} ${spec.good}${shown.length > 0 ? `; ${shown.join("; ")}` : ""}${more}`,
  };
}
