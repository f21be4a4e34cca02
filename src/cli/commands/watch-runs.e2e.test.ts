import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { main } from "../main.ts";
import { type FakeIo, fakeIo } from "../testing/fake-io.ts";
import { type GitProject, gitProject, ownGit } from "../testing/git-project.ts";

const prompt = (text: string): string => `user:\n${text} {{ input }}\n`;
const SUITE =
  "dataset: d\nprompt: p\nmodel: bot\nscorers:\n  - { type: equals }\ngate:\n  require: { pass_rate: '>= 0.9' }\n";

let restore: () => void;
let repo: GitProject;
let io: FakeIo;
let ended: Promise<number>;

beforeEach(() => {
  restore = ownGit();
  repo = gitProject({
    ".gitignore": ".evals/\n",
    "evalconfig.yaml": "models:\n  bot: { provider: module, file: bot.mjs }\n",
    "bot.mjs":
      "export default (input, { messages }) => (messages[0].content.startsWith('Echo') ? input : 'nothing');\n",
    "datasets/d.jsonl": '{"id":"a","input":"a","expected":"a"}\n',
    "prompts/p/1.0.0.md": prompt("Echo"),
    "evals/s.yaml": SUITE,
    "notes.txt": "nothing\n",
  });
  io = fakeIo(repo.root);
});
afterEach(async () => {
  io.signal("SIGINT");
  await ended;
  repo.remove();
  restore();
});

const PATIENCE = { timeout: 20_000, interval: 20 };
const waits = (): number => io.printed.stderr.split("Waiting for changes").length - 1;

async function watching(...args: string[]): Promise<void> {
  ended = main(["run", "--watch", "--quiet", ...args], io);
  await vi.waitFor(() => expect(waits()).toBe(1), PATIENCE);
}

async function runsAgain(times: number): Promise<void> {
  await vi.waitFor(() => expect(waits()).toBe(times), PATIENCE);
}

describe("evals run --watch", { timeout: 60_000 }, () => {
  it.each([
    ["a prompt", "prompts/p/1.1.0.md", prompt("Forget"), "FAILED"],
    ["a dataset", "datasets/d.jsonl", '{"id":"a","input":"a","expected":"b"}\n', "FAILED"],
    ["a module", "bot.mjs", "export default () => 'no';\n", "FAILED"],
    ["a suite's rule", "evals/s.yaml", SUITE.replace(">= 0.9", "<= 0.1"), "FAILED"],
    ["a mistake", "evals/s.yaml", `${SUITE}nonsense: 1\n`, "EVALS_SUITE"],
  ])("runs again after a change of %s", async (_what, path, text, shown) => {
    await watching();
    expect(io.printed.stdout).toMatch(/^PASSED/);
    repo.write(path, text);
    await runsAgain(2);
    expect(io.printed.stderr).toContain(`Changed: ${path}`);
    expect(io.printed.stdout + io.printed.stderr).toContain(shown);
    io.signal("SIGINT");
    expect(await ended, "the exit code of the last run").toBe(shown === "FAILED" ? 1 : 2);
  });

  it("ignores files that a run does not depend on", async () => {
    await watching();
    repo.write("notes.txt", "something\n");
    repo.write("prompts/p/1.0.0.md", prompt("Echo"));
    repo.write("bot.mjs", "export default () => 'no';\n");
    await runsAgain(2);
    expect(io.printed.stdout.match(/^(PASSED|FAILED)(?= .* 1 case)/gm)).toEqual(["PASSED", "FAILED"]);
  });

  it("runs again after a mistake is fixed", async () => {
    repo.write("evals/s.yaml", `${SUITE}nonsense: 1\n`);
    await watching();
    repo.write("evals/s.yaml", SUITE);
    await runsAgain(2);
    expect(io.printed.stdout).toMatch(/^PASSED/);
  });

  it("releases every file and signal when it is stopped", async () => {
    const handles = (): number =>
      process.getActiveResourcesInfo().filter((one) => /FSEvent|StatWatcher/.test(one)).length;
    // The watchers of the previous test are closed a moment after it has ended.
    await vi.waitFor(() => expect(handles()).toBe(0), PATIENCE);
    await watching();
    expect(handles()).toBeGreaterThan(0);
    io.signal("SIGINT");
    expect(await ended).toBe(0);
    await vi.waitFor(() => expect(handles()).toBe(0), PATIENCE);
  });

  it("opens the page at the first run once, and closes it at the end", async () => {
    await watching("--open");
    expect(io.printed.stdout).toMatch(/Open http:\/\/127\.0\.0\.1:\d+\/.*#\/run\/[0-9a-f]{8}\n/);
    repo.write("bot.mjs", "export default () => 'no';\n");
    await runsAgain(2);
    expect(io.printed.stdout.split("Open http").length - 1).toBe(1);
    const [url = ""] = io.printed.stdout.match(/http:\S+?(?=#)/) ?? [];
    io.signal("SIGINT");
    await ended;
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe("options of a command that does not end", () => {
  it.each([
    ["--watch", "--json"],
    ["--watch", "--dry-run"],
    ["--watch", "--at", "HEAD"],
    ["--open", "--json"],
  ])("are refused beside what ends with one answer: %s %s", async (...args) => {
    ended = main(["run", ...args], io);
    expect(await ended).toBe(2);
    expect(io.printed.stdout + io.printed.stderr).toContain("EVALS_OPTION_CONFLICT");
  });
});

describe("evals run --open", () => {
  it("ends with the run's own exit code when the page is closed", async () => {
    repo.write("bot.mjs", "export default () => 'no';\n");
    ended = main(["run", "--open", "--quiet"], io);
    await vi.waitFor(() => expect(io.printed.stdout).toContain("Ctrl-C stops"), PATIENCE);
    io.signal("SIGINT");
    expect(await ended).toBe(1);
  });
});
