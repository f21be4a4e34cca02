import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import {
  fakeInput,
  fakeRepository,
  openScorer,
  removeRepositories,
  writeRepositoryFile,
} from "../testing/scorer-fakes.ts";

afterAll(removeRepositories);

const SERVER = `
import { createInterface } from "node:readline";
let served = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { output, case: golden } = JSON.parse(line);
  if (output === "crash") { console.error("boom"); process.exit(7); }
  if (output === "hang") continue;
  if (output === "chatty") console.log("one\\ntwo");
  else setTimeout(() => console.log(JSON.stringify({ score: 1, pass: true, reason: [process.pid, ++served, golden.id, output.length].join(" ") })), 20);
}`;

async function served(options: Record<string, unknown> = {}) {
  const root = fakeRepository({ "serve.mjs": SERVER });
  return openScorer(
    { type: "command", command: ["node", "serve.mjs"], serve: "jsonl", ...options },
    { root },
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a command that serves lines", () => {
  it("answers many requests with few processes, each request its own answer", async () => {
    const scorer = await served();
    const ids = Array.from({ length: 20 }, (_, i) => `case-${i}`);
    const scores = await Promise.all(ids.map((id) => scorer.score(fakeInput("a", { id }))));
    const reasons = scores.map(({ reason }) => reason.split(" "));
    expect(reasons.map(([, , id]) => id)).toEqual(ids);
    expect(new Set(reasons.map(([pid]) => pid)).size).toBeLessThanOrEqual(2);
    await scorer.close?.();
  });

  it("transfers line ends and long texts", async () => {
    const scorer = await served();
    const text = `é\n"\r\n${"x".repeat(300_000)}`;
    expect((await scorer.score(fakeInput(text))).reason.split(" ")[3]).toBe(String(text.length));
    await scorer.close?.();
  });

  it("fails the request on which it crashes, and goes on with the next", async () => {
    const scorer = await served();
    await expect(scorer.score(fakeInput("crash"))).rejects.toThrow("exited with code 7: boom");
    expect(await scorer.score(fakeInput("fine"))).toMatchObject({ pass: true });
    await scorer.close?.();
  });

  it("fails a request that it does not answer in time, and goes on with the next", async () => {
    // On a busy machine, the program that takes the next request needs a second to start.
    const scorer = await served({ timeout: "2s" });
    await expect(scorer.score(fakeInput("hang"))).rejects.toThrow("gave no answer in 2000 ms");
    expect(await scorer.score(fakeInput("fine"))).toMatchObject({ pass: true });
    await scorer.close?.();
  });

  it("never takes a stray line for the answer to another request", async () => {
    const scorer = await served();
    await expect(scorer.score(fakeInput("chatty"))).rejects.toThrow("wrote a line that nothing asked for");
    await scorer.close?.();
  });

  it("ends its processes when it is closed, and scores no more", async () => {
    const scorer = await served();
    const pid = Number((await scorer.score(fakeInput("a"))).reason.split(" ")[0]);
    expect(isAlive(pid)).toBe(true);
    await scorer.close?.();
    expect(isAlive(pid)).toBe(false);
    await expect(scorer.score(fakeInput("a"))).rejects.toThrow("was closed");
  });
});

describe("a command for each answer", () => {
  it("ends what a program started when it takes too long", async () => {
    const root = fakeRepository({
      "child.mjs":
        "import { writeFileSync } from 'node:fs'; setTimeout(() => writeFileSync('late', ''), 1200);",
      "parent.mjs":
        "import { spawn } from 'node:child_process'; spawn('node', ['child.mjs'], { stdio: 'inherit' }); setTimeout(() => {}, 60000);",
    });
    const command = { type: "command", command: ["node", "parent.mjs"], timeout: "500ms" };
    const scorer = await openScorer(command, { root });
    await expect(scorer.score(fakeInput("a"))).rejects.toThrow("gave no answer in 500 ms");
    await sleep(1300);
    expect(existsSync(join(root, "late"))).toBe(false);
  });

  it("does not wait for what a program leaves behind", async () => {
    const root = fakeRepository({
      "parent.mjs":
        "import { spawn } from 'node:child_process'; spawn('sleep', ['30'], { stdio: 'inherit' }); console.log('true'); process.exit(0);",
    });
    const scorer = await openScorer({ type: "command", command: ["node", "parent.mjs"] }, { root });
    expect(await scorer.score(fakeInput("a"))).toMatchObject({ pass: true });
  });

  it("works for a program that does not read its input", async () => {
    const scorer = await openScorer({ type: "command", command: ["node", "-e", "console.log(true)"] });
    expect(await scorer.score(fakeInput("x".repeat(1_000_000)))).toMatchObject({ pass: true });
  });

  it("names the files among its arguments and what they import", async () => {
    const root = fakeRepository({ "a.mjs": 'import "./b.mjs";', "b.mjs": "", "tone.py": "" });
    const open = (command: string[]) => openScorer({ type: "command", command }, { root });
    expect((await open(["node", "a.mjs", "--fast"])).files).toEqual(["a.mjs", "b.mjs"]);
    expect((await open(["node", "tone.py"])).files).toEqual(["tone.py"]);
  });
});

describe("a command whose file is changed while a run is under way", () => {
  it.each([undefined, "jsonl"])("does not score with the changed program (serve: %s)", async (serve) => {
    const program = (verdict: boolean) =>
      serve === undefined
        ? `console.log(${verdict})`
        : `import { createInterface } from "node:readline"; for await (const line of createInterface({ input: process.stdin })) { if (JSON.parse(line).output === "end") process.exit(1); console.log(${verdict}); }`;
    const root = fakeRepository({ "tone.mjs": program(true), "imported.mjs": "" });
    const scorer = await openScorer(
      { type: "command", command: ["node", "tone.mjs"], ...(serve && { serve }) },
      { root, concurrency: 1 },
    );
    expect(await scorer.score(fakeInput("a"))).toMatchObject({ pass: true });
    writeRepositoryFile(root, "tone.mjs", program(false));
    if (serve !== undefined) {
      // The process that runs is still the first program.
      expect(await scorer.score(fakeInput("a"))).toMatchObject({ pass: true });
      await expect(scorer.score(fakeInput("end"))).rejects.toThrow("exited with code 1");
    }
    await expect(scorer.score(fakeInput("a"))).rejects.toThrow(
      "was not started: tone.mjs was changed while the run was under way",
    );
    await scorer.close?.();
  });
});
