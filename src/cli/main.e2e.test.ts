import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "./testing/scenario.ts";

const open: Scenario[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.remove();
});
const at = (repository: string | null): Scenario => {
  const one = scenario(repository);
  open.push(one);
  return one;
};

/** Command lines with a mistake that is found before anything is run. */
const MISTAKES = [
  "run triag",
  "run --trails 3",
  "run --trials 0 --budget free --shard 3/2",
  "ab arm=a arm=b --budget free",
  "drift triage --budget 0",
  "rescore latest --budget -1",
  "score triage --traffic --budget 1e999",
  "run --record --replay",
  "run --model recoded",
  "run --case chraged-twice",
  "run --tag bilings",
  "run --reporter jsn",
  "run --resume --run ffff",
  "rum",
  "runn --trials 2",
  "show",
  "show nothing",
  "show triage",
  "history triaged",
  "history --limit none",
  "rescore nothing",
] as const;

describe("a mistake on the command line", () => {
  it("is reported with a suggestion, runs nothing and exits 2", async () => {
    const repo = at("every-case-passes");
    await repo.evals("run --quiet");
    for (const args of MISTAKES) {
      const { exit, stdout } = await repo.evals(args);
      expect([exit, stdout], args).toEqual([2, ""]);
    }
    expect((await repo.evals("history")).stdout.trim().split("\n").slice(1)).toHaveLength(1);
    repo.matches("mistakes-on-the-command-line");
  });

  it("in the name of a prompt or model is corrected as an option, and in a suite as a key", async () => {
    const repo = at("provider-down");
    const [name = ""] = readdirSync(join(repo.root, "prompts"));
    const fixOf = async (args: string): Promise<string> =>
      JSON.parse((await repo.evals(`${args} --json`)).stdout).problems[0].fix;
    expect(await fixOf(`run --prompt ${name}@9.0.0`)).toMatch(`--prompt ${name}@`);
    expect(await fixOf(`run --prompt ${name}x`)).toMatch(`--prompt ${name}`);
    const [suite = ""] = readdirSync(join(repo.root, "evals")).filter((one) => one.endsWith(".yaml"));
    repo.write(
      `evals/${suite}`,
      repo.read(`evals/${suite}`).replace(/^prompt: .*$/m, `prompt: ${name}@9.0.0`),
    );
    expect(await fixOf("run")).toMatch(`prompt: ${name}@`);
  });

  it("is a -C that names no directory, also inside of a project", async () => {
    const repo = at("every-case-passes");
    for (const args of ["run -C gone", "-C gone check", "check -C evalconfig.yaml", "init -C gone"]) {
      const { exit, stdout, stderr } = await repo.evals(args);
      expect([exit, stdout], args).toEqual([2, ""]);
      expect(stderr, args).toContain("EVALS_DIRECTORY_UNKNOWN");
    }
    expect((await repo.evals("-C evals check")).exit).toBe(0);
  });

  it.each(MISTAKES)("under --json is one document with the problems: %s", async (args) => {
    const repo = at("every-case-passes");
    await repo.evals("run --quiet");
    const { exit, stdout, stderr } = await repo.evals(`${args} --json`);
    expect([exit, stderr]).toEqual([2, ""]);
    const { problems } = JSON.parse(stdout);
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) {
      expect(Object.keys(problem)).toEqual(["code", "path", "line", "column", "what", "why", "fix"]);
      expect(problem.code).toMatch(/^EVALS_[A-Z_]+$/);
    }
  });

  it("under --json has the schema of the command, whatever options come before it", async () => {
    const repo = at("every-case-passes");
    for (const args of ["run nope --json", "-C . run nope --json", "--json run nope"]) {
      const { stdout } = await repo.evals(args);
      expect(JSON.parse(stdout), args).toMatchObject({ schema: "evals.run/1", exit: 2, runs: [] });
    }
    const schemas = {
      "record-trace nope/a/1": "evals.record-trace/1",
      "merge nope": "evals.run/1",
      "export csv nope": "evals.export/1",
      "store prune --older-than x": "evals.store/1",
    };
    for (const [args, schema] of Object.entries(schemas))
      expect(JSON.parse((await repo.evals(`${args} --json`)).stdout), args).toMatchObject({
        schema,
        exit: 2,
      });
  });
});

