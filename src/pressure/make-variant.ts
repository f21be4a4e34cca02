import type { Case } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";
import type { PressureSettings } from "../domain/pressure.ts";
import { writtenTurns } from "../domain/written-turns.ts";
import { seededRandom } from "../statistics/seeded-random.ts";
import type { PressedQuestion } from "./pressure-kind.ts";
import { PRESSURE } from "./registry.ts";
import { rightAnswer, shortText } from "./right-answer.ts";

/** What the cases of a suite are put under pressure with. */
export interface PressureContext {
  /** What its scorers look for by themselves, whatever a case expects. */
  readonly literals: readonly unknown[];
  /** A scorer compares with what stands in a case's metadata. */
  readonly readsMetadata: boolean;
  /** What cases of the dataset expect, as far as it is short. */
  readonly claims: readonly string[];
  /** Reviewed wordings by case id. */
  readonly paraphrases: ReadonlyMap<string, readonly Json[]>;
}

/** So many things that other cases expect are enough to draw a wrong claim from. */
const MAX_CLAIMS = 200;

/** Short texts that cases expect, in their order, each once. */
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
 * What is asked in place of a trial, or after it. Prompt, model and answer have no part in it: two prompts are put under the
 * same pressure.
 *
 * @param trial the one that it comes from, from 1
 * @returns null where the kind finds nothing to change
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

/** Turns that a case writes down may say what is expected of them. */
const turnsIn = (input: Json) => writtenTurns("input.turns", input) ?? [];

/** What of `pressure:` decides a case's variants, for its key. */
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
