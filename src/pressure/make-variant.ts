import type { Case } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";
import type { PressureSettings } from "../domain/pressure.ts";
import { writtenTurns } from "../domain/written-turns.ts";
import { seededRandom } from "../statistics/seeded-random.ts";
import type { PressedQuestion } from "./pressure-kind.ts";
import { PRESSURE } from "./registry.ts";
import { rightAnswer, shortText } from "./right-answer.ts";

/** The data needed to create variants of a suite's cases. */
export interface PressureContext {
  /** Texts that the suite's scorers look for in every case. */
  readonly literals: readonly unknown[];
  /** Whether a scorer compares with a case's metadata. A variant must then not reveal the metadata either. */
  readonly readsMetadata: boolean;
  /** Short expected values of the dataset's cases. */
  readonly claims: readonly string[];
  /** Reviewed paraphrases by case id. */
  readonly paraphrases: ReadonlyMap<string, readonly Json[]>;
}

/** Maximum number of other cases' expected values to collect as wrong claims. */
const MAX_CLAIMS = 200;

/** Short expected texts of the cases, in order, without duplicates. */
export function claimsOf(cases: Iterable<Pick<Case, "expected">>): readonly string[] {
  const claims = new Set<string>();
  for (const { expected } of cases) {
    const text = shortText(expected);
    if (text !== undefined) claims.add(text);
    if (claims.size === MAX_CLAIMS) break;
  }
  return [...claims];
}

/**
 * Creates the variant of a trial. Prompt, model and answer do not affect the variant, so two prompts get the
 * same variants.
 *
 * @param trial number of the original trial, from 1
 * @returns null when this kind finds nothing to change
 */
export function makeVariant(
  golden: Case,
  settings: PressureSettings,
  { trial, calledTools }: { readonly trial: number; readonly calledTools: boolean },
  { literals, readsMetadata, claims, paraphrases }: PressureContext,
): PressedQuestion | null {
  const expects = turnsIn(golden.input).map(({ expect }) => expect);
  const seed = `${settings.seed ?? 1}\n${settings.kind}\n${golden.id}`;
  return PRESSURE[settings.kind].make({
    golden,
    settings,
    turn: Math.floor(seededRandom(seed)() * 1000) + trial - 1,
    random: seededRandom(`${seed}\n${trial}`),
    right: rightAnswer([
      golden.expected,
      ...expects,
      ...literals,
      ...(readsMetadata ? [golden.metadata] : []),
    ]),
    others: claims,
    calledTools,
    paraphrases: paraphrases.get(golden.id) ?? [],
  });
}

/** The turns written in a case; each turn may say what is expected of the reply to it. */
const turnsIn = (input: Json) => writtenTurns("input.turns", input) ?? [];

/** The part of `pressure:` that determines a case's variants. It is part of the case's key in the fingerprint. */
export function pressureIdentity(
  settings: readonly PressureSettings[],
  caseId: string,
  { paraphrases }: Pick<PressureContext, "paraphrases">,
): Json {
  return settings.map(({ kind, seed = 1, at, in: places }): Json => {
    const reviewed = kind === "paraphrase" ? (paraphrases.get(caseId) ?? []) : undefined;
    return {
      kind,
      version: PRESSURE[kind].version,
      seed,
      ...(at === undefined ? {} : { at }),
      ...(places === undefined ? {} : { in: [...places] }),
      ...(reviewed === undefined ? {} : { reviewed }),
    };
  });
}
