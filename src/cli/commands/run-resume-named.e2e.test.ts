import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { afterEach, describe, expect, it } from "vitest";
import { type JudgeServer, judgeServer } from "../../providers/testing/judge-server.ts";
import { run } from "../declarations/run.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

interface Interrupted {
  readonly repo: Scenario;
  readonly id: string;
  /** The report of the incomplete run on the terminal. */
  readonly printed: string;
  /** The requests since the interruption, each as model and question. */
  asked(): string[];
}

/** Options of the first run. All of them differ from the suite's own settings. */
const MADE = "s --model large --prompt q@1.0.0 --trials 3 --tag t";

/**
 * Makes a run of two cases, one of which errored because its model refused it. The model works again
 * afterwards.
 */
async function interrupted(made = MADE): Promise<Interrupted> {
  let isDown = true;
  const answer = ({ messages }: { readonly messages: readonly { readonly content?: unknown }[] }) =>
    isDown && String(messages.at(-1)?.content).includes("item b")
      ? { status: 400, body: { error: { message: "not this one" } } }
      : "yes";
  const server: JudgeServer = await judgeServer({ "m-2024-01-01": answer, "l-2024-01-01": answer });
  const repo = scenario(null);
  const model = (name: string): string =>
    `{ provider: openai, model: ${name}-2024-01-01, base_url: "http://127.0.0.1:${server.port}/v1", price: { input: 1, output: 1 }, params: { max_tokens: 9 } }`;
  const suite = `dataset: d\nprompt: q\nmodel: m\ntrials: 2\nscorers:\n  - { type: equals, value: "yes" }\n`;
  const files = {
    "evalconfig.yaml": `models:\n  m: ${model("m")}\n  large: ${model("l")}\n`,
    "evals/s.yaml": suite,
    "evals/other.yaml": suite,
    "prompts/q/1.0.0.md": "user:\nfirst {{ input }}\n",
    "prompts/q/1.1.0.md": "user:\nsecond {{ input }}\n",
    "prompts/r/1.0.0.md": "user:\nother {{ input }}\n",
    "datasets/d.jsonl": ["a", "b", "c"]
      .map((id) => `{"id":"${id}","input":"item ${id}","tags":["${id === "c" ? "u" : "t"}"]}\n`)
      .join(""),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repo.root, path)), { recursive: true });
    repo.write(path, text);
  }
  open.push(server, { close: () => repo.remove() });
  const first = await repo.evals(`run ${made} --reporter terminal --reporter json=first.json`);
  isDown = false;
  const before = server.asked.length;
  return {
    repo,
    id: JSON.parse(readFileSync(join(repo.root, "first.json"), "utf8")).runs[0].id,
    printed: first.stdout,
    asked: () =>
      server.asked.slice(before).map((one) => `${one.model} ${String(one.messages.at(-1)?.content)}`),
  };
}

/** Options that would change what is asked, with other values than those of the run. */
const OTHER: readonly (readonly [option: string, said: string, has: string])[] = [
  ["other", "The suite other", "suite s"],
  ["--model m", "--model m", "model large"],
  ["--model large --model m", "--model m", "model large"],
  ["--prompt q@1.1.0", "--prompt q@1.1.0", "prompt q@1.0.0"],
  ["--prompt q@^2", "--prompt q@^2", "prompt q@1.0.0"],
  ["--prompt r", "--prompt r", "prompt q@1.0.0"],
  ["--trials 2", "--trials 2", "trials 3"],
  ["--case a", "--case a", "--tag t"],
  ["--tag u", "--tag u", "--tag t"],
  ["--text item", "-t item", "--tag t"],
  ["--shard 1/2", "--shard 1/2", "--tag t"],
  ["--failing", "--failing", "--tag t"],
  ["--replay", "--replay", "a model that is asked"],
];

/** The same options with the values of the run. */
const SAME = [
  ...["s", "--model large", "--prompt q@1.0.0", "--prompt q@^1", "--prompt q", "--trials 3", "--tag t", MADE],
];

