import { expect, it } from "vitest";
import { sha256 } from "../domain/json.ts";
import { requireKeptRun } from "../operations/fleet/kept-run.ts";
import { COMMANDS } from "./declarations/registry.ts";
import { isolateGit, preparedProject, projectFiles } from "./testing/git-project.ts";

isolateGit();

const files = {
  ...projectFiles(4, 1),
  "evalconfig.yaml": `models:
  bot: { provider: module, file: agents/bot.mjs }
  jury: { provider: module, file: agents/jury.mjs }
`,
  "agents/jury.mjs": 'export default () => JSON.stringify({ reason: "because", verdict: "pass" });\n',
  "judges/polite/1.0.0.md": "---\nkind: binary\nmodel: jury\n---\nThe answer passes when it is polite.\n",
  "judges/closer/1.0.0.md": "---\nkind: pairwise\nmodel: jury\n---\nWhich is better?\n",
  "evals/sample.yaml":
    "dataset: d\nprompt: q\nmodel: bot\ntrials: 1\nscorers:\n  - { type: equals }\n  - { type: judge, judge: polite, required: false }\n",
  "answers.jsonl": `${JSON.stringify({ case: "c000", output: "item 0" })}\n`,
  "other.jsonl": `${JSON.stringify({ case: "c000", output: "item 1" })}\n`,
  "labels.csv": "suite,case\n",
  "labels/sample.jsonl": `${JSON.stringify({
    case: "c000",
    answer_hash: sha256("item 0"),
    answer: "item 0",
    rater: "ana",
    verdict: "pass",
    at: "2026-11-21T11:00:00.000Z",
    picked: "random",
    weight: 1,
  })}\n`,
};
const prepared = async () => {
  const repo = await preparedProject(files, [
    ["run", "s", "--shard", "1/1", "--quiet"],
    ["run", "sample", "--quiet"],
  ]);
  repo.git("tag", "evals/v1.0");
  repo.git("branch", "feature");
  return repo;
};

/** A command line for each argument and option that takes a name, with a name that is nearly known, and the known one. */
const NEAR: Readonly<Record<string, readonly [line: string, known: string]>> = {
  "ab --suite": ["ab file:answers.jsonl file:other.jsonl --suite smple", "sample"],
  "ab --judge": ["ab file:answers.jsonl file:other.jsonl --suite sample --judge closr", "closer"],
  "calibrate judge": ["calibrate polit", "polite"],
  "calibrate --suite": ["calibrate polite --suite smple", "sample"],
  "diff a": ["diff latst main", "latest"],
  "diff b": ["diff latest mian", "main"],
  "drift suite": ["drift smple", "sample"],
  "drift --model": ["drift sample --model bto", "bot"],
  "drift --prompt": ["drift sample --prompt qq", "q"],
  "escalation source": ["escalation smple", "sample"],
  "export csv run": ["export csv latst", "latest"],
  "export json run": ["export json latst", "latest"],
  "export langfuse run": ["export langfuse latst", "latest"],
  "export mlflow run": ["export mlflow latst", "latest"],
  "export otlp run": ["export otlp latst", "latest"],
  "export parquet run": ["export parquet latst", "latest"],
  "export phoenix run": ["export phoenix latst", "latest"],
  "export labels suite|run": ["export labels smple --format csv", "sample"],
  "export labels --judge": ["export labels sample --format csv --judge polit", "polite"],
  "history suite": ["history smple", "sample"],
  "import labels suite": ["import labels smple labels.csv --format csv", "sample"],
  "import labels --judge": ["import labels sample labels.csv --format csv --judge polit", "polite"],
  "label suite|run": ["label smple", "sample"],
  "label --judge": ["label sample --rater ana --judge polit", "polite"],
  "label --assign": ["label sample --assign polit", "polite"],
  "merge --baseline": ["merge .evals --baseline latst", "latest"],
  "merge --model": ["merge .evals --model bto", "bot"],
  "merge --prompt": ["merge .evals --prompt qq", "q"],
  "power suite": ["power smple", "sample"],
  "power --model": ["power sample --model bto", "bot"],
  "promote run": ["promote latst", "latest"],
  "prompt diff name": ["prompt diff qq", "q"],
  "prompt diff versions": ["prompt diff q@1.0.0 qq@1.0.0", "q"],
  "prompt list name": ["prompt list qq", "q"],
  "prompt new name": ["prompt new qq --bump patch", "q"],
  "record-trace trial": ["record-trace latst/c000/1", "latest"],
  "report run": ["report latst", "latest"],
  "report other": ["report latest latst", "latest"],
  "rescore run": ["rescore latst", "latest"],
  "rollback tag": ["rollback v10", "v1.0"],
  "run suites": ["run smple", "sample"],
  "run --model": ["run sample --model bto", "bot"],
  "run --prompt": ["run sample --prompt qq", "q"],
  "run --run": ["run sample --resume --run latst", "latest"],
  "run --failing": ["run sample --failing=latst", "latest"],
  "run --baseline": ["run sample --baseline latst", "latest"],
  "score suite": ["score smple --traffic", "sample"],
  "show run": ["show latst", "latest"],
  "show other": ["show latest latst --fingerprint", "latest"],
  "split suite": ["split smple", "sample"],
  "view run": ["view latst --no-open", "latest"],
};

