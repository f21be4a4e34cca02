import { readFile } from "node:fs/promises";
import { posix } from "node:path";
import { parseSync } from "oxc-parser";

/**
 * The public API as one text without comments: the exports of each entry, then every declaration that they use,
 * once, sorted by name. Types of packages are named, but their declarations are left out.
 *
 * @param {string} folder where the compiler wrote its declarations
 * @param {readonly string[]} entries without their ending
 */
export async function publicApi(folder, entries) {
  const files = new Map();
  const fileOf = async (path) => {
    if (!files.has(path))
      files.set(path, readDeclarations(path, withoutComments(path, await readFile(path, "utf8"))));
    return files.get(path);
  };
  const found = new Map();
  const reach = async (path, name) => {
    const { declarations, imported } = await fileOf(path);
    const from = imported.get(name);
    if (from !== undefined) {
      if (from.path.startsWith(".")) await reach(besides(path, from.path), from.name);
      return;
    }
    for (const declaration of declarations.filter((one) => one.name === name)) {
      const key = `${path} ${declaration.start}`;
      if (found.has(key)) continue;
      found.set(key, declaration);
      for (const used of declaration.uses) await reach(path, used);
    }
  };
  const heads = [];
  for (const entry of entries) {
    const path = posix.join(folder, `${entry}.d.ts`);
    const { text, exported, declarations } = await fileOf(path);
    heads.push(`// ${entry}\n\n${text.trim()}`);
    for (const { from, name } of exported) await reach(from === null ? path : besides(path, from), name);
    for (const { uses } of declarations) for (const used of uses) await reach(path, used);
  }
  const shown = [...found.entries()].filter(
    ([key]) => !entries.some((one) => key.startsWith(`${folder}/${one}.d.ts `)),
  );
  const texts = shown.map(([, declaration]) => declaration).sort((a, b) => (a.name < b.name ? -1 : 1));
  return `${[...heads, "// what they reach", ...texts.map(({ text }) => text)].join("\n\n")}\n`;
}

/** The declarations without comments and empty lines, with each member on a line of its own. */
function withoutComments(path, text) {
  let bare = text;
  for (const { start, end } of parseSync(path, text).comments.reverse())
    bare = bare.slice(0, start) + bare.slice(end);
  return bare.replace(/\n\s*(?=\n)/g, "");
}

const besides = (path, other) => posix.join(posix.dirname(path), other).replace(/\.(js|ts)$/, ".d.ts");

/** The top-level declarations of a file with the names that each one uses, and the imports of the file. */
function readDeclarations(path, text) {
  const { program } = parseSync(path, text);
  const imported = new Map();
  const declarations = [];
  const exported = [];
  for (const statement of program.body) {
    if (statement.type === "ImportDeclaration") {
      for (const { local, imported: other } of statement.specifiers)
        imported.set(local.name, { path: statement.source.value, name: other?.name ?? "*" });
      continue;
    }
    if (statement.type === "ExportNamedDeclaration" && statement.declaration === null) {
      for (const { local } of statement.specifiers)
        exported.push({ from: statement.source?.value ?? null, name: local.name });
      continue;
    }
    const declaration = statement.declaration ?? statement;
    const names = declaration.declarations?.map(({ id }) => id.name) ?? [declaration.id?.name ?? ""];
    const uses = namesIn(declaration);
    for (const name of names)
      declarations.push({
        name,
        start: statement.start,
        text: text.slice(statement.start, statement.end),
        uses,
      });
  }
  return { text, declarations, exported, imported };
}

/** Collects every identifier in a declaration. Those that are not top-level names are ignored later. */
function namesIn(node, names = new Set()) {
  if (Array.isArray(node)) for (const one of node) namesIn(one, names);
  else if (node !== null && typeof node === "object") {
    if (node.type === "Identifier") names.add(node.name);
    for (const value of Object.values(node)) namesIn(value, names);
  }
  return names;
}