describe("a mistake in a file", () => {
  it("in every suite is reported at once", async () => {
    const repo = at("several-suites");
    repo.edit("evals/a-complete.yaml", "model: recorded", "model: recoded");
    repo.edit("evals/c-wrong.yaml", "type: equals", "type: equal");
    expect((await repo.evals("run")).exit).toBe(2);
    expect((await repo.evals("check")).exit).toBe(2);
    expect((await repo.evals("check --json")).exit).toBe(2);
    expect((await repo.evals("run b-incomplete")).exit).toBe(3);
    repo.matches("mistakes-in-two-suites");
  });

  it("of a dataset that two suites share is reported once", async () => {
    const repo = at("every-case-passes");
    const [suite = ""] = readdirSync(join(repo.root, "evals")).filter((name) => name.endsWith(".yaml"));
    const text = repo.read(`evals/${suite}`);
    repo.write("evals/another.yaml", text);
    const dataset = /^dataset: (\S+)/m.exec(text)?.[1] ?? "";
    const path = `datasets/${dataset}.jsonl`;
    repo.write(path, `${repo.read(path).trimEnd()}\n{"id":"new-one","input":{"message":"hello"}}\n`);
    const { exit, stderr } = await repo.evals("check");
    expect(exit).toBe(2);
    expect(stderr.match(/EVALS_CASE_NO_EXPECTED/g)).toHaveLength(1);
  });

  it("and what is not known fit into a terminal, and are one line each where they are piped", async () => {
    const repo = at("every-case-passes");
    const models = Array.from(
      { length: 12 },
      (_, n) => `  own-${n}: { provider: http, url: "http://localhost/${n}", body: {}, answer: $ }\n`,
    );
    repo.write("evalconfig.yaml", `${repo.read("evalconfig.yaml").trimEnd()}\n${models.join("")}`);
    const shown = await repo.evals("check", { stdoutIsTerminal: true });
    expect(shown.stdout).toContain("own-11");
    for (const line of shown.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect((await repo.evals("check")).stdout.trimEnd().split("\n")).toHaveLength(2);
  });

  it("is not found in a good repository", async () => {
    const repo = at("every-case-passes");
    expect((await repo.evals("check")).exit).toBe(0);
    expect(JSON.parse((await repo.evals("check --json")).stdout)).toMatchObject({
      suites: 1,
      cases: 4,
      problems: [],
    });
    repo.matches("check-finds-nothing");
  });

  it("is that no project is found", async () => {
    const repo = at(null);
    for (const args of ["run", "check", "history", "show latest", "rescore latest"]) {
      expect((await repo.evals(args)).exit, args).toBe(2);
    }
    expect(existsSync(join(repo.root, ".evals"))).toBe(false);
    repo.matches("no-project");
  });
});

describe("a history that cannot be used", () => {
  it("is a mistake before anything is asked", async () => {
    const repo = at("every-case-passes");
    writeFileSync(join(repo.root, ".evals"), "");
    const refused = await repo.evals("run");
    expect([refused.exit, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain("EVALS_STORE_UNWRITABLE");
    expect((await repo.evals("run --json")).exit).toBe(2);
  });
});

describe("a bug of ours", () => {
  const broken = {
    randomHex: () => {
      throw new TypeError("out of chance");
    },
  };

  it("exits 70 with the trace and where to report it", async () => {
    const repo = at("every-case-passes");
    const { exit, stdout, stderr } = await repo.evals("run --quiet", broken);
    expect(exit).toBe(70);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/bug in evals[\s\S]*TypeError: out of chance[\s\S]*report it/);
  });

  it("under --json is one document all the same", async () => {
    const repo = at("every-case-passes");
    const { exit, stdout, stderr } = await repo.evals("run --json", broken);
    expect(exit).toBe(70);
    expect(JSON.parse(stdout)).toMatchObject({ schema: "evals.run/1", exit: 70, runs: [] });
    expect(stderr).toContain("TypeError: out of chance");
  });
});

describe("evals without a command", () => {
  it("reports what it can do", async () => {
    const repo = at(null);
    expect((await repo.evals("")).exit).toBe(0);
    expect((await repo.evals("--help")).exit).toBe(0);
    expect((await repo.evals("run --help")).exit).toBe(0);
    repo.matches("help");
  });

  it("reports its version", async () => {
    const { stdout, exit } = await at(null).evals("--version");
    expect([exit, stdout]).toEqual([0, `${EVALS_VERSION}\n`]);
  });
});

declare const EVALS_VERSION: string;
