import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { seededRandom } from "../statistics/seeded-random.ts";
import { main } from "./main.ts";
import { agentModel, removeAgentProjects } from "./testing/agent-project.ts";
import { fakeIo } from "./testing/fake-io.ts";
import { gitProject, ownGit } from "./testing/git-project.ts";
import { scenario } from "./testing/scenario.ts";
import { walkThrough } from "./testing/walk-through.ts";

const PAGE = fileURLToPath(new URL("../../docs/production.md", import.meta.url));
const page = readFileSync(PAGE, "utf8");
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

/** The block that the page shows below the commands that begin with this one. */
function shownOf(command: string): string {
  const places = page.split(`\n\`\`\`sh\n${command}`).slice(1);
  const shown = places.flatMap((after) => /^[^`]*?\n```\n\n```\n([\s\S]*?)```/.exec(after)?.[1] ?? []);
  return shown[0] ?? "";
}

/** What differs from one history to the next: users are hashed with a salt of its own, runs have ids and dates. */
const masked = (text: string): string =>
  text
    .replace(/^ {2}[0-9a-f]{16} {3}/gm, "  USER   ")
    .replace(/\b[0-9a-f]{8}\b/g, "RUN")
    .replace(/\b\d{4}-\d\d-\d\d( \d\d:\d\d)?\b/g, "DATE$1")
    .replace(/DATE \d\d:\d\d/g, "DATE");

/** Compares what a command printed with what the page shows of it. */
function compare(command: string, printed: string): void {
  const shown = shownOf(command);
  expect(shown, `docs/production.md shows nothing of ${command}`).not.toBe("");
  if (process.env.UPDATE_GOLDENS === "1" && masked(shown) !== masked(printed))
    writeFileSync(
      PAGE,
      readFileSync(PAGE, "utf8").replace(shown, () => printed),
    );
  else expect(masked(printed)).toBe(masked(shown));
}

it.each([
  "evals import traces shop-bot.jsonl",
  'evals traffic --grep "cannot help" --where prompt=1.2.0 --limit 3',
  "evals score shop --traffic",
  "evals sample shop --random 25% --errors --worst 5",
])("docs/production.md shows what %s prints in the folder of its loop", async (command) => {
  const empty = scenario(null);
  try {
    cpSync(TRACES, join(empty.root, "shop-bot.jsonl"));
    const [files = ""] = /^```sh\n[\s\S]*?^```$/m.exec(story) ?? [];
    await walkThrough(files, empty);
    const isImport = command.includes("import");
    if (!isImport) await empty.evals("import traces shop-bot.jsonl");
    if (command.includes("--worst")) await empty.evals("score shop --traffic");
    const { exit, stdout } = await empty.evals(command.slice("evals ".length));
    expect(exit).toBe(0);
    compare(command, stdout);
  } finally {
    empty.remove();
  }
});

const jsonl = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

it("docs/production.md shows what evals ab prints where the whole hides two strata", async () => {
  const random = seededRandom("arms");
  const arm = (name: string, latency: number, rates: Readonly<Record<string, number>>): object[] =>
    Array.from({ length: 900 }, (_, i) => {
      const tag = i % 3 === 2 ? "refunds" : "billing";
      return {
        session: `${name}${i}`,
        at: new Date(Date.UTC(2026, 4, 1, 9, i)).toISOString(),
        output: "An answer.",
        pass: random() < (rates[tag] ?? 0),
        latency_ms: Math.round(latency * (0.5 + random() + random() ** 8)),
        tags: [tag],
      };
    });
  const empty = scenario(null);
  try {
    empty.write("evalconfig.yaml", "models:\n  m: { provider: outputs, file: out.jsonl }\n");
    empty.write("today.jsonl", jsonl(arm("a", 370, { billing: 0.78, refunds: 0.8 })));
    empty.write("new.jsonl", jsonl(arm("b", 450, { billing: 0.88, refunds: 0.64 })));
    const { exit, stdout } = await empty.evals("ab file:today.jsonl file:new.jsonl");
    expect(exit).toBe(0);
    compare("evals ab prompt=1.1.0", stdout);
  } finally {
    empty.remove();
  }
});

it("docs/production.md shows what evals escalation prints of a classifier that is too sure", async () => {
  const random = seededRandom("routing");
  const labels = ["billing", "delivery", "returns", "sales"];
  /** Its scores are the true chances, made twice as extreme. */
  const answers = Array.from({ length: 600 }, () => {
    const logits = labels.map(() => 5 * (random() + random() + random() - 1.5));
    const shares = (sharpness: number): number[] => {
      const weights = logits.map((one) => Math.exp(one * sharpness));
      const sum = weights.reduce((all, one) => all + one, 0);
      return weights.map((one) => one / sum);
    };
    const drawn = random();
    const upTo = (at: number): number =>
      shares(1).reduce((sum, share, i) => (i <= at ? sum + share : sum), 0);
    const label = labels.find((_, at) => drawn < upTo(at)) ?? "sales";
    const scores = Object.fromEntries(shares(2).map((share, at) => [labels[at] ?? "", share]));
    return { scores, label };
  });
  const empty = scenario(null);
  try {
    empty.write("evalconfig.yaml", "models:\n  m: { provider: outputs, file: out.jsonl }\n");
    empty.write("routing.jsonl", jsonl(answers));
    const { exit, stdout } = await empty.evals("escalation routing.jsonl --target 0.98");
    expect(exit).toBe(0);
    compare("evals escalation routing.jsonl", stdout);
  } finally {
    empty.remove();
  }
});

/** Ids of the runs of a series. */
const NIGHTS = ["b1d20c77", "0e7aa412", "3f9c21aa", "9c40be01"];

it("docs/production.md shows what evals drift prints after two nights of a worse model", async () => {
  const asked = new Map<string, number>();
  let worse = 0;
  const { url } = await agentModel(({ messages }) => {
    const words = messages.at(-1)?.content ?? "";
    const [, at = "0"] = /ticket (\d+)/.exec(words) ?? [];
    const count = asked.get(at) ?? 0;
    asked.set(at, count + 1);
    return Number(at) < worse || (Number(at) + count) % 9 === 0 ? "no" : "yes";
  });
  const restore = ownGit();
  const repo = gitProject({
    ".gitignore": ".evals/\n",
    "evalconfig.yaml": `models:\n  small: { provider: openai, model: gpt-5.4-mini-2026-03-17, base_url: "${url}" }\n`,
    "evals/support-triage.yaml":
      "dataset: tickets\nprompt: triage\nmodel: small\ntrials: 3\nscorers:\n  - { type: equals, name: queue }\n",
    "prompts/triage/1.2.0.md": "user:\n{{ input }}\n",
    "datasets/tickets.jsonl": jsonl(
      Array.from({ length: 24 }, (_, i) => ({ id: `t${i}`, input: `ticket ${i}`, expected: "yes" })),
    ),
  });
  try {
    await repo.evals(["run", "support-triage", "--trials", "60"], { OPENAI_API_KEY: "k" });
    expect((await repo.evals(["promote", "--with-answers"])).exit).toBe(0);
    let printed = "";
    for (const [night, broken] of [0, 0, 4, 4].entries()) {
      worse = broken;
      const io = fakeIo(repo.root, {
        env: { OPENAI_API_KEY: "k" },
        date: () => new Date(Date.UTC(2026, 4, 13 + night, 3, 17)),
        randomHex: () => NIGHTS[night] ?? "",
      });
      await main(["drift", "support-triage"], io);
      printed = io.printed.stdout;
    }
    compare("evals run support-triage --trials 60", printed);
  } finally {
    repo.remove();
    restore();
    removeAgentProjects();
  }
});
