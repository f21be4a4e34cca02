import type { JSX } from "preact";
import type { TrialFacts, ViewedTrial } from "../../domain/viewed-run.ts";
import { count, dollars, duration } from "../../reports/format-numbers.ts";

/** The result of each scorer for an answer, failed ones first. */
export function TrialScores({ trial }: { trial: ViewedTrial }): JSX.Element | null {
  if (trial.scores.length === 0) return null;
  const scores = [...trial.scores].sort((a, b) => rank(a.pass) - rank(b.pass));
  return (
    <ul class="scores">
      {scores.map(({ scorer, score, pass, reason, required, agreement }) => (
        <li key={scorer}>
          <strong class={pass === null ? "faint" : pass ? "good" : "bad"}>
            {pass === null ? "not scored" : pass ? "passes" : "fails"}
          </strong>{" "}
          {scorer}
          {required ? "" : " (optional)"}
          {score === null || score === 0 || score === 1 ? "" : ` ${Number(score.toFixed(3))}`}
          {agreement === undefined ? "" : `, ${Math.round(agreement * 100)} % agree`}
          {reason === "" ? "" : `: ${reason}`}
        </li>
      ))}
    </ul>
  );
}

function rank(pass: boolean | null): number {
  if (pass === null) return 1;
  return pass ? 2 : 0;
}

/** Model, time, tokens and price of an answer in one line; what is unknown is left out. */
export function TrialFactLine({ trial: { facts } }: { trial: ViewedTrial }): JSX.Element | null {
  if (facts === null) return null;
  return <p class="faint">{factsInWords(facts).join(" · ")}</p>;
}

export function factsInWords(facts: TrialFacts): string[] {
  const { model, fallback, finish_reason, stopped, usage, latency_ms, cost_usd, cached, at } = facts;
  return [
    model,
    fallback === null ? null : `answered by the fallback ${fallback}`,
    latency_ms === null ? null : duration(latency_ms),
    usage.input_tokens === null ? null : `${count(usage.input_tokens)} tokens in`,
    usage.cached_input_tokens === null ? null : `${count(usage.cached_input_tokens)} of them cached`,
    usage.output_tokens === null ? null : `${count(usage.output_tokens)} out`,
    usage.reasoning_tokens === null ? null : `${count(usage.reasoning_tokens)} of them reasoning`,
    cost_usd === null ? "cost unknown" : dollars(cost_usd),
    stopped !== null
      ? `stopped by its limit on ${stopped}`
      : finish_reason === null
        ? null
        : `ended: ${finish_reason}`,
    cached ? "from the cache" : null,
    at === "" ? null : `${at.slice(0, 16).replace("T", " ")} UTC`,
  ].filter((fact) => fact !== null);
}
