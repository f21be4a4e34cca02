import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Checkout, checkout, ownGit } from "../testing/git-project.ts";

let root: string;
let project: Checkout;
let restore: () => void;

beforeAll(() => {
  restore = ownGit();
  root = mkdtempSync(join(tmpdir(), "evals-story-"));
  execFileSync("git", ["init", "-q", "-b", "main", root]);
  project = checkout(root);
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
  restore();
});

// scripts/test-on-nodes.mjs runs this test on every supported major version of Node.
it("a project goes from init over run and promote to diff and a module of its own", async () => {
  expect(await project.evals(["init"])).toMatchObject({ exit: 0 });
  project.commit({}, "start");
  expect(await project.evals(["check"])).toMatchObject({ exit: 0 });
  expect(await project.evals(["run"])).toMatchObject({ exit: 0 });
  expect(await project.evals(["promote", "--as", "first"])).toMatchObject({ exit: 0 });
  expect(project.git("tag")).toBe("evals/first");

  const config = readFileSync(join(root, "evalconfig.yaml"), "utf8");
  writeFileSync(
    join(root, "evalconfig.yaml"),
    config.replace("models:\n", "models:\n  bot: { provider: module, file: bot.ts }\n"),
  );
  project.commit(
    {
      "bot.ts":
        'export default (input: { message: string }): string => JSON.stringify({ queue: "billing" });\n',
    },
    "bot",
  );
  const { exit, document } = await project.json(["run", "--model", "bot", "--baseline", "none"]);
  expect(exit).toBe(1);
  expect(document.runs[0].counts).toMatchObject({ answered: 30, errored: 0, calls: 30 });
  expect(document.runs[0].metrics.pass_rate.value).toBeLessThan(0.8);

  expect(await project.json(["history"])).toMatchObject({ exit: 0, document: { runs: [{}, {}] } });
  const [newest, first] = (await project.json(["history"])).document.runs;
  const compared = await project.json(["diff", `run:${first.id}`, `run:${newest.id}`]);
  expect(compared.document.comparisons[0].cases.paired).toBe(10);
  expect(compared.document.comparisons[0].verdict).not.toBe("incomparable");
});
