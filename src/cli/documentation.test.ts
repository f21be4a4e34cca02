import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { EXIT } from "../domain/exit-code.ts";
import { START_HERE } from "./command-help.ts";
import { COMMANDS } from "./declarations/registry.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

function pages(): string[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  return [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    ...docs.map((path) => join("docs", path)),
  ].filter((path) => path.endsWith(".md"));
}

/** The anchors that GitHub makes of a page's headings. */
function anchors(text: string): Set<string> {
  const headings = text.replace(/^```.*?^```/gms, "").matchAll(/^#+ (.+)$/gm);
  return new Set(
    Array.from(headings, ([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/&[a-z]+;/g, "")
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replace(/\s/g, "-"),
    ),
  );
}

/** Links of a page to other pages of the repository, or to its own headings. */
function links(text: string): string[] {
  const prose = text.replace(/^```.*?^```/gms, "").replace(/`[^`\n]*`/g, "");
  return Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, link = ""]) => link).filter(
    (link) => !/^[a-z]+:/.test(link),
  );
}

describe("the exit codes", () => {
  const table = (text: string): string[][] =>
    Array.from(text.matchAll(/^\| ([\d, ]+) \| (.*) \|$/gm), ([, code = "", means = ""]) => [
      code,
      means.replaceAll("`", ""),
    ]);
  const readme = table(readFileSync(join(root, "README.md"), "utf8"));

  it("are all in the README's table", () => {
    const codes = readme.flatMap(([code = ""]) => code.split(", ").map(Number));
    expect(codes).toEqual(Object.values(EXIT));
  });

  it("are explained in the same words in docs/ci.md and in the help", () => {
    expect(table(readFileSync(join(root, "docs/ci.md"), "utf8"))).toEqual(readme);
    const [, help = ""] = /Exit codes of evals run:\n(.*?)\nDocumentation/s.exec(START_HERE) ?? [];
    const lines = help.replace(/\n {5,}/g, " ").split("\n");
    expect(lines.map((line) => line.trim().split(/ {3,}/))).toEqual(readme);
  });
});

describe("the commands", () => {
  it("are all in the README's tables", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const rows = readme.split("\n").filter((line) => line.startsWith("| "));
    const shown = new Set(
      rows.flatMap((row) => Array.from(row.matchAll(/evals ([a-z-]+)/g), ([, word]) => word)),
    );
    const all = COMMANDS.filter(({ hidden }) => hidden !== true).map(({ words }) => words.split(" ")[0]);
    expect(all.filter((word) => !shown.has(word))).toEqual([]);
  });
});

describe("the documentation", () => {
  it.each(pages())("has no link that leads nowhere in %s", (page) => {
    const text = readFileSync(join(root, page), "utf8");
    const broken = links(text).filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? join(root, page) : resolve(root, dirname(page), path);
      if (!existsSync(target) || relative(root, target).startsWith("..")) return true;
      return anchor !== undefined && !anchors(readFileSync(target, "utf8")).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("of the README is in the package", () => {
    // A user reads the README in node_modules, where only packed files are.
    const listed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      shell: process.platform === "win32",
    });
    const [{ files }] = JSON.parse(listed) as [{ readonly files: readonly { readonly path: string }[] }];
    const packed = files.map(({ path }) => path);
    const linked = links(readFileSync(join(root, "README.md"), "utf8")).map(
      (link) => link.split("#")[0] ?? "",
    );
    expect(linked.length).toBeGreaterThan(40);
    const missing = linked.filter(
      (link) => !packed.includes(link) && !packed.some((path) => path.startsWith(`${link}/`)),
    );
    expect(missing).toEqual([]);
  });

  it("is reached from the README", () => {
    const reached = new Set(["README.md"]);
    for (const page of reached) {
      for (const link of links(readFileSync(join(root, page), "utf8"))) {
        const target = relative(root, resolve(root, dirname(page), link.split("#")[0] ?? ""));
        if (target.endsWith(".md") && existsSync(join(root, target))) reached.add(target);
      }
    }
    const lost = pages().filter((page) => !reached.has(page) && !page.startsWith(join("docs", "decisions")));
    expect(lost).toEqual([]);
  });
});
