/** Path, in the user's project, of the module with the hosted API's graders that compare texts. */
export const GRADER_MODULE_FILE = "scorers/openai-graders.mjs";

/** The text_similarity metrics that the module computes. */
export const SIMILARITIES = new Set([
  "fuzzy_match",
  "gleu",
  "rouge_1",
  "rouge_2",
  "rouge_3",
  "rouge_4",
  "rouge_5",
  "rouge_l",
]);

/** The text of the module. In it, `config` is the grader as the API saved it. */
export const GRADER_MODULE = `// string_check and text_similarity of OpenAI's hosted evals; config is the grader as it was saved.
// {{ item.… }} is the case's input, {{ sample.output_text }} the answer; a missing value is an empty text.
const PLACE = /\\{\\{-?\\s*(item|sample)((?:\\.[\\w-]+|\\[\\d+\\]|\\["[^"\\]]+"\\]|\\['[^'\\]]+'\\])*)\\s*-?\\}\\}/g;
const STEP = /\\.([\\w-]+)|\\[(\\d+)\\]|\\["([^"\\]]+)"\\]|\\['([^'\\]]+)'\\]/g;

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function filled(template, scope) {
  return String(template).replace(PLACE, (_, root, path) => {
    let value = scope[root];
    for (const [, name, index, double, single] of path.matchAll(STEP)) value = value?.[name ?? index ?? double ?? single];
    if (value === undefined || value === null) return "";
    return typeof value === "string" ? value : JSON.stringify(value);
  });
}

const CHECKS = {
  eq: (input, reference) => input === reference,
  ne: (input, reference) => input !== reference,
  like: (input, reference) => input.includes(reference),
  ilike: (input, reference) => input.toLowerCase().includes(reference.toLowerCase()),
};

const words = (text) => text.toLowerCase().match(/[\\p{L}\\p{N}]+/gu) ?? [];

function longestCommon(a, b) {
  let before = new Array(b.length + 1).fill(0);
  for (const one of a) {
    const now = [0];
    for (let at = 0; at < b.length; at++) now.push(one === b[at] ? before[at] + 1 : Math.max(before[at + 1], now[at]));
    before = now;
  }
  return before[b.length];
}

const grams = (list, n) => Array.from({ length: Math.max(0, list.length - n + 1) }, (_, at) => list.slice(at, at + n).join(" "));

/** Number of elements that both lists have; a repeated one counts as often as both have it. */
function shared(a, b) {
  const left = new Map();
  for (const one of b) left.set(one, (left.get(one) ?? 0) + 1);
  let count = 0;
  for (const one of a) {
    const times = left.get(one) ?? 0;
    if (times === 0) continue;
    left.set(one, times - 1);
    count++;
  }
  return count;
}

const f1 = (overlap, a, b) => (overlap === 0 ? 0 : (2 * overlap) / (a + b));

function rouge(input, reference, n) {
  const [said, right] = [grams(words(input), n), grams(words(reference), n)];
  return f1(shared(said, right), said.length, right.length);
}

function similarity(metric, input, reference) {
  if (metric === "rouge_l") {
    const [said, right] = [words(input), words(reference)];
    return f1(longestCommon(said, right), said.length, right.length);
  }
  if (metric.startsWith("rouge_")) return rouge(input, reference, Number(metric.slice(6)));
  if (metric === "fuzzy_match") {
    const [said, right] = [[...input], [...reference]];
    return said.length + right.length === 0 ? 1 : f1(longestCommon(said, right), said.length, right.length);
  }
  // gleu: the smaller of precision and recall, over all sequences of one to four words.
  const all = (text) => [1, 2, 3, 4].flatMap((n) => grams(words(text), n));
  const [said, right] = [all(input), all(reference)];
  return said.length === 0 || right.length === 0 ? 0 : shared(said, right) / Math.max(said.length, right.length);
}

export default ({ case: golden, output, config }) => {
  const text = typeof output === "string" ? output : JSON.stringify(output);
  const scope = { item: golden.input, sample: { output_text: text, output_json: parsed(text) } };
  const [input, reference] = [filled(config.input, scope), filled(config.reference, scope)];
  if (config.type === "string_check") {
    const pass = CHECKS[config.operation](input, reference);
    return { score: pass ? 1 : 0, pass, reason: \`\${JSON.stringify(input.slice(0, 200))} \${config.operation} \${JSON.stringify(reference.slice(0, 200))}\` };
  }
  return similarity(config.evaluation_metric, input, reference);
};
`;

/** A python grader as a program that scores one answer per line. */
export function pythonProgram(source: string): string {
  return `# A python grader of OpenAI's hosted evals, as it was saved. The code at the end passes each answer to the grader.
${source.trimEnd()}


if __name__ == "__main__":
    import json as _json
    import sys as _sys

    for _line in _sys.stdin:
        _asked = _json.loads(_line)
        _said = _asked["output"]
        _text = _said if isinstance(_said, str) else _json.dumps(_said)
        try:
            _parsed = _json.loads(_text)
        except ValueError:
            _parsed = None
        _message = {"role": "assistant", "content": _text}
        _sample = {
            "output_text": _text,
            "output_json": _parsed,
            "output_tools": _asked.get("transcript", {}).get("tool_calls") or [],
            "choices": [{"message": _message}],
        }
        print(_json.dumps(float(grade(_sample, _asked["case"]["input"]))), flush=True)
`;
}
