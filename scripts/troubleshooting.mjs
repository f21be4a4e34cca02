// Makes docs/troubleshooting.md from the code: every code of a mistake, with the sentences that the program
// prints for it.
// `node scripts/troubleshooting.mjs` writes the page; src/cli/troubleshooting.test.ts checks that it is up to
// date.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";

const CODE = /^EVALS_[A-Z0-9_…]+$/;
/** Beginnings of codes, one for each kind of file, that are completed to `EVALS_…_UNKNOWN_KEY` and the like. */
const BEGINNINGS = new Set(
  [
    "ARM",
    "CALIBRATION",
    "CANDIDATES",
    "CASE",
    "CONFIG",
    "ESCALATION",
    "JUDGE",
    "LABELS",
    "OUTPUTS_FILE",
    "PROMPT",
    "RECORDING_FILE",
    "SUITE",
    "VERDICTS",
  ].map((word) => `EVALS_${word}`),
);
/** Environment variables, which look like codes. */
const VARIABLES = new Set(["EVALS_BASE_REF", "EVALS_HISTORY"]);
const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * The sentences in the sources for each code, in the order of the codes.
 *
 * @param {{ path: string, text: string }[]} sources
 * @returns {{ code: string, what: string, why: string, fix: string }[]} an expression in a sentence is replaced by
 * `<name>`
 *   or `…`
 * @throws {Error} naming the codes whose sentences were not found
 */
export function mistakesOf(sources) {
  const found = new Map();
  const named = new Set();
  for (const { path, text } of sources) {
    const { program, errors } = parseSync(path, text);
    if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0].message}`);
    const constants = constantsOf(program);
    const textOf = (node) => sentence(node, constants);
    const codesIn = (node) => codesWithin(node, constants);
    visit(program, (node) => {
      for (const code of codesOf(node)) named.add(code);
      const parts =
        node.type === "ObjectExpression"
          ? ofObject(node, textOf, codesIn)
          : node.type === "CallExpression"
            ? ofCall(node, textOf)
            : [];
      for (const one of parts) if (!found.has(one.code) && one.what !== "") found.set(one.code, one);
    });
  }
  const patterns = [...found.keys()].filter((code) => code.includes("…"));
  const isExplained = (code) =>
    found.has(code) || patterns.some((one) => new RegExp(`^${one.replace("…", "[A-Z_]+")}$`).test(code));
  const without = [...named].filter(
    (code) => !isExplained(code) && !code.includes("…") && !BEGINNINGS.has(code) && !VARIABLES.has(code),
  );
  if (without.length > 0) throw new Error(`No sentences found for ${without.join(", ")}.`);
  return [...found.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** @param {ReturnType<typeof mistakesOf>} mistakes */
export function troubleshootingPage(mistakes) {
  const lines = [
    "# Troubleshooting",
    "",
    "Every mistake has a code that stays the same from version to version, in brackets behind its sentence and as `code` in JSON.",
    "Search this page for it. `<…>` is a part of a sentence that depends on your files. This page is made from the code",
    "(`node scripts/troubleshooting.mjs`), so it has the same sentences as the program.",
    "",
    "A mistake ends a command with exit code 2 before anything is asked: fix it and run again, nothing was lost. What goes wrong while a run",
    "is under way (a refused connection, a rate limit, a reply that cannot be read) is not a mistake but the outcome of its trial; the run then",
    "ends with exit code 3, `evals show RUN --failing` lists the reasons, and `evals run --resume` asks again for what is missing.",
  ];
  let group = "";
  for (const { code, what, why, fix } of mistakes) {
    const next = /^EVALS_([A-Z0-9…]+)/.exec(code)?.[1] ?? "";
    if (next !== group) lines.push("", `## ${next === "…" ? "Any file" : heading(next)}`);
    group = next;
    lines.push("", `### ${code}`, "", escaped(what), "");
    if (why !== "") lines.push(`- **Why it matters:** ${escaped(why)}`);
    if (fix !== "") lines.push(`- **Fix:** ${escaped(fix)}`);
  }
  return `${lines.join("\n").replaceAll(/\n{3,}/g, "\n\n")}\n`;
}

