import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/security.md", root), "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("| ") && !/^\| *(?:\||-)/.test(line));
const claims = rows.map((line) => {
  const [, sentence = "", path = "", name = ""] = /^\| (.+) \| `([^`]+)` "(.+)" \|$/.exec(line) ?? [];
  return { line, sentence, path, name };
});

/** The page names a test for each promise; these must exist. */
describe("docs/security.md", () => {
  it("has a test for every sentence of its tables", () => {
    expect(claims.filter(({ name }) => name === "").map(({ line }) => line)).toEqual([]);
    expect(claims.length).toBeGreaterThan(25);
  });

  it.each(claims.map(({ sentence, path, name }) => [sentence, path, name] as const))(
    "%s",
    (_, path, name) => {
      const file = fileURLToPath(new URL(path, root));
      expect(existsSync(file), path).toBe(true);
      expect(readFileSync(file, "utf8")).toContain(`"${name}"`);
    },
  );
});