/** What depends on the runs in a database of workers. */
const IN_A_DATABASE = ["pull run", "queue drop run", "worker --model"];

it("the table has every argument and option that takes a name", () => {
  const named = COMMANDS.flatMap(({ words, values = {} }) =>
    Object.entries(values).flatMap(([name, kind]) => (typeof kind === "string" ? [`${words} ${name}`] : [])),
  );
  expect([...Object.keys(NEAR), ...IN_A_DATABASE].sort()).toEqual(named.sort());
});

const MORE: readonly (readonly [line: string, known: string])[] = [
  ["diff lates", "latest"],
  ["diff latest featur", "feature"],
  ["diff latest ref:featur", "feature"],
  ["diff latest mian~2", "main~2"],
  ["diff latest origin/mian", "origin/main"],
  ["diff latest v10", "v1.0"],
  ["diff latest q@1.0.1", "q@1.0.0"],
  ["diff latest prompt:q@1.0.1", "q@1.0.0"],
  ["diff latest 00000x01", "00000001"],
  ["diff latest run:latst", "latest"],
  ["diff latest fil:answers.jsonl", "file:answers.jsonl"],
  ["diff latest file:anwsers.jsonl", "answers.jsonl"],
  ["diff latest anwsers.jsonl", "answers.jsonl"],
  ["run sample --at mian", "main"],
  ["run sample --case c00o", "c000"],
  ["show latest/c00o/1", "c000"],
  ["show smple", "sample"],
  ["ab fle:answers.jsonl file:other.jsonl", "file:answers.jsonl"],
  ["ab answers.jsonl file:other.jsonl", "file:answers.jsonl"],
  ["ab file:anwsers.jsonl file:other.jsonl", "answers.jsonl"],
  ["ab prmpt=1 prompt=2", "prompt"],
  ["escalation anwsers.jsonl", "answers.jsonl"],
  ["import labels sample label.csv --format csv", "labels.csv"],
  ["label datasets/dd.candidates.jsonl", "datasets/d.candidates.jsonl"],
];

it.each([...Object.values(NEAR), ...MORE])("evals %s suggests %s", async (line, known) => {
  const repo = await prepared();
  if (line.startsWith("label datasets")) repo.write("datasets/d.candidates.jsonl", "");
  const { exit, stderr } = await repo.evals(line.split(" "));
  expect([exit, stderr.replace(/\s+/g, " ")]).toEqual([
    2,
    expect.stringContaining(`Did you mean "${known}"?`),
  ]);
});

it("names the newest run of the suite that was nearly named", async () => {
  const repo = await prepared();
  const { stderr } = await repo.evals(["show", "smple"]);
  const fix = /fix: [0-9a-f]{8} is the newest run of that suite; `evals\s+history sample` lists all/;
  expect(stderr).toMatch(fix);
  const exact = await repo.evals(["show", "sample"]);
  expect(exact.stderr).toMatch(fix);
  expect(exact.stderr).not.toContain("Did you mean");
});

it("takes run:latest for the latest run", async () => {
  const repo = await prepared();
  const ended = await repo.evals(["diff", "run:latest"]);
  expect(ended).toEqual(await repo.evals(["diff", "latest"]));
  expect(ended.stderr).toContain("was not compared with a baseline");
});

it.each(["zzzzzzzz", "quite-another-word"])("suggests nothing for %s", async (word) => {
  const repo = await prepared();
  for (const line of [
    ["diff", word],
    ["show", word],
    ["run", "--at", word],
    ["label", word],
  ])
    expect((await repo.evals(line)).stderr).not.toContain("Did you mean");
});

it("suggests a run of the workers' database", async () => {
  const kept = { find: async () => [], status: async () => ({ runs: [{ run: "3f2a11b0" }], workers: [] }) };
  await expect(requireKeptRun({ kept } as never, "3f2a1lb0")).rejects.toThrow('Did you mean "3f2a11b0"?');
});