export function readSources() {
  return readdirSync(`${root}src`, { recursive: true })
    .map((path) => `src/${path}`)
    .filter(
      (path) =>
        path.endsWith(".ts") && !/\.test\.ts$|\.d\.ts$|(^|[\\/])testing[\\/]|-contract\.ts$/.test(path),
    )
    .sort()
    .map((path) => ({ path, text: readFileSync(root + path, "utf8") }));
}

const heading = (word) => word[0] + word.slice(1).toLowerCase().replaceAll("_", " ");

/** What the page says for a sentence that differs from one message to the next. */
const IN_THE_MESSAGE = new Map([
  ["<what>", "The message says what is wrong."],
  ["<why>", "The message says why."],
  ["<fix>", "The message says how."],
]);
/** Escapes `<` for Markdown, except within backticks. */
const escaped = (text) =>
  (IN_THE_MESSAGE.get(text) ?? text)
    .replaceAll("\n", " ")
    .split("`")
    .map((part, at) => (at % 2 === 0 ? part.replaceAll("<", "&lt;") : part))
    .join("`")
    .trim();

function visit(node, see) {
  if (node === null || typeof node !== "object") return;
  if (typeof node.type === "string") see(node);
  for (const child of Object.values(node)) visit(child, see);
}

/** Texts in constants: `const why = "…"`. */
function constantsOf(program) {
  const constants = new Map();
  visit(program, (node) => {
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier" && node.init)
      constants.set(node.id.name, node.init);
  });
  return constants;
}

function codesOf(node) {
  if (node.type === "Literal")
    return typeof node.value === "string" && CODE.test(node.value) ? [node.value] : [];
  if (node.type === "ConditionalExpression") return [...codesOf(node.consequent), ...codesOf(node.alternate)];
  if (node.type !== "TemplateLiteral") return [];
  const text = node.quasis.map(({ value }) => value.cooked).join("…");
  const code = text.startsWith("…_") ? `EVALS_${text}` : text;
  return CODE.test(code) && code.includes("…") ? [code] : [];
}

/** The codes in the arguments of a call, also through a constant: `const base = problemAt("EVALS_…")`. */
function codesWithin(node, constants) {
  if (node?.type === "Identifier") return codesWithin(constants.get(node.name), constants);
  return node?.type === "CallExpression" ? node.arguments.flatMap(codesOf) : [];
}

/**
 * The mistake in an object `{ code, what, why, fix }`. The code may be in a spread: `...problemAt("EVALS_…",
 * …)`.
 */
function ofObject({ properties }, textOf, codesIn) {
  const of = (name) => properties.find((one) => one.key?.name === name)?.value;
  if (of("what") === undefined) return [];
  const code = of("code");
  const codes = code === undefined ? properties.flatMap((one) => codesIn(one.argument)) : codesOf(code);
  return codes.map((one) => ({
    code: one,
    what: textOf(of("what")),
    why: textOf(of("why")),
    fix: textOf(of("fix")),
  }));
}

/**
 * The mistake in a call: `mistake("EVALS_…", place, what, why, fix)`, code first or last; or `problemAt(place,
 * what, { code, why, fix })`.
 */
function ofCall({ arguments: given }, textOf) {
  const rest = given.at(-1);
  const of = (name) => rest?.properties?.find((one) => one.key?.name === name)?.value;
  if (of("code") !== undefined && of("what") === undefined && given.length > 1)
    return codesOf(of("code")).map((code) => ({
      code,
      what: textOf(given.findLast(isText)),
      why: textOf(of("why")),
      fix: textOf(of("fix")),
    }));
  const codes = given.filter(({ type }) => type === "Literal").flatMap(codesOf);
  if (codes.length !== 1) return [];
  const texts = given.filter(
    (node) =>
      codesOf(node).length === 0 &&
      !["ArrayExpression", "ObjectExpression"].includes(node.type) &&
      isText(node),
  );
  if (texts.length < 2) return [];
  const [what, why, fix] = texts.map(textOf);
  return [{ code: codes[0], what, why: why ?? "", fix: fix ?? "" }];
}

