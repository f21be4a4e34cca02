import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, posix } from "node:path";
import { readImports } from "./read-imports.mjs";

/** Entries of the package that users may import. */
export const ENTRIES = ["index", "vitest"];

/**
 * Keeps the declarations that the entries use, and copies those of zod next to them. zod is bundled, so users
 * of the API do not install it, and without its types every inferred type would be `any`.
 *
 * @param {string} folder where the compiler wrote its declarations
 * @param {readonly string[]} installed packages that are installed together with this one
 */
export async function publicTypes(folder, installed) {
  const reached = new Set();
  const waiting = ENTRIES.map((name) => posix.join(folder, `${name}.d.ts`));
  for (let file = waiting.pop(); file; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    if (file.startsWith(`${folder}/zod/`)) await copyFromZod(folder, file);
    const text = await readFile(file, "utf8");
    let rewritten = text;
    for (const { name, start, end } of readImports(file, text).reverse()) {
      if (installed.includes(name) || name.startsWith("node:")) continue;
      if (name !== "zod" && !name.startsWith("."))
        throw new Error(`The public API's types need "${name}" (${file}), which its users do not install.`);
      const target = name === "zod" ? `${folder}/zod/index.js` : posix.join(posix.dirname(file), name);
      waiting.push(target.replace(/\.(c|m)?[jt]s$/, ".d.$1ts"));
      const path = posix.relative(posix.dirname(file), target.replace(/\.ts$/, ".js"));
      rewritten = `${rewritten.slice(0, start)}"${path.startsWith(".") ? path : `./${path}`}"${rewritten.slice(end)}`;
    }
    if (rewritten !== text) await writeFile(file, rewritten);
  }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = `${entry.parentPath}/${entry.name}`.replaceAll("\\", "/");
    if (entry.isFile() && !reached.has(path)) await rm(path);
  }
}

async function copyFromZod(folder, file) {
  await mkdir(dirname(file), { recursive: true });
  await cp(file.replace(`${folder}/zod/`, "node_modules/zod/"), file);
}
