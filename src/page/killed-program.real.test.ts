import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { answersProject, plainAnswers } from "../cli/testing/answers-project.ts";
import type { Scenario } from "../cli/testing/scenario.ts";
import type { Label } from "../domain/label.ts";
import type { SessionState } from "./labelling-shapes.ts";
import { send } from "./testing/page-client.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let folder = "";
let program = "";
beforeAll(async () => {
  // Below node_modules, so that the bundle finds its native parts.
  folder = mkdtempSync(join(ROOT, "node_modules", ".evals-real-"));
  program = join(folder, "evals.mjs");
  await build({
    ...{ entryPoints: [join(ROOT, "src/cli/main.ts")], outfile: join(folder, "main.mjs") },
    ...{ bundle: true, format: "esm", platform: "node", target: "node20", mainFields: ["module", "main"] },
    external: ["better-sqlite3", "jiti"],
    define: { EVALS_VERSION: '"0.0.0"' },
    banner: { js: 'import{createRequire as __r}from"node:module";const require=__r(import.meta.url);' },
    logLevel: "silent",
  });
  writeFileSync(
    program,
    'import { main } from "./main.mjs"; process.exitCode = await main(process.argv.slice(2));\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const running: ChildProcess[] = [];
const open: Scenario[] = [];
afterEach(() => {
  for (const one of running.splice(0)) one.kill("SIGKILL");
  for (const one of open.splice(0)) one.remove();
});

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
}

async function start(root: string): Promise<Started> {
  const args = [program, "-C", root, "label", "triage", "--rater", "ana", "--no-open"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  let printed = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (part: Buffer) => {
      printed += part.toString();
      const found = /http:\S+\//.exec(printed)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.on("exit", () => reject(new Error(`no address: ${printed}`)));
  });
  return { child, url };
}

async function judge(url: string, verdict: Label["verdict"]): Promise<SessionState> {
  const { state } = JSON.parse((await send(`${url}state`)).text) as { state: SessionState };
  const headers = { origin: new URL(url).origin, "content-type": "application/json" };
  const body = JSON.stringify({ act: "label", id: state.question?.id, verdict });
  return JSON.parse((await send(`${url}act`, { method: "POST", headers, body })).text).state;
}

describe("evals label as a program", () => {
  it("has every label on the disk when it is killed, and goes on at the same address", async () => {
    const repo = answersProject(plainAnswers(12));
    open.push(repo);
    await repo.evals("run --quiet");
    const seen: string[] = [];
    let url = "";
    for (let kill = 1; kill <= 4; kill++) {
      const started = await start(repo.root);
      if (kill > 1) expect(started.url).toBe(url);
      url = started.url;
      for (let at = 0; at < 3; at++) await judge(url, "pass");
      started.child.kill("SIGKILL");
      await once(started.child, "exit");
      const lines = readFileSync(join(repo.root, "labels/triage.jsonl"), "utf8").trim().split("\n");
      seen.push(...lines.slice(seen.length).map((line) => (JSON.parse(line) as Label).case));
      expect(seen).toHaveLength(3 * kill);
    }
    expect(new Set(seen).size).toBe(12);
  });

  it("ends by Ctrl-C with 0, and by SIGTERM with 143", async () => {
    const repo = answersProject(plainAnswers(3));
    open.push(repo);
    await repo.evals("run --quiet");
    for (const [signal, code] of [
      ["SIGINT", 0],
      ["SIGTERM", 143],
    ] as const) {
      const { child } = await start(repo.root);
      child.kill(signal);
      expect(await once(child, "exit")).toEqual([code, null]);
    }
  });
});
