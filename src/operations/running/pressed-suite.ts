import type { Case, CaseSource } from "../../domain/case.ts";
import { didYouMean } from "../../domain/did-you-mean.ts";
import { type PressureSettings, pressureSettings } from "../../domain/pressure.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { LoadedSuite } from "../../domain/project.ts";
import type { OpenTarget } from "../../domain/provider.ts";
import {
  claimsOf,
  makeVariant,
  type PressureContext,
  pressureIdentity,
} from "../../pressure/make-variant.ts";
import { receivesTurns } from "./receives-turns.ts";

/** The kinds of pressure of a suite with their settings, and what is needed to make variants. */
export interface PressedSuite {
  readonly settings: readonly PressureSettings[];
  readonly context: PressureContext;
}

/** The pressure of a suite; null for a suite without pressure. */
export function pressedSuite(
  { suite, scorers, paraphrases }: LoadedSuite,
  cases: CaseSource,
): PressedSuite | null {
  if (suite.pressure === undefined) return null;
  return {
    settings: pressureSettings(suite.pressure),
    context: {
      literals: scorers.map(({ entry }) => entry.value),
      readsMetadata: scorers.some(({ entry }) => entry.against?.startsWith("metadata") === true),
      claims: claimsOf(casesIn(cases)),
      paraphrases: paraphrases?.inputs ?? new Map(),
    },
  };
}

/**
 * The pressure on a suite's passing trials, and what it adds to the keys of the cases. Null without pressure, and for
 * recorded answers.
 *
 * @param presses whether variants will be asked; then problems with them are mistakes
 * @throws {EvalsError} with all of these problems
 */
export function preparePressure(
  suite: LoadedSuite,
  cases: CaseSource,
  target: Pick<OpenTarget, "client" | "label">,
  presses: boolean,
) {
  const found = presses ? checkPressure(suite, cases, target) : [];
  if (found.length > 0) throw new EvalsError(found);
  const pressed = target.client.immediate === true ? null : pressedSuite(suite, cases);
  if (pressed === null) return null;
  const { settings, context } = pressed;
  return {
    suite: pressed,
    plan: {
      kinds: settings.map(({ kind }) => kind),
      identityOf: (caseId: string) => pressureIdentity(settings, caseId, context),
    },
  };
}

function* casesIn(cases: CaseSource): Generator<Case> {
  for (let index = 0; index < cases.count; index++) yield cases.read(index);
}

/** Finds parts of `pressure:` that cannot be applied to these cases, or would not reach this target. */
export function checkPressure(
  suite: LoadedSuite,
  cases: CaseSource,
  target: Pick<OpenTarget, "client" | "label">,
): Problem[] {
  const pressed = pressedSuite(suite, cases);
  if (pressed === null) return [];
  const place: PlaceOf = (at, key) => ({ path: suite.path, ...suite.places.at(["pressure", ...at], key) });
  if (target.client.immediate === true) return [recorded(target.label, place([], "key"))];
  const { settings } = pressed;
  return [
    ...settings.flatMap(({ kind }, at) =>
      settings.findIndex((one) => one.kind === kind) < at ? [kindTwice(kind, place([at]))] : [],
    ),
    ...settings.flatMap((one, at) => {
      const unused = unusedPressureProblem(suite, cases, target, { one, place: place([at]) });
      if (unused !== undefined) return [unused];
      return canChange(one, cases, pressed.context) ? [] : [nothingToChange(one, place([at]))];
    }),
    ...foreignWordings(suite, cases),
  ];
}

type PlaceOf = (at: readonly PropertyKey[], key?: "key") => Pick<Problem, "path" | "line" | "column">;

/**
 * The problem of pressure that never reaches the target. The target cannot react to the added message or the injected
 * text, so a flip rate of 0 would mean nothing.
 */
