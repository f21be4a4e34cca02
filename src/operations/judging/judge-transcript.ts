import type { Json } from "../../domain/json.ts";
import type { RunScorer, StoredTrial } from "../../domain/run.ts";
import { plainLine, plainText } from "../../reports/plain-text.ts";
import type { Store, StoredJudgement, StoredRun } from "../../store/store.ts";

/** One exchange with a model behind a judge. */
export interface JudgeExchange {
  /** Name of the scorer; null where the reply gave no score. */
  readonly scorer: string | null;
  readonly request: Json;
  readonly reply: StoredJudgement;
}

/**
 * What judges were asked about a trial, and what they said: the replies behind its scores, or, where a judge failed to give
 * one, all that this run was told of the case.
 */
export function judgeExchanges(
  store: Store,
  run: Pick<StoredRun, "no" | "header">,
  trial: StoredTrial,
): readonly JudgeExchange[] {
  const exchange = (scorer: string | null, reply: StoredJudgement): JudgeExchange => ({
    scorer,
    request: store.judgementRequest(reply.id),
    reply,
  });
  if (trial.error === "judge")
    return store.judgementsOfCase(run.no, trial.case_id).map((reply) => exchange(null, reply));
  return trial.scores.flatMap((score, index) =>
    store
      .judgements(score?.replies ?? [])
      .map((reply) => exchange(run.header.scorers[index]?.name ?? "", reply)),
  );
}

/** The same for a person. */
export function exchangeLines({ scorer, request, reply }: JudgeExchange): string[] {
  const cost = reply.cost_usd === null ? "cost unknown" : `$${reply.cost_usd}`;
  const facts = [
    scorer === null ? null : plainLine(scorer),
    reply.model === null ? null : plainLine(reply.model),
    reply.draw === 1 ? null : `opinion ${reply.draw}`,
    cost,
    reply.at,
  ].filter((fact) => fact !== null);
  return [
    `judge: ${facts.join(" · ")}`,
    ...messageTexts(request).flatMap(({ role, content }) => [`  ${role}:`, ...indented(content)]),
    "  reply:",
    ...indented(reply.refusal ?? reply.output),
    "",
  ];
}

function indented(text: string): string[] {
  return plainText(text)
    .split("\n")
    .map((line) => `    ${line}`);
}

/** The messages of a request, however its provider words them; the whole request where there are none. */
function messageTexts(request: Json): { readonly role: string; readonly content: string }[] {
  const { messages, input, system } = (request ?? {}) as { readonly [key: string]: Json };
  const list = Array.isArray(messages) ? messages : Array.isArray(input) ? input : null;
  if (list === null) return [{ role: "request", content: JSON.stringify(request, null, 2) }];
  const told = (list as readonly { readonly role?: Json; readonly content?: Json }[]).map((one) => ({
    role: plainLine(asText(one.role)),
    content: asText(one.content),
  }));
  return system === undefined ? told : [{ role: "system", content: asText(system) }, ...told];
}

function asText(value: Json | undefined): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Why a scorer has no score of a trial that was scored. */
export function voidReason(scorer: RunScorer | undefined, trial: StoredTrial, place: number): string {
  const told = trial.void_reasons?.[place] ?? null;
  if (told !== null) return `no score: ${plainLine(told)}`;
  return scorer?.judge_when === "passed" && trial.pass === false
    ? "not judged, since a required scorer failed"
    : "not scored";
}
