/** Path, in the user's project, of the module with the scorers of the basic evals of openai/evals. */
export const MATCH_MODULE_FILE = "scorers/openai-evals.mjs";

/** The text of the module. In it, `config.eval` selects the eval. */
export const MATCH_MODULE = `// The basic evals of openai/evals, by their rules: config.eval is match, includes, fuzzy_match or json_match.
// The case's \`expected\` is the sample's "ideal": one text, or a list of texts of which each is right.
const PUNCTUATION = /[!-/:-@[-\`{-~]/g;
const ARTICLES = /(?<![\\p{L}\\p{N}_])(?:a|an|the)(?![\\p{L}\\p{N}_])/gu;

/** Lower case, without punctuation and articles, with single spaces. */
const normal = (text) =>
  text.toLowerCase().replace(PUNCTUATION, "").replace(ARTICLES, " ").split(/\\s+/).filter(Boolean).join(" ");

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Compares two values member by member; a missing or null value is never right. */
function sameJson(said, right) {
  if (said === undefined || said === null || right === undefined || right === null) return false;
  if (typeof said !== "object" || typeof right !== "object") return said === right;
  if (Array.isArray(said) !== Array.isArray(right)) return false;
  if (Array.isArray(said)) return said.length === right.length && said.every((one, at) => sameJson(one, right[at]));
  const keys = new Set([...Object.keys(said), ...Object.keys(right)]);
  return [...keys].every((key) => sameJson(said[key], right[key]));
}

const EVALS = {
  match: (answer, ideal) => answer.startsWith(ideal),
  includes: (answer, ideal, { ignore_case = false }) =>
    ignore_case ? answer.toLowerCase().includes(ideal.toLowerCase()) : answer.includes(ideal),
  fuzzy_match: (answer, ideal) => {
    const [said, right] = [normal(answer), normal(ideal)];
    return said === "" || right === "" ? said === right : said.includes(right) || right.includes(said);
  },
  json_match: (answer, ideal) => sameJson(parsed(answer), parsed(ideal)),
};

export default ({ case: { expected }, output, config }) => {
  const holds = EVALS[config.eval];
  const ideals = Array.isArray(expected) ? expected : [expected];
  const found = ideals.find((ideal) => holds(String(output), String(ideal), config));
  return found === undefined
    ? { score: 0, pass: false, reason: \`matches none of \${JSON.stringify(ideals)}\` }
    : { score: 1, pass: true, reason: \`matches \${JSON.stringify(found)}\` };
};
`;
