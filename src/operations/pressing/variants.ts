import type { Case, CaseSource } from "../../domain/case.ts";
import { wholeConversation } from "../../domain/describe-transcript.ts";
import { itemAt } from "../../domain/item-at.ts";
import type { Json } from "../../domain/json.ts";
import { everyItem } from "../../domain/pages.ts";
import type { PressureKind, PressureSettings, UnderPressure } from "../../domain/pressure.ts";
import type { Question } from "../../domain/provider.ts";
import { variantId } from "../../domain/variant-id.ts";
import { writtenTurns } from "../../domain/written-turns.ts";
import { pathOf, readAt, replaceAt } from "../../pressure/input-text.ts";
import { makeVariant } from "../../pressure/make-variant.ts";
import type { PressedQuestion } from "../../pressure/pressure-kind.ts";
import { questionOf } from "../../run/case-requests.ts";
import type { Plan } from "../../run/plan.ts";
import type { Store } from "../../store/store.ts";
import type { PressedSuite } from "../running/pressed-suite.ts";

/** The variant of one passing trial. */
export interface Variant {
  /** `refund-07~typos.2` for trial 2 of the case `refund-07`. */
  readonly id: string;
  readonly kind: PressureKind;
  readonly case_no: number;
  readonly trial: number;
}

/** A run whose passing trials get variants. */
export interface PressedTrials {
  readonly plan: Plan;
  readonly no: number;
  readonly pressed: PressedSuite;
  readonly store: Store;
}

/** A variant for each passing trial and each kind of pressure that can change it, sorted by kind, case and trial. */
export async function variantsOf(run: PressedTrials): Promise<readonly Variant[]> {
  const { plan, no, pressed, store } = run;
  const passing: { readonly case_no: number; readonly trial: number }[] = [];
  for await (const { case_no, trial, pass } of everyItem((page) => store.read.scores(no, page)))
    if (pass === true) passing.push({ case_no, trial });
  return pressed.settings.flatMap((settings) =>
    passing.flatMap(({ case_no, trial }): Variant[] => {
      if (changeOf(run, settings, case_no, trial) === null) return [];
      const { kind } = settings;
      return [{ id: variantId(plan.id(case_no), kind, trial), kind, case_no, trial }];
    }),
  );
}

function changeOf(
  { plan, no, pressed, store }: PressedTrials,
  settings: PressureSettings,
  caseNo: number,
  trial: number,
): PressedQuestion | null {
  const looksAtTools = settings.in?.includes("tool-result") === true;
  const calledTools =
    looksAtTools && (store.transcript(no, caseNo, trial)?.transcript.tool_calls.length ?? 0) > 0;
  return makeVariant(plan.golden(caseNo), settings, { trial, calledTools }, pressed.context);
}

/** The variants as cases with a single trial each, and a function that gives the question of such a case. */
export function variantCases(run: PressedTrials, variants: readonly Variant[]) {
  const { plan, pressed } = run;
  const byId = new Map(variants.map((one) => [one.id, one]));
  const change = (one: Variant): PressedQuestion => {
    const settings = pressed.settings.find(({ kind }) => kind === one.kind);
    const found = settings === undefined ? null : changeOf(run, settings, one.case_no, one.trial);
    if (found === null) throw new Error(`the variant ${one.id} was planned, but cannot be made`);
    return found;
  };
  const cases: CaseSource = {
    count: variants.length,
    id: (index) => itemAt(variants, index).id,
    read: (index) => {
      const one = itemAt(variants, index);
      const { trials: _, ...golden } = plan.golden(one.case_no);
      const { input = golden.input, say } = change(one);
      const question = say === undefined ? input : withTurn(input, plan.suite.suite.user?.turns, say);
      return { ...golden, id: one.id, input: question };
    },
    line: (index) => plan.line(itemAt(variants, index).case_no),
    path: plan.datasetPath,
    close: () => {},
  };
  const question = ({ id, ...variant }: Case): Question => {
    const one = byId.get(id);
    if (one === undefined) throw new Error(`${id} is not a variant of this run`);
    // Prompts, request bodies and tools get the id of the original case, so that only the pressure differs.
    return pressedQuestion(run, one, { ...variant, id: plan.id(one.case_no) }, change(one));
  };
  return { cases, question };
}

function pressedQuestion(
  { plan, no, store }: PressedTrials,
  { case_no, trial }: Variant,
  golden: Case,
  { say, tool_result }: PressedQuestion,
): Question {
  const asked = questionOf(plan.suite, golden);
  if (say === undefined) return tool_result === undefined ? asked : { ...asked, pressure: { tool_result } };
  const answer = store.transcript(no, case_no, trial)?.transcript;
  if (answer === undefined) throw new Error(`trial ${trial} of ${golden.id} passed, but has no answer`);
  const { tool_calls, trajectory } = answer;
  const after: UnderPressure["after"] = {
    messages: wholeConversation(answer, asked.messages ?? []),
    tool_calls,
    ...(trajectory === undefined ? {} : { trajectory }),
  };
  const state = trajectory?.state;
  const input = state === undefined ? golden.input : withState(golden.input, state);
  return { ...asked, input, golden: { ...golden, input }, pressure: { after, say } };
}

/** Adds a turn to an input that lists its turns. The new turn has the expected value of the turn before it. */
function withTurn(input: Json, at: string | undefined, say: string): Json {
  const turns = at === undefined ? undefined : writtenTurns(at, input);
  if (at === undefined || turns === undefined) return input;
  const path = pathOf(at);
  const expect = turns.at(-1)?.expect;
  const listed = readAt(input, path) as readonly Json[];
  return replaceAt(input, path, [...listed, expect === undefined ? say : { say, expect }]);
}

/** Replaces the state in an input, so that the tools continue from the state in which the trial ended. */
function withState(input: Json, state: Json): Json {
  if (input === null || typeof input !== "object" || Array.isArray(input)) return input;
  return Object.hasOwn(input, "state") ? { ...input, state } : input;
}
