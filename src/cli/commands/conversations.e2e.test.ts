import { afterEach, describe, expect, it } from "vitest";
import {
  type Asked,
  agentModel,
  clerk,
  type ModelAnswer,
  projectOf,
  removeAgentProjects,
  shown,
  write,
} from "../testing/agent-project.ts";

afterEach(removeAgentProjects);

describe("a conversation", () => {
  const memory = ({ messages }: Asked): ModelAnswer => {
    const userMessages = messages.filter(({ role }) => role === "user").map(({ content }) => content ?? "");
    return userMessages.at(-1)?.startsWith("What")
      ? `It is ${/name is (\w+)/.exec(userMessages.join("\n"))?.[1]}.`
      : "Noted.";
  };

  it("is held turn by turn as the first screen of the documentation shows", async () => {
    const { url, asked } = await agentModel(memory);
    const repo = projectOf("conversations.md", url);
    expect((await repo.evals("check")).exit).toBe(0);
    expect((await repo.evals("run")).exit).toBe(0);
    expect(asked.map(({ messages }) => messages.map(({ role }) => role))).toEqual([
      ["system", "user"],
      ["system", "user", "assistant", "user"],
    ]);
    const { transcript } = await shown(repo, "name");
    expect(transcript).toMatchObject({ turns: 2, steps: 2 });
    expect(transcript.messages.map(({ content }) => content)).toContain("It is Ada.");
  });

  it("refuses a case without turns, with its line", async () => {
    const { url } = await agentModel(memory);
    const repo = projectOf("conversations.md", url);
    repo.write("datasets/notes.jsonl", '{"id": "none", "input": {"turns": []}}\n');
    for (const command of ["run --json", "check --json"]) {
      const { exit, stdout } = await repo.evals(command);
      expect(exit).toBe(2);
      expect(JSON.parse(stdout).problems[0]).toMatchObject({ code: "EVALS_CASE_TURNS", line: 1 });
    }
  });

  it("is held with a simulated user who sees nothing of the tools and whose end marker is not passed on", async () => {
    const lines = ["I want my money back for A-1042.", "Thanks. ###STOP###"];
    const isPerson = ({ messages }: Asked): boolean => messages[0]?.content?.startsWith("You are") === true;
    const replyCount = ({ messages }: Asked): number =>
      messages.filter(({ role }) => role === "assistant").length;
    const { url, asked } = await agentModel((one) =>
      isPerson(one) ? (lines[replyCount(one)] ?? "###STOP###") : clerk(one),
    );
    const repo = projectOf("agents.md", url);
    repo.edit("evals/refunds.yaml", "scorers:", "user: { prompt: users/hasty@^1, model: small }\nscorers:");
    repo.edit("prompts/clerk/1.0.0.md", "user:\n{{ input.message }}\n", "");
    write(
      repo,
      "prompts/users/hasty/1.0.0.md",
      "system:\nYou are {{ input.user.persona }}. {{ input.user.goal }}\n",
    );
    repo.edit(
      "datasets/refunds.jsonl",
      '"message"',
      '"user": {"persona": "hasty", "goal": "Get it back"}, "message"',
    );
    const ran = await repo.evals("run --json");
    expect(ran.exit, ran.stdout.slice(0, 800)).toBe(0);
    const clerks = asked.filter((one) => !isPerson(one));
    expect(JSON.parse(ran.stdout).runs[0].counts.calls).toBe(5);
    expect(clerks).toHaveLength(3);
    expect(JSON.stringify(clerks)).not.toContain("STOP");
    expect(JSON.stringify(asked.filter(isPerson))).not.toContain("total");
    const { transcript } = await shown(repo, "kettle");
    expect(transcript.messages.at(-1)).toMatchObject({ role: "user", content: "Thanks." });
    write(repo, "prompts/users/hasty/1.1.0.md", "system:\nYou are {{ input.user.persona }}, and rude.\n");
    const other = await repo.evals("run --json");
    const [first, second] = [ran, other].map(({ stdout }) => JSON.parse(stdout).runs[0].id);
    const compared = await repo.evals(`diff ${first} ${second} --json`);
    expect(JSON.parse(compared.stdout).verdict).toBe("incomparable");
    expect(compared.exit).toBe(3);
  });

  it("scores each turn by itself under scope: turn, and names the one that missed", async () => {
    const { url } = await agentModel((one) => (memory(one) === "Noted." ? "Noted." : "I forgot."));
    const repo = projectOf("conversations.md", url);
    expect((await repo.evals("run")).exit).toBe(0);
    const { pass, scores } = await shown(repo, "name");
    expect(pass).toBe(false);
    expect(scores[0]?.reason).toMatch(/^turn 2: does not contain "Ada"/);
    expect(scores[0]?.turns).toEqual([{ turn: 2, score: 0, pass: false }]);
    expect((await repo.evals("show latest/name/1")).stdout).toContain("turn 2 0 fails");
  });
});

