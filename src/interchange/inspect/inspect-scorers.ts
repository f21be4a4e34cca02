import type { SourcePlace } from "../imported.ts";
import { isObject, type JsonObject, listMember, objectMember, textMember } from "../reading/json-fields.ts";
import type { LeftList } from "../reading/left-list.ts";
import type { TakenScorer } from "../writing/outputs-import.ts";

/** Path, in the user's project, of the module with Inspect's rule-based scorers. */
export const INSPECT_SCORERS_FILE = "scorers/inspect.mjs";

const KNOWN = new Set(["includes", "match", "exact", "f1"]);
const MODEL_GRADED = /^model_graded/;

/** The scorers named in a log. Rule-based scorers are converted; all others are not imported, which is reported. */
export function inspectScorers(header: JsonObject, place: SourcePlace, left: LeftList): TakenScorer[] {
  const taken: TakenScorer[] = [];
  const seen = new Set<string>();
  for (const score of listMember(objectMember(header, "results") ?? {}, "scores").filter(isObject)) {
    const scorer = textMember(score, "scorer") ?? textMember(score, "name") ?? "";
    const name = textMember(score, "name") ?? scorer;
    // A scorer whose results over epochs Inspect combines in several ways has several entries in the log.
    if (seen.has(name)) continue;
    seen.add(name);
    const params = objectMember(score, "params") ?? {};
    const why = reasonToLeave(scorer, params);
    if (why !== undefined) left.add(place, `scorer ${scorer}`, why);
    else
      taken.push({
        entry: { type: "module", name, file: INSPECT_SCORERS_FILE, config: { scorer, ...params } },
        place,
        what: scorer,
      });
  }
  return taken;
}

function reasonToLeave(scorer: string, params: JsonObject): string | undefined {
  if (MODEL_GRADED.test(scorer))
    return "A model graded the answers, and its verdicts in the log are not imported. Write a judge of your own (docs/judges.md).";
  if (!KNOWN.has(scorer))
    return "The scorer's code is not in the log. Write it as a module or command scorer (docs/scorers.md).";
  if (params.numeric === true)
    return "evals does not know how this scorer reads numbers. Write it as a scorer of type number.";
  return undefined;
}

/**
 * The text of the module at `INSPECT_SCORERS_FILE`. In it, `answer` is the reply and `targets` are the right texts.
 */
export const INSPECT_SCORERS = `// The scorers of Inspect that compare texts, by their rules: config.scorer is includes, match, exact or f1.
const PUNCTUATION = /[!-/:-@[-\`{-~]/g;
const EDGES = /^[\\s!-/:-@[-\`{-~]+|[\\s!-/:-@[-\`{-~]+$/g;

const words = (text) =>
  text
    .toLowerCase()
    .replace(PUNCTUATION, "")
    .replace(/(?<![\\p{L}\\p{N}_])(?:a|an|the)(?![\\p{L}\\p{N}_])/gu, " ")
    .split(/\\s+/)
    .filter(Boolean);

function includes(answer, target, { ignore_case = true }) {
  return ignore_case ? answer.toLowerCase().includes(target.toLowerCase()) : answer.includes(target);
}

function match(answer, target, { location = "end", ignore_case = true, ignore_punctuation = true }) {
  const clean = (text) => {
    const trimmed = ignore_case ? text.trim().toLowerCase() : text.trim();
    return ignore_punctuation ? trimmed.replace(EDGES, "") : trimmed;
  };
  const [said, wanted] = [clean(answer), clean(target)];
  if (location === "begin") return said.startsWith(wanted);
  if (location === "end") return said.endsWith(wanted);
  return location === "exact" ? said === wanted : said.includes(wanted);
}

function f1(answer, target) {
  const [said, wanted] = [words(answer), words(target)];
  const left = [...wanted];
  let shared = 0;
  for (const word of said) {
    const at = left.indexOf(word);
    if (at === -1) continue;
    left.splice(at, 1);
    shared++;
  }
  return shared === 0 ? 0 : (2 * shared) / (said.length + wanted.length);
}

const SCORERS = {
  includes,
  match,
  exact: (answer, target) => words(answer).join(" ") === words(target).join(" "),
  f1,
};

export default ({ case: { expected }, output, config }) => {
  const score = SCORERS[config.scorer];
  const targets = Array.isArray(expected) ? expected : [expected];
  const scores = targets.map((target) => Number(score(String(output), String(target), config)));
  const best = Math.max(0, ...scores);
  return { score: best, pass: best === 1, reason: \`\${config.scorer}: \${best}\` };
};
`;
