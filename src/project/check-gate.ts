import { type Bound, parseBound } from "../domain/bound.ts";
import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import { parseDuration } from "../domain/duration.ts";
import type { PressureKind } from "../domain/pressure.ts";
import type { Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";
import type { Gate } from "../domain/suite.ts";
import { type Metric, nearestMetric, parseMetric } from "./metric-names.ts";

/** The parts of a suite that its gate may refer to. */
export interface GateContext {
  readonly places: Places;
  /** Names of the suite's scorers. */
  readonly scorers: readonly string[];
  /** Trials per case. */
  readonly trials: number;
  /**
   * Names of the judges that are asked only about some trials: those that pass all other scorers, or those whose
   * failure no rule explains. The mean score of such a judge does not cover all answers.
   */
  readonly partial: readonly string[];
  /** The suite's kinds of pressure. */
  readonly pressure: readonly PressureKind[];
}

type Path = readonly PropertyKey[];

/** Finds requirements, regression rules and critical selectors that can never be evaluated. */
export function checkGate(gate: Gate, context: GateContext): Problem[] {
  return [
    ...Object.entries(gate.require).flatMap(([metric, bound]) => checkRequirement(metric, bound, context)),
    ...checkRegression(gate, context),
    ...checkEachCase(gate.each_case, context),
    ...gate.critical.flatMap((selector, index) => checkSelector(selector, index, context)),
  ];
}

function checkRequirement(name: string, text: string, context: GateContext): Problem[] {
  const path = ["gate", "require", name];
  const metric = parseMetric(name);
  if (metric === undefined) return [unknownMetric(name, path, context)];
  const problems = checkMetric(metric, name, path, context);
  const bound = parseBound(text);
  if (bound === undefined) return [...problems, badBound(name, text, metric, context)];
  const range = rangeProblem(metric, bound);
  return range === undefined ? problems : [...problems, outOfRange(name, bound, range, context)];
}

/** Checks the minimum share of passed trials per case. */
function checkEachCase(text: string | undefined, context: GateContext): Problem[] {
  const bound = text === undefined ? undefined : parseBound(text);
  if (
    text === undefined ||
    (bound?.op.startsWith(">") &&
      bound.value > 0 &&
      bound.value <= 1 &&
      !(bound.op === ">" && bound.value === 1))
  )
    return [];
  return [
    {
      code: "EVALS_BOUND_INVALID",
      path: context.places.path,
      ...context.places.at(["gate", "each_case"]),
      what: `"${text}" is not a minimum for each case: it needs >= or >, and a share between 0 and 1.`,
      why: "It would be unknown whether each case passes often enough.",
      fix: 'each_case: ">= 0.8"',
    },
  ];
}

/** Checks that the scorer exists, and that k of pass^k is at most the number of trials. */
function checkMetric(metric: Metric, name: string, path: Path, context: GateContext): Problem[] {
  if (metric.kind === "score" && !context.scorers.includes(metric.scorer)) {
    return [unknownScore(metric.scorer, path, context)];
  }
  if (metric.kind === "score" && context.partial.includes(metric.scorer)) {
    return [partialScore(metric.scorer, path, context)];
  }
  if (metric.kind === "flip" && !context.pressure.includes(metric.pressure))
    return [notPressed(name, metric.pressure, path, context)];
  const tooMany = (metric.kind === "pass^" || metric.kind === "pass@") && metric.k > context.trials;
  return tooMany ? [tooFewTrials(name, metric.k, path, context)] : [];
}

function checkRegression(gate: Gate, context: GateContext): Problem[] {
  if (gate.regression === false) return [];
  const isList = Array.isArray(gate.regression);
  const rules = Array.isArray(gate.regression) ? gate.regression : [gate.regression];
  return rules.flatMap((rule, index) => {
    const path = ["gate", "regression", ...(isList ? [index] : []), "metric"];
    const metric = parseMetric(rule.metric);
    if (metric === undefined) return [unknownMetric(rule.metric, path, context)];
    const tested = rule.metric === "pass_rate" || ["pass^", "score", "flip"].includes(metric.kind);
    return tested ? checkMetric(metric, rule.metric, path, context) : [notTested(rule.metric, path, context)];
  });
}

function checkSelector(selector: string, index: number, { places }: GateContext): Problem[] {
  if (/^(?:tag|case):./.test(selector)) return [];
  return [
    {
      code: "EVALS_SUITE_SELECTOR",
      path: places.path,
      ...places.at(["gate", "critical", index]),
      what: `"${selector}" selects nothing: it begins with neither "tag:" nor "case:".`,
      why: "No case would be treated as critical.",
      fix: `critical: [tag:${selector.replace(/^\w*:/, "") || "critical"}], or case:<id>`,
    },
  ];
}

/**
 * Why a bound is useless for a metric: a duration for a metric that is no time (`time`); for a share, a bound outside
 * 0 to 1 or one that no share meets (`ratio`); for a metric that is never below 0, a bound that it meets always or
 * never (`negative`). Undefined for a usable bound.
 */
function rangeProblem(
  { unit }: Metric,
  { op, value, text }: Bound,
): "ratio" | "negative" | "time" | undefined {
  const isTime = parseDuration(text.replace(/^[<>=\s]+/, "")) !== undefined;
  if (isTime && unit !== "ms") return "time";
  const isNever = (op === ">" && value === 1) || (op === "<" && value === 0);
  if (unit === "ratio") return value < 0 || value > 1 || isNever ? "ratio" : undefined;
  return value < 0 || (op === "<" && value === 0) ? "negative" : undefined;
}

function problemAt(code: string, path: Path, { places }: GateContext, on: "key" | "value" = "value") {
  return { code, path: places.path, ...places.at(path, on) };
}

const METRIC_LIST =
  "pass_rate, pass^k, pass@k, score.<scorer>, flaky_rate, error_rate, refusal_rate, latency_p50/p90/p95/p99, cost_usd, cost_per_trial, judge_cost_usd, input_tokens, output_tokens, tool_calls, tool_error_rate, steps, turns, stopped_rate, simulator_error_rate, flip_rate.<kind of pressure>";

function unknownMetric(name: string, path: Path, context: GateContext): Problem {
  const guess = nearestMetric(name, context.scorers);
  return {
    ...problemAt("EVALS_METRIC_UNKNOWN", path, context, path.includes("require") ? "key" : "value"),
    what: `Unknown metric "${name}".${guess === undefined ? "" : ` Did you mean "${guess}"?`}`,
    why: "A rule about a metric that is never measured could neither pass nor fail.",
    fix:
      guess === undefined ? `Use one of: ${METRIC_LIST}.` : `"${guess}"        (all metrics: ${METRIC_LIST})`,
  };
}

function unknownScore(scorer: string, path: Path, context: GateContext): Problem {
  const guess = nearest(scorer, context.scorers);
  return {
    ...problemAt("EVALS_METRIC_UNKNOWN", path, context, path.includes("require") ? "key" : "value"),
    what: `No scorer of this suite is named "${scorer}".${didYouMean(scorer, context.scorers)}`,
    why: "A rule about a score that is never given could neither pass nor fail.",
    fix:
      guess === undefined
        ? `Name one of: ${context.scorers.map((name) => `score.${name}`).join(", ")}.`
        : `score.${guess}`,
  };
}

function notPressed(name: string, kind: PressureKind, path: Path, context: GateContext): Problem {
  const kinds = [...context.pressure, kind];
  return {
    ...problemAt("EVALS_METRIC_PRESSURE", path, context, path.includes("require") ? "key" : "value"),
    what: `${name} is measured under the pressure "${kind}", which this suite does not use.`,
    why: "A rule about a metric that is never measured could neither pass nor fail.",
    fix: `pressure: [${kinds.join(", ")}]`,
  };
}

function partialScore(scorer: string, path: Path, context: GateContext): Problem {
  return {
    ...problemAt("EVALS_METRIC_PARTIAL", path, context, path.includes("require") ? "key" : "value"),
    what: `A rule is about score.${scorer}, and that judge is asked only about some trials: \`judge_when: passed\`, or \`blames:\` with \`required: false\`.`,
    why: "A candidate that fails more often would be judged on other answers, and could look better because of it.",
    fix: `Write \`judge_when: always\` and delete \`blames:\` in the scorer "${scorer}", or leave the rule out`,
  };
}

function tooFewTrials(name: string, k: number, path: Path, context: GateContext): Problem {
  const sign = name.slice(0, 5);
  return {
    ...problemAt("EVALS_METRIC_TRIALS", path, context, path.includes("require") ? "key" : "value"),
    what: `${name} needs ${k} trials of each case, and this suite has ${context.trials}.`,
    why: "A metric over several trials of a case needs at least that many trials.",
    fix: `trials: ${k}, or ${sign}${context.trials}`,
  };
}

function notTested(name: string, path: Path, context: GateContext): Problem {
  return {
    ...problemAt("EVALS_METRIC_UNTESTED", path, context),
    what: `A regression rule cannot be about "${name}".`,
    why: "Only pass_rate, pass^k, score.<name> and flip_rate.<kind> are compared with the baseline by a test.",
    fix: `metric: pass_rate; or bound ${name} by a number: require: { ${JSON.stringify(name)}: "<= …" }`,
  };
}

function badBound(name: string, text: string, metric: Metric, context: GateContext): Problem {
  const percent = /^\s*(>=|<=|>|<)?\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  const number = /\d+(?:\.\d+)?/.exec(text)?.[0];
  const example = metric.unit === "ms" ? "<= 4s" : metric.unit === "ratio" ? ">= 0.9" : "<= 0.01";
  const share = percent === null ? undefined : `${percent[1] ?? ">="} ${Number(percent[2]) / 100}`;
  const bare =
    number !== undefined && text.trim() === number ? `${example.slice(0, 2)} ${number}` : undefined;
  return {
    ...problemAt("EVALS_BOUND_INVALID", ["gate", "require", name], context),
    what: `"${text}" is not a bound: it needs one of >=, >, <=, <, and a number.`,
    why: "It would be unknown whether the requirement holds.",
    fix: `"${name}": "${share ?? bare ?? example}"`,
  };
}

function outOfRange(
  name: string,
  bound: Bound,
  kind: "ratio" | "negative" | "time",
  context: GateContext,
): Problem {
  const base = problemAt("EVALS_BOUND_RANGE", ["gate", "require", name], context);
  const why = "The requirement would be met always or never, whatever the answers are.";
  if (kind === "time") {
    return {
      ...base,
      what: `${name} is not a time, so "${bound.text}" cannot bound it.`,
      why,
      fix: `"${name}": "${bound.op} ${bound.op.startsWith("<") ? 0.1 : 0.9}"`,
    };
  }
  if (kind === "negative") {
    return {
      ...base,
      what: `${name} is never below 0, so "${bound.text}" says nothing.`,
      why,
      fix: `"${name}": "${bound.op} ${name.startsWith("latency_") ? "4s" : 0.01}"`,
    };
  }
  const share =
    bound.value > 1 && bound.value <= 100 ? bound.value / 100 : bound.op.startsWith("<") ? 0.1 : 0.9;
  return {
    ...base,
    what:
      bound.value >= 0 && bound.value <= 1
        ? `${name} lies between 0 and 1, so it is never "${bound.text}".`
        : `${name} lies between 0 and 1, and "${bound.text}" does not.`,
    why,
    fix: `"${name}": "${bound.op} ${share}"`,
  };
}
