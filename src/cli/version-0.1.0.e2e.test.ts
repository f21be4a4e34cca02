import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Checkout, checkout, ownGit } from "./testing/git-project.ts";

/** Root fingerprints that 0.1.0 computed, and the pass rates of its stored answers. */
const RUNS: Readonly<Record<string, { readonly fingerprint: string; readonly pass_rate: number }>> = {
  "by-agent": {
    fingerprint: "5d89b1c4125b77c9bfed4ff6e6c25ecb45ee214dcd2e5b2542a5440fad05f501",
    pass_rate: 6 / 9,
  },
  "by-claude": {
    fingerprint: "c29021a2aaae8e7944846ef091dd86c10fb111a5cf74cadbfde755d93e3d1fa3",
    pass_rate: 1,
  },
  "by-recorded": {
    fingerprint: "cf2f2c9035698d8eb68a4041b1f0254894d87e8f671608005f94312b122d1240",
    pass_rate: 7 / 9,
  },
  "by-responses": {
    fingerprint: "3fcc12e2e89446932c593722b25966896c66990fda8f941c2775611afc84fd69",
    pass_rate: 1,
  },
  "by-script": {
    fingerprint: "695b0976f89c749b2a521b95be5e509908cfa8db62f8ade7167cf8d7bb398b60",
    pass_rate: 6 / 9,
  },
  "by-service": {
    fingerprint: "80ef72c2e6ea6f5e894414a1c54c0f3624f7b5d55b28c8906859bb7ae9b3ac9d",
    pass_rate: 6 / 9,
  },
  tickets: {
    fingerprint: "8db494ac5da124129f15e444917b5451b7b150f230452f505e23cdb7e7dc69c2",
    pass_rate: 9 / 12,
  },
};
const KEY = { SMALL_KEY: "any" };

interface Run {
  readonly suite: string;
  readonly fingerprint: string;
  readonly metrics: { readonly pass_rate: { readonly value: number } };
}

const measured = (runs: readonly Run[]) =>
  Object.fromEntries(
    runs.map(({ suite, fingerprint, metrics }) => [
      suite,
      { fingerprint, pass_rate: expect.closeTo(metrics.pass_rate.value, 12) },
    ]),
  );

let folder: string;
let project: Checkout;
let restore: () => void;

beforeAll(() => {
  restore = ownGit();
  folder = mkdtempSync(join(tmpdir(), "evals-0.1.0-"));
  const made = fileURLToPath(new URL("../../fixtures/version-0.1.0/", import.meta.url));
  const root = join(folder, "project");
  execFileSync("git", ["clone", "-q", join(made, "repository.bundle"), root]);
  mkdirSync(join(root, ".evals"));
  copyFileSync(join(made, "history.db"), join(root, ".evals/history.db"));
  project = checkout(root);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  restore();
});

describe("a project of version 0.1.0", () => {
  it("still passes check", async () => {
    expect(await project.evals(["check"], KEY)).toMatchObject({ exit: 0 });
  });

  it("finds every stored answer again, under the same fingerprints", async () => {
    const { exit, document } = await project.json(["run", "--baseline", "none"], KEY);
    expect(exit).toBe(0);
    expect(RUNS).toEqual(measured(document.runs));
    for (const { suite, counts } of document.runs)
      expect([suite, counts]).toMatchObject([
        suite,
        { calls: 0, errored: 0, cached: suite === "by-recorded" ? 0 : counts.trials },
      ]);
  });

  it("finds every answer of its recordings, under the same fingerprints", async () => {
    const { exit, document } = await project.json(
      ["run", "--baseline", "none", "--no-cache", "--replay"],
      KEY,
    );
    expect(exit).toBe(0);
    expect(RUNS).toEqual(measured(document.runs));
    for (const { suite, counts } of document.runs)
      expect([suite, counts]).toMatchObject([suite, { calls: 0, errored: 0 }]);
  });

  it("pairs every case with the promoted one", async () => {
    const { document } = await project.json(["diff", "evals/rel1", "latest"], KEY);
    for (const { suite, cases } of document.comparisons)
      expect([suite, cases]).toMatchObject([
        suite,
        {
          paired: suite.startsWith("by-c") || suite.startsWith("by-res") || suite === "tickets" ? 4 : 3,
          changed: [],
        },
      ]);
  });

  it("measures the judge against its labels as before", async () => {
    const { exit, document } = await project.json(["calibrate", "polite", "--suite", "tickets"], KEY);
    expect(exit).toBe(0);
    expect(document).toMatchObject({
      labels: { n: 4, pass: 3, fail: 1, unsure: 0 },
      confusion: { tp: 3, fp: 1, fn: 0, tn: 0 },
      agreement: { value: 0.75 },
      ac1: { value: 0.68 },
    });
  });

  it("lists its runs among later ones", async () => {
    const { document } = await project.json(["history", "tickets"], KEY);
    const old = document.runs.filter((run: { id: string }) => !/^0{6}/.test(run.id));
    expect(old).toHaveLength(2);
  });

  it("rolls back to its promoted tag, with proof", async () => {
    const { exit, document } = await project.json(["rollback", "evals/rel1"], KEY);
    expect(exit).toBe(0);
    expect(document.proofs).toHaveLength(7);
    for (const proof of document.proofs) expect(proof).toMatchObject({ equal: true });
  });
});
