import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { scenario } from "./testing/scenario.ts";
import { walkThrough } from "./testing/walk-through.ts";

const page = readFileSync(new URL("../../docs/production.md", import.meta.url), "utf8");
const [, story = ""] = /^## The loop[^\n]*\n([\s\S]*?)^## /m.exec(page) ?? [];
const TRACES = fileURLToPath(new URL("../../fixtures/traces/shop-bot.jsonl", import.meta.url));

it("the loop of docs/production.md can be pasted: a trace becomes a case that fails, and then passes", async () => {
  const empty = scenario(null);
  try {
    cpSync(TRACES, join(empty.root, "shop-bot.jsonl"));
    const runs = (await walkThrough(story, empty)).split("$ evals run shop").slice(1);
    const [before = "", failing = "", mended = ""] = runs;
    expect(runs).toHaveLength(3);
    expect(before).toMatch(/pass rate +100\.0 %/);
    expect(failing).toContain('"I cannot help…": must not contain');
    expect(mended).toMatch(/pass rate +100\.0 %/);
    const lines = empty.read("datasets/shop.jsonl").trimEnd().split("\n");
    const cases = lines.map((line) => JSON.parse(line));
    expect(cases[1]).toMatchObject({
      expected: "30 days",
      metadata: {
        source: expect.stringMatching(/^trace:[0-9a-f]{32}$/),
        weight: 3,
        right: false,
        was: "I cannot help with that.",
      },
    });
    expect(existsSync(join(empty.root, "datasets/shop.candidates.jsonl"))).toBe(false);
  } finally {
    empty.remove();
  }
});

/** What the page shows that a command prints. */
function shownOf(command: string): string {
  const places = page.split(`\n\`\`\`sh\n${command}`).slice(1);
  const shown = places.flatMap((after) => /^[^\n]*\n```\n\n```\n([\s\S]*?)```/.exec(after)?.[1] ?? []);
  return shown[0] ?? "";
}

/** Users are hashed with a salt of the store's own. */
const withoutUsers = (text: string): string => text.replace(/^ {2}[0-9a-f]{16} {3}/gm, "  USER   ");

it.each([
  "evals import traces shop-bot.jsonl",
  'evals traffic --grep "cannot help" --where prompt=1.2.0 --limit 3',
  "evals score shop --traffic",
])("docs/production.md shows what %s prints in the folder of its loop", async (command) => {
  const empty = scenario(null);
  try {
    cpSync(TRACES, join(empty.root, "shop-bot.jsonl"));
    const [files = ""] = /^```sh\n[\s\S]*?^```$/m.exec(story) ?? [];
    await walkThrough(files, empty);
    const isImport = command.includes("import");
    if (!isImport) await empty.evals("import traces shop-bot.jsonl");
    const { exit, stdout } = await empty.evals(command.slice("evals ".length));
    expect(exit).toBe(0);
    expect(withoutUsers(stdout)).toBe(withoutUsers(shownOf(command)));
  } finally {
    empty.remove();
  }
});
