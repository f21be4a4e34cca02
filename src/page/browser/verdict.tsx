import type { JSX } from "preact";
import type { RunReport } from "../../domain/report.ts";
import { count, duration, plural, points } from "../../reports/format-numbers.ts";
import { countsSentence, decisionSentence, endSentence, headline, runName } from "../../reports/headline.ts";
import { correctedSentences, informingSentences } from "../../reports/judge-words.ts";
import { requiredText, ruleName, ruleValue } from "../../reports/metric-rows.ts";
import { narrowedSentence } from "../../reports/narrowed-words.ts";
import { raisedBudget, suggestedGoOn } from "../../reports/unfinished.ts";

const MAX_LISTED = 100;

/** The run's verdict with its numbers, the baseline, the gate's rules, and how to go on with an interrupted run. */
export function VerdictSection({ report }: { report: RunReport }): JSX.Element {
  const { word, tone, verdict, size } = headline(report);
  const { header, comparison } = report;
  const found = verdict === "" || word.includes("not enough") ? "" : `: ${verdict}`;
  const end = [endSentence(report), decisionSentence(report)].filter((text) => text !== "").join(" ");
  const goOn = suggestedGoOn(report);
  return (
    <section aria-label="verdict">
      <h1 tabIndex={-1}>
        <span class={tone}>{word}</span> {runName(header)}
        <span class={tone}>{found}</span>
      </h1>
      <p>
        {header.target} · {size} · run <code>{header.id}</code> · {timeText(header.started_at)}
        {header.commit === null ? null : (
          <>
            {" "}
            · commit <code>{header.commit.slice(0, 10)}</code>
            {header.dirty ? " with changes" : ""}
          </>
        )}
      </p>
      {header.narrowing === null ? null : <p class="unsure">{narrowedSentence(header)}</p>}
      {comparison === null ? null : (
        <>
          <p class="said">{comparison.said}</p>
          <p>
            Compared with <code>{comparison.baseline.side}</code> ({comparison.baseline.target},{" "}
            {plural(comparison.baseline.trials, "trial")} a case) on {plural(comparison.cases.paired, "case")}
            .
            {comparison.population === null
              ? null
              : ` On other cases like these, the difference is between ${points(comparison.population.low)} and ${points(comparison.population.high)} points.`}
          </p>
        </>
      )}
      {end === "" ? null : <p>{end}</p>}
      {goOn === null ? null : (
        <p>
          To go on: <code>{goOn}</code>
          {raisedBudget(report).file ? ", with a larger `budget` in evalconfig.yaml" : ""}
        </p>
      )}
      <Rules report={report} />
      {[...informingSentences(report), ...correctedSentences(report)].map((text) => (
        <p key={text}>{text}</p>
      ))}
      {report.notes.map((note) => (
        <p key={note} class="faint">
          {note}
        </p>
      ))}
      <p class="faint">
        {countsSentence(report)}
        {report.duration_ms !== null && `, in ${duration(report.duration_ms)}`}
      </p>
      {report.errors.map(({ kind, count: many, message }) => (
        <p key={`${kind} ${message}`} class="unsure">
          {plural(many, "error")} ({kind}): {message.slice(0, 500)}
        </p>
      ))}
    </section>
  );
}

/** A time as text, for instance `2026-11-30 02:15 UTC`. */
export function timeText(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}

const ORDER = { failed: 0, undecided: 1, passed: 2 } as const;
const TONES = { failed: "bad", undecided: "unsure", passed: "good" } as const;

/**
 * The gate's rules, failed ones first. A required metric that is reached is left out, because the table of metrics shows
 * it.
 */
function Rules({ report }: { report: RunReport }): JSX.Element | null {
  const rules = report.gate.rules
    .filter(
      ({ kind, enforced, outcome }) => enforced !== false && (kind !== "require" || outcome !== "passed"),
    )
    .sort((a, b) => ORDER[a.outcome] - ORDER[b.outcome]);
  if (rules.length === 0) return null;
  return (
    <ul>
      {rules.slice(0, MAX_LISTED).map((rule) => (
        <li key={rule.rule}>
          <strong class={TONES[rule.outcome]}>{rule.outcome}</strong> {ruleName(rule)}: {ruleValue(rule)},
          required {requiredText(rule)}
          {rule.said === undefined || rule.said === report.comparison?.said ? "" : ` (${rule.said})`}
        </li>
      ))}
    </ul>
  );
}

/** Lists the cases that could not be compared: new, removed, changed, or without an answer on one side. */
export function UnpairedSection({ report }: { report: RunReport }): JSX.Element | null {
  if (report.comparison === null) return null;
  const { cases } = report.comparison;
  const lists = (
    [
      ["new", cases.new],
      ["removed", cases.removed],
      ["changed, not compared", cases.changed],
      ["without an answer on one side", cases.missing],
    ] as const
  ).filter(([, ids]) => ids.length > 0);
  if (lists.length === 0) return null;
  return (
    <section aria-label="not compared">
      <h2>Not compared</h2>
      <ul>
        {lists.map(([name, ids]) => (
          <li key={name}>
            {name}: {plural(ids.length, "case")} ({ids.slice(0, 20).join(", ")}
            {ids.length > 20 ? `, ${count(ids.length - 20)} more` : ""})
          </li>
        ))}
      </ul>
    </section>
  );
}