/** Options that only change how the run is resumed. */
const HARMLESS = [
  ...["--concurrency 1", "--budget 1", "--baseline none", "--all-trials", "--no-cache", "--record"],
  ...["--batch-then-live", "--reporter json=out.json", "--quiet", "--retry errored"],
];

/** Options with tests of their own for resumed runs, and options with which no model is asked. */
const ELSEWHERE = [
  ...["--at", "--batch", "--workers", "--no-repeat", "--open", "--resume", "--run", "--json"],
  ...["--watch", "--dry-run", "--explain-cache"],
];

describe("evals run --resume --run", () => {
  it("is what an incomplete run prints, so that its options need not be typed again", async () => {
    const { repo, id, printed, asked } = await interrupted();
    const [command = ""] = /evals run s --resume --run \w+$/m.exec(printed) ?? [];
    const { stdout } = await repo.evals(`${command.replace("evals ", "")} --json`);
    expect(JSON.parse(stdout).runs).toEqual([expect.objectContaining({ id })]);
    expect(asked()).toHaveLength(3);
  });

  it("is printed with the limits of the command that was stopped, wherever it is printed", async () => {
    const { repo, id, printed } = await interrupted(`${MADE} --budget 0.5 --concurrency 2 --no-cache`);
    const command = `evals run s --resume --run ${id} --budget 0.5 --concurrency 2 --no-cache`;
    const goesOn = async (): Promise<string> =>
      JSON.parse((await repo.evals(`report ${id} --format json`)).stdout).runs[0].end.go_on;
    expect(printed).toContain(`${command}\n`);
    expect(await goesOn()).toBe(command);
    // A session that goes on with other limits is gone on with under these.
    await repo.evals(`run --resume --run ${id} --budget 1e-9 --concurrency 1`);
    expect(await goesOn()).toBe(`evals run s --resume --run ${id} --concurrency 1 --budget 1e-9`);
    const refused = await repo.evals(`run --resume --run ${id} --trials 2 --budget 0.5`);
    expect(refused.stderr).toContain(`evals run s --resume --run ${id} --budget 0.5;`);
  });

  it("resumes the run with its own model, prompt, cases and trials", async () => {
    const { repo, id, asked } = await interrupted();
    const { exit, stdout } = await repo.evals(`run --resume --run ${id} --json`);
    const { runs } = JSON.parse(stdout);
    expect([exit, runs.length, runs[0].id, runs[0].counts.answered]).toEqual([0, 1, id, 6]);
    expect(asked()).toEqual(Array.from({ length: 3 }, () => "l-2024-01-01 first item b"));
  });

  it.each(OTHER)("refuses %s by its name, and asks nothing", async (option, said, has) => {
    const { repo, id, asked } = await interrupted();
    const { exit, stdout } = await repo.evals(`run ${option} --resume --run ${id} --json`);
    expect([exit, JSON.parse(stdout).problems]).toEqual([
      2,
      [
        expect.objectContaining({
          code: "EVALS_RESUME_OPTION",
          what: `${said} does not match run ${id}, which has ${has}.`,
          fix: expect.stringContaining(`evals run s --resume --run ${id}`),
        }),
      ],
    ]);
    expect(asked()).toEqual([]);
  });

  it("names all options at once that ask for something else", async () => {
    const { repo, id } = await interrupted();
    const { stdout } = await repo.evals(
      `run --model m --trials 2 --tag u --retry errored --run ${id} --json`,
    );
    const said = JSON.parse(stdout).problems.map(
      ({ what }: { readonly what: string }) => what.split(" does ")[0],
    );
    expect(said).toEqual(["--model m", "--trials 2", "--tag u"]);
  });

  it.each([...SAME, ...HARMLESS])("goes on with %s", async (option) => {
    const { repo, id, asked } = await interrupted();
    const resume = option.startsWith("--retry") ? "" : "--resume ";
    const { exit, stdout } = await repo.evals(`run ${option} ${resume}--run ${id} --json`);
    const { runs } = JSON.parse(stdout);
    expect([exit, runs.length, runs[0]?.id, runs[0]?.counts.answered]).toEqual([0, 1, id, 6]);
    expect(asked()).toEqual(Array.from({ length: 3 }, () => "l-2024-01-01 first item b"));
  });

  it("holds what is asked to a new budget", async () => {
    const { repo, id, asked } = await interrupted();
    const { exit, stdout } = await repo.evals(`run --budget 0.000000001 --resume --run ${id} --json`);
    expect([exit, JSON.parse(stdout).runs[0].end.because, asked()]).toEqual([3, "budget", []]);
  });

  it.each(["--case a --case b", "--shard 1/2", "-t item", "--failing", "--trials 1", ""])(
    "takes the cases and trials of a run that was made with %s, and takes them by name too",
    async (made) => {
      const { repo, id } = await interrupted("s");
      const { stdout } = await repo.evals(`run s ${made} --json --no-cache`);
      const run = JSON.parse(stdout).runs[0];
      for (const named of ["", made]) {
        const again = await repo.evals(`run s ${named} --resume --run ${run.id} --json`);
        const [same] = JSON.parse(again.stdout).runs;
        expect([again.exit, same?.id, same?.counts.trials]).toEqual([0, run.id, run.counts.trials]);
      }
      expect(run.id).not.toBe(id);
    },
  );

  it("answers from recordings again where the run was made with --replay", async () => {
    const { repo, asked } = await interrupted();
    await repo.evals("run s --record --no-cache");
    const recorded = repo.read("fixtures/m.jsonl");
    const [first = ""] = recorded.split(/(?<=\n)/);
    repo.write("fixtures/m.jsonl", recorded.replace(first, ""));
    const before = asked().length;
    const { exit, stdout } = await repo.evals("run s --replay --json");
    const [run] = JSON.parse(stdout).runs;
    expect([exit, run.counts.errored]).toEqual([3, 1]);
    repo.write("fixtures/m.jsonl", recorded);
    const again = await repo.evals(`run --resume --run ${run.id} --json`);
    const [same] = JSON.parse(again.stdout).runs;
    expect([again.exit, same?.id, same?.counts.answered]).toEqual([0, run.id, 6]);
    expect(asked().length).toBe(before);
  });

  it("expects the cost of what the run still asks in a dry run", async () => {
    const { repo, id, asked } = await interrupted();
    const { stdout } = await repo.evals(`run --dry-run --resume --run ${id} --json`);
    expect(JSON.parse(stdout).runs).toMatchObject([{ suite: "s", trials: 6, calls: 3 }]);
    expect(asked()).toEqual([]);
    expect((await repo.evals(`run --dry-run --trials 2 --resume --run ${id}`)).exit).toBe(2);
  });

  it("excludes --watch, whose second run would be of other files", async () => {
    const { repo, id } = await interrupted();
    const { exit, stderr } = await repo.evals(`run --watch --resume --run ${id}`);
    expect([exit, stderr]).toEqual([2, expect.stringContaining("--watch and --run exclude each other.")]);
  });

  it("says what has changed where the run cannot go on", async () => {
    const { repo, id } = await interrupted();
    repo.edit("prompts/q/1.0.0.md", "first", "changed");
    const { exit, stderr } = await repo.evals(`run --resume --run ${id}`);
    expect([exit, stderr]).toEqual([2, expect.stringContaining("EVALS_RESUME_OTHER_PLAN")]);
    expect(stderr).toContain("prompt, model, cases or scorers have changed since that run");
  });

  it("knows of every option what it does to a run that is resumed", () => {
    const command = new Command();
    run.type(command);
    const flags = command.options.map(({ long }) => long);
    const known = [...OTHER.map(([option]) => option), ...HARMLESS, ...ELSEWHERE].map(
      (option) => option.split(" ")[0],
    );
    expect([...new Set(known.filter((one) => one?.startsWith("--")))].sort()).toEqual([...flags].sort());
  });
});
