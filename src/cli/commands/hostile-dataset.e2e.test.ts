import { afterEach, beforeEach, expect, it } from "vitest";
import { type GitProject, gitProject, ownGit } from "../testing/git-project.ts";

/** Matches characters that a terminal obeys or that change the direction of text. */
const OBEYED = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;
const COMMAND = /^\s*::(?!error |notice |warning )\w|##\[|##vso\[/m;

const HOSTILE =
  "\u001b[31mred\u001b]0;owned\u0007\r\u202e\n::set-output name=x::y\n##[error]z\n</testsuite><script>alert(1)</script> @octocat ![x](http://evil.example/x.png)";

let restore: () => void;
let repo: GitProject;
beforeEach(() => {
  restore = ownGit();
  repo = gitProject({
    ".gitignore": ".evals/\n",
    "evalconfig.yaml": "models:\n  made: { provider: outputs, file: made.jsonl }\n",
    "evals/s.yaml": "dataset: d\nmodel: made\nscorers:\n  - { type: equals }\n",
    "datasets/d.jsonl": `${JSON.stringify({ id: "a", input: { [HOSTILE]: HOSTILE }, expected: HOSTILE, tags: ["t"] })}\n`,
    "made.jsonl": '{"case":"a","output":"no"}\n',
  });
});
afterEach(() => {
  repo.remove();
  restore();
});

it("a dataset's texts control nothing when they are shown with answers", async () => {
  const printed = [
    await repo.evals(["run"]),
    await repo.evals(["show", "latest/a/1"]),
    await repo.evals(["report", "latest", "--format", "github"]),
  ].map(({ stdout, stderr }) => `${stdout}${stderr}`);
  for (const text of printed) {
    expect(text.replace(/[\n\t]/g, "")).not.toMatch(OBEYED);
    expect(text).not.toMatch(COMMAND);
  }
  expect(printed[1]).toContain("alert(1)");
  const active = { markdown: /<script|!\[x\]\(|@octocat/, junit: /<script|<\/testsuite><script/ };
  for (const [format, obeyed] of Object.entries(active)) {
    const { stdout } = await repo.evals(["report", "latest", "--format", format]);
    expect(stdout.replace(/[\n\t]/g, ""), format).not.toMatch(OBEYED);
    expect(stdout, format).not.toMatch(obeyed);
    expect(stdout, format).not.toMatch(COMMAND);
    expect(stdout, format).toContain("octocat");
  }
});
