import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type ModelServer, modelServer } from "../../providers/testing/model-server.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

const PACKAGE = fileURLToPath(new URL("../../..", import.meta.url));
const PROGRAM = join(PACKAGE, "bin/evals.js");
const CASES = 60;

let server: ModelServer;
let repo: Scenario;
let slow = 20;
let padding = "";

beforeAll(async () => {
  execFileSync(process.execPath, [join(PACKAGE, "scripts/build.mjs")], { cwd: PACKAGE });
  server = await modelServer(async (text) => {
    await wait(slow);
    return `item ${text}${padding}`;
  });
}, 120_000);
afterAll(() => server.close());
beforeEach(() => {
  slow = 20;
  padding = "";
  server.asked.length = 0;
  repo = scenario(null);
  write(repo.root, {});
});
afterEach(() => repo.remove());

const MODEL = (port: number): string =>
  `{ provider: openai, model: m-2024-01-01, base_url: "http://127.0.0.1:${port}/v1", api_key_env: KEY }`;

function write(root: string, files: Readonly<Record<string, string>>): void {
  const cases = Array.from({ length: CASES }, (_, n) => ({
    id: `c${n}`,
    input: { n },
    expected: `item ${n}`,
  }));
  const all: Readonly<Record<string, string>> = {
    "evalconfig.yaml": `models:\n  bot: ${MODEL(server.port)}\n`,
    "evals/s.yaml":
      "dataset: d\nprompt: q\nmodel: bot\nconcurrency: 4\nscorers:\n  - { type: equals, name: exact }\n",
    "datasets/d.jsonl": cases.map((one) => `${JSON.stringify(one)}\n`).join(""),
    "prompts/q/1.0.0.md": "user:\n{{ input.n }}\n",
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], cwd = repo.root): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env: { ...process.env, KEY: "k" } });
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  return {
    child,
    ended: once(child, "close").then(([code]) => ({ code: code as number | null, ...output })),
  };
}

const run = (...more: string[]) => start(["run", "--no-cache", "--json", ...more]);
const asking = async (many: number): Promise<void> => {
  while (server.asked.length < many) await wait(2);
};

async function interrupted(): Promise<void> {
  const { child, ended } = run();
  await asking(CASES / 3);
  child.kill("SIGKILL");
  await ended;
  await wait(3 * slow);
}

describe("one run in two processes", () => {
  it("is resumed by one of two that try at once; only cases in flight at the kill are asked twice", async () => {
    await interrupted();
    slow = 150;
    const both = await Promise.all([run("--resume").ended, run("--resume").ended]);
    expect(both.map(({ code }) => code).sort()).toEqual([0, 2]);
    const [won, lost] = both[0].code === 0 ? both : [both[1], both[0]];
    expect(JSON.parse(won.stdout).runs[0].counts.answered).toBe(CASES);
    expect(JSON.parse(lost.stdout).problems).toMatchObject([{ code: "EVALS_RUN_BUSY" }]);
    expect(server.asked.length).toBeLessThanOrEqual(CASES + 4);
  });

  it("cannot be resumed while its first process works, and can when that was killed", async () => {
    slow = 100;
    const first = run();
    await asking(8);
    const second = await run("--resume").ended;
    expect(second.code).toBe(2);
    expect(second.stdout).toContain(`Process ${first.child.pid} is at work on run`);
    expect((await start(["history"]).ended).stdout).toContain("running");
    first.child.kill("SIGKILL");
    await first.ended;
    expect((await start(["history"]).ended).stdout).toContain("interrupted");
    const third = await run("--resume").ended;
    expect([third.code, JSON.parse(third.stdout).runs[0].counts.answered]).toEqual([0, CASES]);
  });
});

describe("a module of the main thread that ends the process", () => {
  const agent = (text: string): Record<string, string> => ({
    "evalconfig.yaml": "models:\n  bot: { provider: module, file: bot.mjs, isolate: false }\n",
    "bot.mjs": text,
  });
  const answers = async (): Promise<number> => {
    const { cases } = JSON.parse((await start(["show", "latest", "--json"]).ended).stdout);
    return cases.reduce((sum: number, one: { answered: number }) => sum + one.answered, 0);
  };
  const ended = { exit: 3, runs: [], problems: [{ code: "EVALS_ENDED_INSIDE" }] };

  it.each([0, 1, 70])("with process.exit(%i) leaves one document, exit 3 and the answers", async (code) => {
    write(
      repo.root,
      agent(`export default async ({ n }) => {
  if (n === 20) process.exit(${code});
  return "item " + n;
};\n`),
    );
    const result = await run().ended;
    expect([result.code, JSON.parse(result.stdout)]).toMatchObject([3, ended]);
    expect(await answers()).toBe(20);
  });

  it("from a scorer keeps even the answer that was being scored", async () => {
    write(repo.root, {
      "evals/s.yaml":
        "dataset: d\nprompt: q\nmodel: bot\nconcurrency: 1\nscorers:\n  - { type: module, name: mine, file: mine.mjs, isolate: false }\n",
      "mine.mjs": "export default ({ case: golden }) => (golden.input.n === 7 ? process.exit(0) : true);\n",
    });
    const result = await run().ended;
    expect([result.code, JSON.parse(result.stdout)]).toMatchObject([3, ended]);
    expect([await answers(), server.asked.length]).toEqual([8, 8]);
  });

  it("while it is loaded leaves one document, for every command", async () => {
    write(repo.root, agent("process.exit(0);\n"));
    for (const command of ["run", "check"]) {
      const ended = await start([command, "--json"]).ended;
      expect([ended.code, JSON.parse(ended.stdout)]).toMatchObject([3, { schema: `evals.${command}/1` }]);
    }
  });

  it("after the command has ended changes nothing of its exit code", async () => {
    const late = "setTimeout(() => process.exit(0), 1500);\nexport default () => 'wrong';\n";
    write(repo.root, {
      ...agent(late),
      "evals/s.yaml": `${repo.read("evals/s.yaml")}gate: { require: { pass_rate: ">= 1" } }\n`,
    });
    const ended = await run().ended;
    expect([ended.code, JSON.parse(ended.stdout).exit]).toEqual([1, 1]);
  });

  it("whose promise can never settle is reported as such", async () => {
    write(repo.root, {
      "evals/s.yaml": repo
        .read("evals/s.yaml")
        .replace(
          "{ type: equals, name: exact }",
          "{ type: module, name: mine, file: mine.mjs, isolate: false }",
        ),
      "mine.mjs": "await new Promise(() => {});\nexport default () => true;\n",
    });
    const result = await run().ended;
    const problems = [{ code: "EVALS_WAITS_FOR_NOTHING" }];
    expect([result.code, JSON.parse(result.stdout)]).toMatchObject([3, { ...ended, problems }]);
  });
});

