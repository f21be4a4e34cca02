import { parseSync } from "oxc-parser";

/**
 * Every import, re-export, `import()`, `import("…").Type` and `require()` of a TypeScript file.
 *
 * @param {string} path its extension decides how the text is parsed
 * @param {string} text
 * @returns {{ name: unknown, typeOnly: boolean, lazy: boolean, start: number, end: number }[]} the imported name, and its
 *   place in the text including quotes; a computed name is not a string
 */
export function readImports(path, text) {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0].message}`);
  const found = [];
  visit(program);
  return found.sort((a, b) => a.start - b.start);

  function visit(node) {
    if (node === null || typeof node !== "object") return;
    const source = sourceOf(node);
    if (source)
      found.push({
        name: source.value,
        typeOnly: isType(node),
        lazy: node.type === "ImportExpression",
        start: source.start,
        end: source.end,
      });
    for (const child of Object.values(node)) visit(child);
  }
}

function sourceOf(node) {
  if (node.type === "CallExpression") return node.callee.name === "require" ? node.arguments[0] : undefined;
  if (node.type === "TSExternalModuleReference") return node.expression;
  return /^(Import|Export|TSImport)/.test(node.type) ? node.source : undefined;
}

function isType(node) {
  if (node.type === "TSImportType" || (node.importKind ?? node.exportKind) === "type") return true;
  return node.specifiers?.length > 0 && node.specifiers.every(isType);
}
