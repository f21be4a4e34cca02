import type { Case } from "../../domain/case.ts";
import { SettingMistake } from "../../domain/problem.ts";
import type { Score, TurnScore } from "../../domain/score.ts";
import { type OpenScorer, type ScoreInput, ScorerFailure } from "../../domain/scorer.ts";
import type { TextPlace } from "../../domain/suite.ts";
import { type WrittenTurn, writtenTurns } from "../../domain/written-turns.ts";
import { shorten } from "./brief.ts";
import { turnParts } from "./turn-part.ts";

/** Default location of the turns in a case. */
const TURNS = "input.turns";
const LONGEST_REASON = 1000;

type CheckedScorer = OpenScorer & { refuses(golden: Case): string | undefined };

type NumberedTurn = WrittenTurn & { readonly turn: number };

const isOfExpected = (path: string): boolean => /^expected(?![\w-])/.test(path);

/** @throws {SettingMistake} when `on` selects a single turn: `scope: turn` scores every turn */
export function checkTurnScope(on: TextPlace | undefined): void {
  if (typeof on !== "object" || !("turn" in on)) return;
  throw new SettingMistake(["on"], {
    code: "EVALS_SCORER_TURN_SCOPE",
    what: `\`scope: turn\` and \`on: { turn: ${on.turn} }\` are both given.`,
    why: "`scope: turn` scores every turn, `on: { turn: … }` a single one.",
    fix: "Delete one of them.",
  });
}

/**
 * Applies a scorer to each turn of a conversation as if the turn were a separate answer. A turn's expected value is
 * its `expect`; if the scorer needs a value, only turns with `expect` are scored. The score is the mean over the
 * turns, and the answer passes when every turn passes.
 *
 * @param at location of the turns in a case
 */
export function eachTurn(scorer: CheckedScorer, at = TURNS): CheckedScorer {
  const needs = scorer.reads.some(isOfExpected);
  const turnsOf = ({ input }: Case): readonly NumberedTurn[] | undefined =>
    writtenTurns(at, input)
      ?.map((one, index) => ({ ...one, turn: index + 1 }))
      .filter((one) => !needs || one.expect !== undefined);
  const caseOf = ({ expected: _, ...golden }: Case, { expect }: WrittenTurn): Case =>
    expect === undefined ? golden : { ...golden, expected: expect };
  const refuses = (golden: Case): string | undefined => {
    const turns = turnsOf(golden);
    if (turns === undefined) return `case ${golden.id} has no list of turns at ${at}`;
    if (turns.length === 0) return `no turn of case ${golden.id} has an \`expect\``;
    for (const turn of turns) {
      const words = scorer.refuses(caseOf(golden, turn));
      if (words !== undefined) return `turn ${turn.turn}: ${words}`;
    }
    return undefined;
  };
  return {
    ...scorer,
    reads: [at, ...scorer.reads.filter((path) => !isOfExpected(path))],
    binary: false,
    tools: (golden) =>
      golden === null
        ? (scorer.tools?.(null) ?? [])
        : (turnsOf(golden) ?? []).flatMap((turn) => scorer.tools?.(caseOf(golden, turn)) ?? []),
    refuses,
    score: (input) => {
      const words = refuses(input.golden);
      if (words !== undefined) throw new ScorerFailure("tool", words);
      const turns = turnsOf(input.golden) as readonly NumberedTurn[];
      const part = turnParts(input.transcript, writtenTurns(at, input.golden.input)?.[0]?.say);
      const scores = turns.map((turn): Score | Promise<Score> => {
        const { silent, transcript } = part(turn.turn);
        if (silent !== null) return { score: 0, pass: false, reason: silent };
        return scoreOf(scorer, turn.turn, { ...input, golden: caseOf(input.golden, turn), transcript });
      });
      if (!scores.some((one) => one instanceof Promise)) return together(scores as Score[], turns);
      return allOf(scores).then((all) => together(all, turns));
    },
  };
}

function scoreOf(scorer: OpenScorer, turn: number, input: ScoreInput): Score | Promise<Score> {
  const placed = (error: unknown): never => {
    if (!(error instanceof ScorerFailure)) throw error;
    throw new ScorerFailure(error.kind, `turn ${turn}: ${error.message}`, { cause: error });
  };
  try {
    const score = scorer.score(input);
    return score instanceof Promise ? score.catch(placed) : score;
  } catch (error) {
    return placed(error);
  }
}

/** Waits for all scores, even if one scorer fails. */
async function allOf(scores: readonly (Score | Promise<Score>)[]): Promise<Score[]> {
  const ended = await Promise.allSettled(scores);
  return ended.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

function together(scores: readonly Score[], turns: readonly NumberedTurn[]): Score {
  const numbered = scores.map((one, at) => ({ ...one, turn: turns[at]?.turn ?? at + 1 }));
  const missed = numbered.filter((one) => !one.pass);
  const shown = missed.length === 0 ? numbered : missed;
  const reason = shown.map((one) => `turn ${one.turn}: ${one.reason}`).join("; ");
  const agreements = scores.flatMap(({ agreement }) => agreement ?? []);
  const replies = scores.flatMap((one) => one.replies ?? []);
  const fault = scores.find((one) => !one.pass)?.fault;
  return {
    score: scores.reduce((sum, one) => sum + one.score, 0) / scores.length,
    pass: missed.length === 0,
    reason: shorten(reason, LONGEST_REASON),
    turns: numbered.map(({ turn, score, pass }): TurnScore => ({ turn, score, pass })),
    ...(agreements.length > 0 && {
      agreement: agreements.reduce((sum, one) => sum + one, 0) / agreements.length,
    }),
    ...(replies.length > 0 && { replies }),
    ...(fault !== undefined && { fault }),
  };
}