describe("a module in a thread of its own", () => {
  const config = "models:\n  bot: { provider: module, file: bot.mjs, timeout: 1s, ISOLATE }\n";
  const suite = (text: string): void =>
    write(repo.root, {
      "evalconfig.yaml": config.replace("ISOLATE", "isolate: true"),
      "bot.mjs": text,
    });

  it.each(["process.exit(0)", "process.exit(70)", "for (;;);", "await new Promise(() => {})", "throw null"])(
    "loses only the trial that runs %s",
    async (statement) => {
      suite(`export default async ({ n }) => { if (n === 20) ${statement}; return "item " + n; };\n`);
      const ended = await run().ended;
      const { counts } = JSON.parse(ended.stdout).runs[0];
      expect([counts.answered, counts.errored]).toEqual([CASES - 1, 1]);
    },
  );

  it("is reported as a mistake when it ends while it is loaded", async () => {
    suite("process.exit(0);\n");
    for (const command of ["run", "check"]) {
      const ended = await start([command, "--json"]).ended;
      expect([ended.code, JSON.parse(ended.stdout).problems[0].code]).toEqual([2, "EVALS_MODULE"]);
    }
  });

  it.each(["SIGTERM", "SIGINT"] as const)("never keeps the run from ending on %s", async (signal) => {
    suite(
      'import { writeFileSync } from "node:fs";\nexport default () => { writeFileSync("begun", ""); for (;;); };\n',
    );
    write(repo.root, { "evalconfig.yaml": config.replace(", timeout: 1s, ISOLATE", "") });
    const child = start(["run", "--json"]);
    await vi.waitUntil(() => existsSync(join(repo.root, "begun")), { timeout: 20_000, interval: 20 });
    child.child.kill(signal);
    if (signal === "SIGINT") {
      await wait(300);
      child.child.kill(signal);
    }
    expect((await child.ended).code).toBe(signal === "SIGTERM" ? 143 : 130);
  });

  it.each(["true", "false"])(
    "leaves stdout to the report whatever it prints (isolate: %s)",
    async (isolate) => {
      const noise = `process.stdout.write("noise 1\\n"); console.log("noise 2"); console.info("noise 3"); writeSync(1, "noise 4\\n"); writeFileSync("/dev/stdout", "noise 5\\n"); execSync("echo noise 6", { stdio: "inherit" }); spawnSync("sh", ["-c", "echo noise 7; echo noise 8 >&2"], { stdio: ["ignore", 1, 1] });`;
      suite(
        `import { execSync, spawnSync } from "node:child_process";\nimport { writeFileSync, writeSync } from "node:fs";\n${noise}\nexport default ({ n }) => { ${noise} return "item " + n; };\n`,
      );
      write(repo.root, { "evalconfig.yaml": config.replace("ISOLATE", `isolate: ${isolate}`) });
      const ended = await run().ended;
      expect([ended.code, JSON.parse(ended.stdout).runs[0].counts.answered]).toEqual([0, CASES]);
    },
  );
});

const DISK = "/tmp/evals-full-disk";
const canMount = (): boolean =>
  process.platform === "linux" &&
  spawnSync("sh", ["-c", `mkdir -p ${DISK} && mount -t tmpfs -o size=1m tmpfs ${DISK}`]).status === 0;

describe("a full disk", () => {
  const mounted = canMount();
  afterAll(() => {
    if (mounted) spawnSync("sh", ["-c", `umount ${DISK} && rmdir ${DISK}`]);
  });

  it.skipIf(!mounted)(
    "leaves an interrupted run, which continues when there is space again and asks nothing twice",
    async () => {
      write(DISK, { "prompts/q/1.0.0.md": `user:\n${"long ".repeat(400)}{{ input.n }}\n` });
      slow = 5;
      const full = await start(["run", "--no-cache", "--json"], DISK).ended;
      expect(full.code).toBe(3);
      expect(JSON.parse(full.stdout).problems).toMatchObject([{ code: "EVALS_STORE_UNWRITABLE" }]);
      const before = server.asked.length;
      expect(before).toBeLessThan(CASES);
      spawnSync("mount", ["-o", "remount,size=8m", DISK]);
      expect((await start(["history"], DISK).ended).stdout).toContain("interrupted");
      const after = await start(["run", "--no-cache", "--json", "--resume"], DISK).ended;
      expect([after.code, JSON.parse(after.stdout).runs[0].counts.answered]).toEqual([0, CASES]);
      // Asked twice are only the answers that could not be stored, and those in flight at that moment.
      expect(server.asked.length).toBeLessThanOrEqual(CASES + 8);
    },
  );
});