describe("a simulated person", () => {
  const GUIDE = "system:\nYou are {{ input.user.persona }}. {{ input.user.goal }}\n";
  const isPerson = ({ messages }: Asked): boolean => messages[0]?.content?.startsWith("You are") === true;

  /** The support desk of the documentation, with a simulated user who says these lines. */
  async function played(lines: () => readonly string[]) {
    const replyCount = ({ messages }: Asked): number =>
      messages.filter(({ role }) => role === "assistant").length;
    const model = await agentModel((one) =>
      isPerson(one) ? (lines()[replyCount(one)] ?? "###STOP###") : clerk(one),
    );
    const repo = projectOf("agents.md", model.url);
    repo.edit("evals/refunds.yaml", "scorers:", "user: { prompt: users/hasty@^1, model: small }\nscorers:");
    repo.edit("prompts/clerk/1.0.0.md", "user:\n{{ input.message }}\n", "");
    write(repo, "prompts/users/hasty/1.0.0.md", GUIDE);
    const user =
      '"user": {"persona": "in a hurry", "goal": "Get it back", "knows": {"order": "A-1042"}}, "x"';
    repo.edit("datasets/refunds.jsonl", '"message"', user);
    repo.edit("datasets/refunds.jsonl", "A-1042 came broken, please pay me back.", "-");
    return { repo, asked: model.asked };
  }

  const SOUND = ["Pay me back for A-1042, please.", "Thank you, bye. ###STOP###"];
  const SPOILED = ["Pay me back for A-9977, please.", "Thank you, bye. ###STOP###"];

  it("that says what it cannot know makes its trial errored, and the turn and message that show it are named", async () => {
    const { repo } = await played(() => SPOILED);
    const ran = await repo.evals("run --json");
    const [run] = JSON.parse(ran.stdout).runs;
    expect(ran.exit).toBe(3);
    expect(run.errors).toEqual({ simulator: 1 });
    expect(run.metrics.simulator_error_rate.value).toBe(1);
    const trial = await shown(repo, "kettle");
    expect(trial).toMatchObject({ kind: "errored", error: "simulator", pass: null });
    expect(trial.message).toContain('turn 1: the simulated person states what it cannot know: "A-9977"');
    expect(trial.failure).toMatchObject({ class: "user" });
    expect(trial.transcript.messages[trial.failure?.message ?? 0]).toMatchObject({
      role: "user",
      content: SPOILED[0],
    });
    expect(run.failures.user).toMatchObject({ trials: 1, cases: ["kettle"] });
  });

  it.each([
    ["its own number of turns", "max_turns: 3", "limits: { steps: 8, usd: 0.05 }", null],
    ["the agent's limit on steps", "max_turns: 50", "limits: { steps: 5 }", "steps"],
  ])("that never stops is held to %s", async (_, turns, limits, stopped) => {
    const { repo, asked } = await played(() =>
      Array.from(
        { length: 100 },
        (_, at) =>
          `Pay me back for A-1042, please. I am asking ${["once", "twice", "again"][at % 3]} ${"more ".repeat(at)}.`,
      ),
    );
    repo.edit("evals/refunds.yaml", "model: small }", `model: small, ${turns} }`);
    repo.edit("evals/refunds.yaml", "limits: { steps: 8, usd: 0.05 }", limits);
    const ran = await repo.evals("run --json");
    const [run] = JSON.parse(ran.stdout).runs;
    expect(ran.stdout.slice(0, 500)).toContain('"counts"');
    const { transcript, kind, error } = await shown(repo, "kettle");
    const persons = asked.filter(isPerson).length;
    expect({ kind, error, stopped: transcript.stopped, calls: run.counts.calls }).toEqual({
      ...{ kind: "answered", error: null, stopped },
      calls: asked.length,
    });
    expect(transcript.messages.filter(({ role }) => role === "user")).toHaveLength(persons);
    expect(persons).toBeLessThanOrEqual(stopped === null ? 3 : 5);
    expect(transcript.steps).toBe(asked.length - persons);
  });

  it("that did its part leaves the trial to the scorers", async () => {
    const { repo } = await played(() => SOUND);
    const ran = await repo.evals("run --json");
    expect(ran.exit, ran.stdout.slice(0, 500)).toBe(0);
    expect(await shown(repo, "kettle")).toMatchObject({ kind: "answered", pass: true, failure: null });
  });

  it("is asked again for a trial that it spoiled, by a new run and by one that goes on; both are paid for", async () => {
    let lines = SPOILED;
    const { repo, asked } = await played(() => lines);
    await repo.evals("run");
    const first = asked.length;
    await repo.evals("run");
    expect(asked.length).toBe(2 * first);
    lines = SOUND;
    const resumed = await repo.evals("run --resume --json");
    expect(asked.length).toBe(3 * first);
    const [run] = JSON.parse(resumed.stdout).runs;
    expect(run.counts).toMatchObject({ answered: 1, errored: 0, calls: 2 * first });
    expect(run.metrics.cost_usd.value).toBeCloseTo(2 * first * 0.0011, 9);
    await repo.evals("run");
    expect(asked.length).toBe(3 * first);
  });

  it("spoils a stored answer when it is scored again, too", async () => {
    const { repo } = await played(() => SPOILED);
    await repo.evals("run");
    const rescored = await repo.evals("rescore latest --json");
    expect(JSON.parse(rescored.stdout).run.counts).toMatchObject({
      errored: 1,
    });
  });

  it("is examined in recorded answers only where the case gives it a goal", async () => {
    const { repo } = await played(() => SOUND);
    const fromUser = (content: string) => ({ role: "user", content });
    const messages = [fromUser("It is A-9977."), { role: "assistant", content: "I have paid 40 back." }];
    repo.write("evalconfig.yaml", "models:\n  small: { provider: outputs, file: fixtures/talks.jsonl }\n");
    write(
      repo,
      "fixtures/talks.jsonl",
      `${JSON.stringify({ case: "kettle", output: "I have paid 40 back.", messages })}\n`,
    );
    const suite =
      "dataset: refunds\nmodel: small\nscorers:\n  - { type: contains, against: expected.says }\n";
    repo.write("evals/refunds.yaml", suite);
    expect((await repo.evals("run --json")).exit).toBe(3);
    expect(await shown(repo, "kettle")).toMatchObject({ error: "simulator" });
    repo.edit("datasets/refunds.jsonl", '"goal": "Get it back"', '"aim": "Get it back"');
    expect((await repo.evals("run --json")).exit).toBe(0);
    expect(await shown(repo, "kettle")).toMatchObject({ kind: "answered", pass: true });
  });
});