function unusedPressureProblem(
  suite: LoadedSuite,
  cases: CaseSource,
  target: Pick<OpenTarget, "client" | "label">,
  { one, place }: { readonly one: PressureSettings; readonly place: ReturnType<PlaceOf> },
): Problem | undefined {
  const { agent, user } = suite.suite;
  if (one.in?.includes("tool-result") && agent === undefined) return noTools(place);
  if (one.kind !== "sycophancy") return undefined;
  const receivesMessages = suite.prompt !== null || user !== undefined;
  return receivesMessages && receivesTurns(suite, cases, target.client)
    ? undefined
    : noTurn(target.label, place);
}

function canChange(settings: PressureSettings, cases: CaseSource, context: PressureContext): boolean {
  if (cases.count === 0) return true;
  for (const golden of casesIn(cases))
    if (makeVariant(golden, settings, { trial: 1, calledTools: true }, context) !== null) return true;
  return false;
}

function foreignWordings({ paraphrases }: LoadedSuite, cases: CaseSource): Problem[] {
  if (paraphrases === undefined) return [];
  const known = new Set(Array.from({ length: cases.count }, (_, index) => cases.id(index)));
  return [...paraphrases.lines]
    .filter(([id]) => !known.has(id))
    .slice(0, 20)
    .map(([id, line]) => ({
      code: "EVALS_PARAPHRASE_CASE",
      path: paraphrases.path,
      line,
      column: 1,
      what: `The dataset has no case "${id}".${didYouMean(id, known)}`,
      why: "A paraphrase for a case that does not exist would never be used.",
      fix: "Name a case of the dataset, or delete the line.",
    }));
}

function recorded(label: string, place: ReturnType<PlaceOf>): Problem {
  return {
    code: "EVALS_PRESSURE_RECORDED",
    ...place,
    what: `\`pressure\` asks further questions, but the answers of ${label} come from a recording.`,
    why: "A recorded answer cannot change under pressure.",
    fix: "Ask the model itself (without --replay), or delete `pressure` from a suite with recorded answers.",
  };
}

function kindTwice(kind: string, place: ReturnType<PlaceOf>): Problem {
  return {
    code: "EVALS_PRESSURE_TWICE",
    ...place,
    what: `\`pressure\` names ${kind} twice.`,
    why: `flip_rate.${kind} would measure two things at once.`,
    fix: "Delete one of the two.",
  };
}

function noTools(place: ReturnType<PlaceOf>): Problem {
  return {
    code: "EVALS_PRESSURE_UNHEARD",
    ...place,
    what: "Pressure of kind injection puts an instruction into the answers of tools, and this suite runs no tools.",
    why: "An application runs its own tools, so evals cannot change what they return.",
    fix: "Use in: [user], or let the suite run tools: agent: { tools: […] }",
  };
}

function noTurn(label: string, place: ReturnType<PlaceOf>): Problem {
  return {
    code: "EVALS_PRESSURE_UNHEARD",
    ...place,
    what: `sycophancy sends one more message after the answer, and ${label} never receives it.`,
    why: "A target that does not get this message cannot give way to it: the flip rate would be 0 and mean nothing.",
    fix: "Send the conversation: {{ messages }} in the model's body, with `prompt` or `user` in the suite. Or leave sycophancy out.",
  };
}

function nothingToChange({ kind, at }: PressureSettings, place: ReturnType<PlaceOf>): Problem {
  const where = at === undefined ? "" : ` at ${at}`;
  const needs = {
    sycophancy: "an answer that can be doubted without revealing the right answer",
    paraphrase: "a paraphrase that differs from the case's input, in the file of paraphrases",
    typos: "a text with a plain word of four letters or more",
    distractors: "a text",
    order: "a list, lines of a list, or a question beside other sentences",
    injection: "a text",
  }[kind];
  return {
    code: "EVALS_PRESSURE_NOTHING",
    ...place,
    what: `No case has anything that ${kind} could change: ${kind} needs ${needs}${where}.`,
    why: "Without a variant, the flip rate is unknown, and a rule about it could neither pass nor fail.",
    fix: `Leave ${kind} out, or name the text to change: { kind: ${kind}, at: input.<name> }`,
  };
}
