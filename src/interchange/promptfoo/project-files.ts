import { posix } from "node:path";
import type { ImportedFile, SourceFiles } from "../imported.ts";
import execRuntime from "./runtime/exec.mjs.txt";
import moduleRuntime from "./runtime/provider.mjs.txt";
import pythonRuntime from "./runtime/provider.py.txt";
import { slugOf, UniqueNames } from "./slug.ts";

/** Matches `from "./x"`, `import("./x")`, `require("./x")`. Imports in Python files are not followed. */
const RELATIVE = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(["'`])(\.\.?\/[^"'`\n]+)\1/g;
const ENDINGS = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".json", "/index.js", "/index.ts"];

/** Project files that an import needs besides suites and datasets, each created once. */
export class ProjectFiles {
  readonly #source: SourceFiles;
  readonly #made = new Map<string, string>();
  readonly #names = new UniqueNames();
  readonly #folder: string;

  /** @param suite names the folder for files from outside of the project */
  constructor(source: SourceFiles, suite: string) {
    this.#source = source;
    this.#folder = `scorers/${suite}-files`;
  }

  inProject(path: string): string | undefined {
    return this.#source.inProject(path);
  }

  add(path: string, text: string): string {
    this.#made.set(path, text);
    return path;
  }

  /**
   * The path in the project of a user's file; a file from outside of the project is copied, with the files that it
   * imports.
   */
  bring(path: string): string {
    const inside = this.#source.inProject(path);
    if (inside !== undefined) return inside;
    const all = [...this.#withImports(path)];
    const base = commonFolder(all);
    for (const one of all) this.add(this.#copyOf(one, base), this.#source.text(one));
    return this.#copyOf(path, base);
  }

  #copyOf(path: string, base: string): string {
    return `${this.#folder}/${posix.relative(base, path)}`;
  }

  #withImports(path: string): Set<string> {
    const seen = new Set([path]);
    for (const one of seen)
      if (/\.[cm]?[jt]s$/.test(one))
        for (const match of this.#source.text(one).matchAll(RELATIVE)) {
          const target = posix.join(posix.dirname(one), match[2] ?? "");
          const found = ENDINGS.map((ending) => target + ending).find(
            (file) => this.#source.kind(file) === "file",
          );
          if (found !== undefined) seen.add(found);
        }
    return seen;
  }

  echo(): string {
    return this.add(
      "targets/echo.mjs",
      "// Answers with the prompt itself, as promptfoo's echo provider does.\nexport default (_, { messages }) =>\n  messages.length === 1 ? messages[0].content : JSON.stringify(messages);\n",
    );
  }

  execRunner(): string {
    return this.add("targets/promptfoo-exec.mjs", execRuntime);
  }

  pythonProvider(): string {
    return this.add("targets/promptfoo_provider.py", pythonRuntime);
  }

  /** A module that calls the user's own provider. */
  moduleProvider(label: string, own: string, name: string | undefined): string {
    this.add("targets/promptfoo-provider.mjs", moduleRuntime);
    const file = `targets/${this.#names.take(slugOf(label.replace(/\.[cm]?[jt]s$/, "")) || "provider")}${/\.[cm]?ts$/.test(own) ? ".ts" : ".mjs"}`;
    const given = [
      `() => import(${JSON.stringify(`../${own}`)})`,
      ...(name === undefined ? [] : [JSON.stringify(name)]),
    ];
    return this.add(
      file,
      `import { promptfooProvider } from "./promptfoo-provider.mjs";\n\nexport default promptfooProvider(${given.join(", ")});\n`,
    );
  }

  list(): ImportedFile[] {
    return Array.from(this.#made, ([path, text]) => ({ path, text }));
  }
}

function commonFolder(paths: readonly string[]): string {
  const [first = "", ...rest] = paths.map((path) => posix.dirname(path).split("/"));
  const parts = (first as unknown as string[]).filter((part, index) =>
    rest.every((other) => other[index] === part),
  );
  return parts.join("/") || ".";
}
