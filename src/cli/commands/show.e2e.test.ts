import { describe, expect, it } from "vitest";
import {
  type Checkout,
  type GitProject,
  gitProject,
  isolateGit,
  projectFiles,
  promptText,
} from "../testing/git-project.ts";

isolateGit();

/** A project with a new prompt version under which every second case fails. Nothing has been run yet. */
function projectWithWorsePrompt(): GitProject {
  return gitProject({ ...projectFiles(20, 3), "prompts/q/1.1.0.md": promptText("Answer at once.") });
}

const idOf = async (at: Checkout, ...args: string[]): Promise<string> => {
  const { document } = await at.json(["run", "s", ...args]);
  return document.runs[0].id;
};

describe("evals show of a case", () => {
  it("shows the run's answers next to those of the stored baseline", async () => {
    const project = projectWithWorsePrompt();
    const before = await idOf(project, "--prompt", "q@1.0.0");
    const after = await idOf(project, "--baseline", `run:${before}`, "--all-trials");
    const { stdout, exit } = await project.evals(["show", after, "--case", "c001"]);
    expect(exit).toBe(0);
    expect(stdout).toBe(`${after}/c001

  input     {"n":1}
  expected  item 1

  1  failed    I do not know
     exact: expected "item 1", got "I do not know"
  2  failed    I do not know
     exact: expected "item 1", got "I do not know"
  3  failed    I do not know
     exact: expected "item 1", got "I do not know"

  this run   0/3 passed
  baseline   3/3 passed   run ${before}

  the baseline answered
  3 ×  passed    item 1

  the baseline's answer compared with that of trial 1: [-gone-] {+new+}
    was  item 1
    now  I do not know

  one whole trial: evals show ${after}/c001/1
`);
    const same = await project.evals(["show", `${after}/c002`]);
    expect(same.stdout).toContain("    the same answer: item 2");
    const { document } = await project.json(["show", after, "--case", "c001"]);
    expect(document.baseline).toEqual({
      side: `run ${before}`,
      prompt: "q@1.0.0",
      passed: 3,
      answered: 3,
      answers: [{ output: "item 1", trials: 3, pass: 3 }],
    });
  });

  it("counts a cached answer once, however many runs of a baseline have it", async () => {
    const project = gitProject({
      ...projectFiles(6, 3),
      "evalconfig.yaml": 'models:\n  bot: { provider: module, file: agents/bot.mjs, version: "1" }\n',
      "prompts/q/1.1.0.md": promptText("Answer at once."),
    });
    const first = await idOf(project, "--prompt", "q@1.0.0");
    await idOf(project, "--prompt", "q@1.0.0");
    project.commit({ "evals/s.yaml": project.read("evals/s.yaml").replace("prompt: q", "prompt: q@1.0.0") });
    expect((await project.evals(["run", "s"])).exit).toBe(0);
    expect((await project.evals(["promote"])).exit).toBe(0);
    const after = await idOf(project, "--prompt", "q@1.1.0", "--all-trials");
    const { stdout } = await project.evals(["show", after, "--case", "c001"]);
    expect(stdout).toContain("baseline   3/3 passed");
    expect(stdout).toMatch(/the baseline answered\n {2}3 × {2}passed/);
    // Only one more trial is asked. The others are the first run's answers, so they show nothing about a
    // change.
    const [more] = (await project.json(["run", "s", "--trials", "4", "--baseline", "none"])).document.runs;
    expect(more.counts).toMatchObject({ cached: 18, answered: 24 });
    const { document } = await project.json(["diff", `run:${first}`, `run:${more.id}`]);
    expect(document.comparisons[0].said).toMatch(/; 18 of 24 answers are the same ones on both sides/);
  });

  it("finds the baseline's answers in git, in a clone that never ran it", async () => {
    const project = projectWithWorsePrompt();
    project.commit({
      "evals/s.yaml": `${project.read("evals/s.yaml")}`.replace("prompt: q", "prompt: q@1.0.0"),
    });
    const promoted = await idOf(project);
    expect((await project.evals(["promote", promoted, "--with-answers"])).exit).toBe(0);
    project.commit({ "evals/s.yaml": project.read("evals/s.yaml").replace("q@1.0.0", "q@1.1.0") });
    project.git("push", "-q");
    const clone = project.clone("main", 0);
    const after = await idOf(clone, "--all-trials");
    const { document } = await clone.json(["show", `${after}/c003`]);
    expect(document.baseline).toMatchObject({
      side: "evals/baselines/s.jsonl at HEAD",
      passed: 3,
      answered: 3,
      answers: [{ output: "item 3", trials: 3, pass: 3 }],
    });
    clone.git("rm", "-q", "evals/baselines/s.answers.jsonl");
    const without = await clone.evals(["show", `${after}/c003`]);
    expect(without.stdout).toContain("baseline   3/3 passed   evals/baselines/s.jsonl at HEAD\n");
    expect(without.stdout).toContain(
      "The baseline's answers are stored on the machine that measured it, not here. To ask again:\n",
    );
    const [, again = ""] = /^ {4}evals (run .*)$/m.exec(without.stdout) ?? [];
    expect(again).toMatch(/^run s --prompt q@1\.0\.0 --model \w+ --case c003$/);
    const asked = await clone.json(again.split(" "));
    expect(asked.document.runs[0].prompt).toEqual({ name: "q", version: "1.0.0" });
    expect(asked.document.runs[0].counts.cases).toBe(1);
    clone.write("evals/baselines/s.answers.jsonl", '{"case":"c003","answers":[{"output":1}]}\n{broken\n');
    expect((await clone.json(["show", `${after}/c004`])).document.baseline.answers).toBeNull();
    clone.write(
      "evals/baselines/s.jsonl",
      clone.read("evals/baselines/s.jsonl").split("\n").slice(0, 5).join("\n"),
    );
    expect((await clone.json(["show", `${after}/c003`])).document.baseline).toBeNull();
  });

  it("shows one side when there is only one, or when the case has changed", async () => {
    const project = projectWithWorsePrompt();
    const before = await idOf(project, "--prompt", "q@1.0.0");
    const alone = await project.evals(["show", `${before}/c001`]);
    expect(alone.stdout).not.toContain("baseline");
    const lines = project.read("datasets/d.jsonl").replace('"expected":"item 1"', '"expected":"item one"');
    project.commit({ "datasets/d.jsonl": lines });
    const after = await idOf(project, "--baseline", `run:${before}`);
    expect((await project.json(["show", `${after}/c001`])).document.baseline).toBeNull();
  });

  it("keeps long and hostile answers to 80 columns, and lets them control nothing", async () => {
    const project = projectWithWorsePrompt();
    const long = "word ".repeat(60);
    project.commit({
      "agents/bot.mjs": `export default (input, { messages }) => {
  const careful = messages[0].content.includes("carefully");
  return careful ? ${JSON.stringify(`${long}item `)} + input.n : ${JSON.stringify(`${long}\u001b[31m::error::\u202e`)};
};
`,
      "evals/s.yaml": project.read("evals/s.yaml").replace("type: equals", "type: contains"),
    });
    const before = await idOf(project, "--prompt", "q@1.0.0");
    const after = await idOf(project, "--baseline", `run:${before}`, "--all-trials");
    const { stdout } = await project.evals(["show", `${after}/c001`]);
    expect(stdout).toMatch(/… word word word .*\[-item 1-\]\{\+/);
    for (const line of stdout.split("\n")) expect(Array.from(line).length, line).toBeLessThanOrEqual(80);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\u202e|^\s*::/mu);
  });
});

describe("evals show of an agent's trial", () => {
  const ANSWER = `export default () => ({
  output: "It is on its way.",
  messages: [
    { role: "user", content: "Where is A-7?" },
    { role: "assistant", content: null, tool_calls: [{ id: "x", name: "find", arguments: { order: "A-7" } }] },
    { role: "tool", tool_call_id: "x", content: '{"error":"no such order"}' },
    { role: "assistant", content: "Let me read\\nthe page.", tool_calls: [{ id: "x", name: "read", arguments: { query: "post" } }] },
    { role: "tool", tool_call_id: "x", content: '{"documents":[{"id":"H-1","score":0.5}]}' },
    { role: "assistant", content: "It is on its way." },
  ],
  state: { orders: { "A-7": "sent" } },
  stopped: "steps",
});
`;
  const shownProject = (): GitProject => {
    return gitProject({
      ...projectFiles(1, 1),
      "agents/bot.mjs": ANSWER,
      "evals/s.yaml":
        "dataset: d\nmodel: bot\nscorers:\n  - { type: module, name: way, file: scorers/way.mjs }\n",
      "scorers/way.mjs":
        "export default ({ transcript: t }) => ({ score: 1, pass: t.steps === 3 && t.state.orders['A-7'] === 'sent' && t.stopped === 'steps' && t.retrievals.length === 1 && t.tool_calls[0].error === 'no such order', reason: JSON.stringify(t.tool_calls) });",
    });
  };

  it("prints the conversation reply by reply, each call with its result", async () => {
    const project = shownProject();
    const run = await idOf(project, "--baseline", "none");
    const { stdout } = await project.evals(["show", `${run}/c000/1`]);
    expect(stdout).toContain("3 steps · stopped by its limit on steps");
    expect(stdout).toContain(`conversation
  user
    Where is A-7?
  assistant, step 1
    find({"order":"A-7"})
      failed: no such order
  assistant, step 2
    Let me read
    the page.
    read({"query":"post"})
      = {"documents":[{"id":"H-1","score":0.5}]}
  assistant, step 3
    It is on its way.

retrievals
  step 2  "post"  H-1 0.5

state
  {
    "orders": {
      "A-7": "sent"
    }
  }
`);
    expect(stdout).toContain("way: 1 passes");
    // A limit stopped this trial, so it fails whatever its scores are.
    expect(stdout).toMatch(/^\S+\/c000\/1 {2}failed$/m);
    const { stdout: all } = await project.evals(["show", `${run}/c000`]);
    expect(all).toContain("     stopped by its limit on steps");
  });

  it("has the whole transcript in its document, for a trial and for each trial of a case", async () => {
    const project = shownProject();
    const run = await idOf(project, "--baseline", "none");
    const { document: one } = await project.json(["show", `${run}/c000/1`]);
    expect(one.transcript).toMatchObject({
      ...{ output: "It is on its way.", turns: 1, steps: 3, stopped: "steps" },
      tool_calls: [
        {
          step: 1,
          name: "find",
          arguments: { order: "A-7" },
          result: null,
          error: "no such order",
          latency_ms: null,
        },
        { step: 2, name: "read", error: null, result: { documents: [{ id: "H-1", score: 0.5 }] } },
      ],
      retrievals: [{ step: 2, query: "post", documents: [{ id: "H-1", text: null, score: 0.5 }] }],
      state: { orders: { "A-7": "sent" } },
      usage: { input_tokens: null },
      cost_usd: null,
    });
    expect(one.transcript.messages).toHaveLength(6);
    expect(one.trial.answer.output).toBe("It is on its way.");
    const { document: all } = await project.json(["show", `${run}/c000`]);
    expect(all.trials[0].transcript).toEqual(one.transcript);
  });
});

it("names a trial that failed as the one to look at", async () => {
  const project = gitProject({
    "evalconfig.yaml": "models:\n  m: { provider: module, file: bot.mjs }\n",
    "evals/s.yaml":
      "cases: [{ id: a, input: x, expected: y }]\nmodel: m\ntrials: 3\nscorers: [{ type: equals }]\n",
    "bot.mjs": 'export default (_, { trial }) => (trial === 2 ? "n" : "y");\n',
  });
  try {
    await project.evals(["run"]);
    expect((await project.evals(["show", "latest/a"])).stdout).toMatch(
      /one whole trial: evals show \w+\/a\/2\n/,
    );
  } finally {
    project.remove();
  }
});
