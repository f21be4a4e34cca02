import type { Unbelieved } from "../../baselines/informing-rules.ts";
import { hashJson } from "../../domain/json.ts";
import type { JudgeRef } from "../../domain/judge.ts";
import { JudgeBar } from "../../domain/judge-bar.ts";
import type { Label } from "../../domain/label.ts";
import { ONCE } from "../../domain/parse-once.ts";
import type { OpenScorer } from "../../domain/scorer.ts";
import type { Gate } from "../../domain/suite.ts";
import { readCalibration } from "../../labels/calibration-file.ts";
import { readLabels } from "../../labels/label-file.ts";
import { labelCommand, labelsOf } from "../../labels/label-of.ts";
import { SCORER_VERSION, type Trust, trustIn } from "../../labels/trust.ts";

/** How far the gate of one suite trusts its model-based scorers. */
export interface SuiteTrust {
  /** The trust in each model-based scorer, by its name. Other scorers are not in the map. */
  readonly byScorer: ReadonlyMap<string, Trust>;
  readonly unbelieved: Unbelieved;
  /** Names of the model-based scorers that the gate believes. */
  readonly believed: ReadonlySet<string>;
  /** The suite's labels that measure a scorer. */
  readonly labelsOf: (scorer: string) => readonly Label[];
}

type Opinion = Pick<OpenScorer, "name" | "opinion" | "judge" | "identity">;

/**
 * Reads labels and calibrations of the judges among a suite's scorers.
 *
 * @param root absolute path of the project root
 * @throws {EvalsError} for a label or calibration file with mistakes
 */
export function suiteTrust(root: string, suite: string, gate: Gate, scorers: readonly Opinion[]): SuiteTrust {
  const opinions = scorers.filter((one) => one.opinion === true || one.judge !== undefined);
  const labels = opinions.length === 0 ? [] : readLabels(root, suite);
  const bar = JudgeBar.parse(gate.judge ?? {}, ONCE);
  const scorersOf = opinions.map(({ name, judge }) => ({ name, judge: judge?.name ?? null }));
  const own = new Map(
    opinions.map(({ name, judge }) => [name, labelsOf(labels, judge?.name ?? name, scorersOf)]),
  );
  const byScorer = new Map(
    opinions.map(({ name, judge, identity }) => [
      name,
      trustOf(judge ?? { name, version: SCORER_VERSION, hash: hashJson(identity) }, {
        ...{ root, suite, bar },
        labels: own.get(name) ?? [],
        labelCommand: labelCommand(suite, judge?.name ?? name, scorersOf),
      }),
    ]),
  );
  const doubted = [...byScorer].filter(([, trust]) => trust.state !== "believed");
  return {
    byScorer,
    labelsOf: (scorer) => own.get(scorer) ?? [],
    unbelieved: new Map(doubted.map(([name, trust]) => [name, trust.why])),
    believed: new Set([...byScorer].flatMap(([name, { state }]) => (state === "believed" ? [name] : []))),
  };
}

interface Known {
  readonly root: string;
  readonly suite: string;
  readonly labels: readonly Label[];
  readonly bar: JudgeBar;
  readonly labelCommand: string;
}

function trustOf(judge: JudgeRef, { root, suite, labels, bar, labelCommand }: Known): Trust {
  const suites = readCalibration(root, judge.name, judge.version)?.suites ?? {};
  return trustIn({
    judge,
    suite,
    calibration: suites[suite] ?? null,
    elsewhere: Object.keys(suites).filter((name) => name !== suite),
    labels,
    labelCommand,
    bar,
  });
}

/** Notes about judges that are not trusted, or that need new labels, with the next step for each. */
export function trustNotes({ byScorer }: SuiteTrust): string[] {
  return [...byScorer].flatMap(([name, { state, why, next }]) => {
    const hint = next === null ? "" : ` Next: ${next}.`;
    if (state === "believed") return next === null ? [] : [`${name}: ${why}.${hint}`];
    return [`Judge ${name} is advisory only and cannot fail the gate: ${why}.${hint}`];
  });
}
