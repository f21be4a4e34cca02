import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type PrivatePostgres,
  skippedWithoutPostgres,
  startPostgres,
} from "../../postgres/testing/private-postgres.ts";
import { main } from "../main.ts";
import { countedIds, fakeIo } from "../testing/fake-io.ts";
import { gitProject, projectFiles } from "../testing/git-project.ts";

describe.skipIf(skippedWithoutPostgres())("a history in PostgreSQL that two clones share", () => {
  let postgres: PrivatePostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  it("is reported, shown, compared, promoted and run again in the other", async () => {
    const repo = gitProject(projectFiles(6, 2));
    const clone = repo.clone("main");
    const env = { EVALS_HISTORY: postgres.database() };
    const randomHex = countedIds();
    const typed = async (root: string, ...args: string[]) => {
      const io = fakeIo(root, { env, randomHex });
      const exit = await main(args, io);
      return { exit, ...io.printed };
    };
    const json = async (root: string, ...args: string[]) => {
      const { stdout, stderr } = await typed(root, ...args, "--json");
      return stdout === "" ? expect.unreachable(stderr) : JSON.parse(stdout);
    };
    const first = await json(repo.root, "run", "--quiet");
    const [{ id: run, counts }] = first.runs;
    expect(counts.trials).toBe(12);

    expect(await typed(clone.root, "report", run, "--format", "json")).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('"trials": 12'),
    });
    expect(await typed(clone.root, "history")).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining(run),
    });
    const shown = await typed(clone.root, "show", run);
    expect(shown).toMatchObject({ exit: 0, stdout: expect.stringContaining(run) });

    const again = await json(clone.root, "run", "--quiet");
    expect(again.runs[0].counts).toMatchObject({ trials: 12 });
    expect(await typed(repo.root, "diff", run, again.runs[0].id)).toMatchObject({ exit: 0 });
    expect(await typed(clone.root, "promote", run)).toMatchObject({ exit: 0 });

    const { path, runs } = await json(clone.root, "store", "info");
    expect(path).toMatch(/^127\.0\.0\.1:\d+\/evals_\d+#evals_history$/);
    expect(runs).toBe(2);
    expect(await json(clone.root, "store", "verify")).toMatchObject({ ok: true, path });
    repo.remove();
  }, 120_000);
});