function isText(node) {
  // An identifier with one of these names holds a sentence, for instance a parameter of the calling function.
  if (node.type === "Identifier") return ["what", "why", "fix"].includes(node.name);
  if (node.type === "Literal") return typeof node.value === "string";
  if (node.type === "ConditionalExpression") return isText(node.consequent) || isText(node.alternate);
  if (node.type === "BinaryExpression")
    return node.operator === "+" && (isText(node.left) || isText(node.right));
  return node.type === "TemplateLiteral" || node.type === "MemberExpression" || isResume(node);
}

/** The sentence that an expression makes. Parts that only the running program knows become `<name>`. */
function sentence(node, constants, depth = 0) {
  if (node === undefined) return "";
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : String(node.value ?? "");
  if (node.type === "TemplateLiteral") {
    return node.quasis
      .map(({ value }, at) => {
        const inner = node.expressions[at];
        return value.cooked + (inner === undefined ? "" : filled(inner, constants, depth));
      })
      .join("");
  }
  if (node.type === "BinaryExpression" && node.operator === "+")
    return sentence(node.left, constants, depth) + sentence(node.right, constants, depth);
  if (node.type === "ConditionalExpression")
    return sentence(node.consequent, constants, depth) || sentence(node.alternate, constants, depth);
  if (node.type === "LogicalExpression")
    return sentence(node.right, constants, depth) || sentence(node.left, constants, depth);
  if (node.type === "Identifier" && constants.has(node.name) && depth < 3) {
    const text = sentence(constants.get(node.name), constants, depth + 1);
    if (text !== "" && !text.startsWith("<")) return text;
  }
  return filled(node, constants, depth);
}

function filled(node, constants, depth) {
  if (node.type === "Identifier") {
    const value = constants.get(node.name);
    if (value?.type === "Literal" && typeof value.value === "string") return value.value;
    return `<${node.name}>`;
  }
  if (node.type === "MemberExpression" && node.property.type === "Identifier" && !node.computed)
    return `<${node.property.name}>`;
  if (node.type === "Literal" || node.type === "TemplateLiteral") return sentence(node, constants, depth + 1);
  // A part that is only sometimes in the sentence is left out.
  if (node.type === "ConditionalExpression") {
    const parts = [node.consequent, node.alternate];
    if (parts.some((one) => one.type === "Literal" && one.value === "")) return "";
    return sentence(parts[0], constants, depth + 1);
  }
  if (node.type === "AwaitExpression") return filled(node.argument, constants, depth);
  if (node.type === "LogicalExpression" && [node.left, node.right].every(isGuess)) return "";
  if (isResume(node)) return resumeWords(node, constants);
  return isGuess(node) ? "" : "…";
}

/** Whether an expression is the command that resumes a run: `resumeCommand(header, ["--all-trials"])`. */
const isResume = (node) => node.type === "CallExpression" && node.callee.name === "resumeCommand";

function resumeWords({ arguments: [, more] }, constants) {
  const added = more?.elements?.map((one) => ` ${sentence(one, constants)}`) ?? [];
  return `evals run <suite> --resume --run <id>${added.join("")}`;
}

/** Whether a part of a sentence is a suggestion, which depends on what the user wrote. */
function isGuess(node) {
  return node.type === "CallExpression" && /didYouMean/.test(node.callee.name ?? "");
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(`${root}docs/troubleshooting.md`, troubleshootingPage(mistakesOf(readSources())));
