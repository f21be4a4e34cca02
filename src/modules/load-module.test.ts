import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadModule } from "./load-module.ts";
import { fileHashes, moduleFiles } from "./module-files.ts";
import { repositoryPath } from "./repository-path.ts";

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

function repository(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "modules-"));
  roots.push(root);
  mkdirSync(join(root, ".git"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

describe("loadModule", () => {
  it("imports TypeScript with all its syntax and its relative imports", async () => {
    const root = repository({
      "a/main.ts":
        'import { one } from "./one.js"; import two from "../two"; import data from "./data.json";\nenum E { A = 4 }\nexport default (n: number): number => n + one + two + data.three + E.A;',
      "a/one.ts": "export const one: number = 1;",
      "two.ts": "const two: number = 2; export default two;",
      "a/data.json": '{"three": 3}',
    });
    const { default: sum } = await loadModule(root, "a/main.ts");
    expect((sum as (n: number) => number)(100)).toBe(110);
  });

  it("imports JavaScript of both kinds", async () => {
    const root = repository({
      "a.mjs": "export default 1;",
      "b.cjs": "module.exports = () => 2;",
      "c.js": "export default 3;",
    });
    expect((await loadModule(root, "a.mjs")).default).toBe(1);
    expect(((await loadModule(root, "b.cjs")).default as () => number)()).toBe(2);
    expect((await loadModule(root, "c.js")).default).toBe(3);
  });

  it("imports JavaScript that imports TypeScript", async () => {
    const root = repository({
      "a.js": 'import { x } from "./b.ts"; export default x;',
      "b.ts": "export const x: number = 5;",
    });
    expect((await loadModule(root, "a.js")).default).toBe(5);
  });

  it("has no default where the module exports none", async () => {
    const root = repository({ "a.ts": "export const x: number = 1;" });
    expect((await loadModule(root, "a.ts")).default).toBeUndefined();
  });
});

describe("moduleFiles", () => {
  it("finds files with a quote of another kind in their names", () => {
    const root = repository({
      "m.ts": `import "./three's.ts"; import './a "b".ts'; import(\`./it's.ts\`);`,
      "three's.ts": "",
      'a "b".ts': "",
      "it's.ts": "",
    });
    expect(moduleFiles(root, "m.ts")).toEqual(["m.ts", 'a "b".ts', "it's.ts", "three's.ts"]);
  });

  it("follows imports, re-exports, dynamic imports and require, in circles too", () => {
    const root = repository({
      "m.ts":
        'import x from "./b.ts";\nexport * from "./c.ts";\nconst d = await import("./d");\nimport "./style/index.ts";',
      "b.ts": 'import "./m.ts"; import fs from "node:fs"; import z from "zod";',
      "c.ts": "",
      "d/index.cjs": 'const e = require("../e.json");',
      "e.json": "{}",
      "style/index.ts": 'import type { T } from\n  "../c.ts";',
    });
    expect(moduleFiles(root, "m.ts")).toEqual([
      "m.ts",
      "b.ts",
      "c.ts",
      "d/index.cjs",
      "e.json",
      "style/index.ts",
    ]);
  });

  it("hashes what files say, whatever their line ends", () => {
    const a = repository({ "m.ts": "a\nb\n" });
    const b = repository({ "m.ts": "a\r\nb\r\n" });
    const c = repository({ "m.ts": "a\nc\n" });
    expect(fileHashes(a, ["m.ts"])).toEqual(fileHashes(b, ["m.ts"]));
    expect(fileHashes(a, ["m.ts"])).not.toEqual(fileHashes(c, ["m.ts"]));
  });
});

describe("repositoryPath", () => {
  it("allows the whole git repository around the project", () => {
    const repo = repository({ "beside/x.ts": "", "app/y.ts": "" });
    expect(repositoryPath(join(repo, "app"), "../beside/x.ts")).toBe(join(repo, "beside/x.ts"));
    expect(moduleFiles(join(repo, "app"), "../beside/x.ts")).toEqual(["../beside/x.ts"]);
  });

  it.each(["../x", "a/../../x", "/etc/passwd", "link/x"])("refuses %s", (path) => {
    const root = repository({});
    symlinkSync(tmpdir(), join(root, "link"));
    expect(() => repositoryPath(root, path)).toThrow("leaves the git repository");
  });

  it("lets a name through that merely starts with dots", () => {
    const root = repository({});
    expect(repositoryPath(root, "..x/y")).toBe(join(root, "..x/y"));
  });
});
