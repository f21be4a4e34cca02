import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Label } from "../../domain/label.ts";
import { type OpenPage, openPage, send } from "../../page/testing/page-client.ts";
import { answersProject, plainAnswers } from "../testing/answers-project.ts";
import type { Scenario } from "../testing/scenario.ts";

const open: Scenario[] = [];
const pages: OpenPage[] = [];
afterEach(async () => {
  for (const page of pages.splice(0)) {
    page.io.signal("SIGINT");
    await page.ended;
  }
  for (const one of open.splice(0)) one.remove();
});

async function project(answers = plainAnswers(12)): Promise<Scenario> {
  const repo = answersProject(answers);
  open.push(repo);
  await repo.evals("run --quiet");
  return repo;
}

async function page(repo: Scenario, args: string, changes: object = {}): Promise<OpenPage> {
  const one = await openPage(repo, `label triage --no-open ${args}`, changes);
  pages.push(one);
  return one;
}

const labels = (repo: Scenario): Label[] =>
  existsSync(join(repo.root, "labels/triage.jsonl"))
    ? repo
        .read("labels/triage.jsonl")
        .trim()
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line))
    : [];

describe("evals label", () => {
  it("stores each label as soon as it is given, and ends when all answers are judged", async () => {
    const repo = await project(plainAnswers(3));
    const one = await page(repo, "--rater ana");
    await one.judge("pass");
    expect(labels(repo)).toHaveLength(1);
    await one.judge("fail", { comment: " too short ", criteria: { tone: "pass" } });
    const last = await one.judge("unsure");
    expect(last).toMatchObject({
      done: 3,
      total: 3,
      question: null,
      counts: { pass: 1, fail: 1, unsure: 1 },
    });
    const { exit, stdout } = await one.ended;
    expect(exit).toBe(0);
    expect(stdout).toContain("3 of 3 judged: 1 pass, 1 fail, 1 unsure, 0 skipped");
    expect(labels(repo)[1]).toEqual({
      case: expect.stringMatching(/^t0[123]$/),
      answer_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      answer: expect.stringContaining("We are sorry about"),
      rater: "ana",
      verdict: "fail",
      criteria: { tone: "pass" },
      comment: "too short",
      at: "2025-03-01T12:00:00.000Z",
      picked: "random",
      weight: 1,
    });
  });

  it("asks about each distinct answer once, and all labels together represent all trials", async () => {
    const repo = await project(plainAnswers(2));
    repo.write(
      "fixtures/answers.jsonl",
      ["same", "same", "other"].map((output) => `${JSON.stringify({ case: "t01", output })}\n`).join("") +
        `${JSON.stringify({ case: "t02", output: "same" })}\n`,
    );
    await repo.evals("run --quiet --trials 3");
    const one = await page(repo, "--rater ana");
    for (let at = 0; at < 3; at++) await one.judge("pass");
    const given = labels(repo);
    expect(given.map((label) => `${label.case} ${label.answer}`).sort()).toEqual([
      "t01 other",
      "t01 same",
      "t02 same",
    ]);
    expect(given.reduce((sum, label) => sum + label.weight, 0)).toBeCloseTo(4);
  });

  it("continues where it was stopped, at the same address, and asks nothing twice", async () => {
    const repo = await project();
    const first = await page(repo, "--rater ana --count 10");
    for (let at = 0; at < 4; at++) await first.judge("pass");
    const waiting = (await first.state()).question;
    first.io.signal("SIGINT");
    expect((await first.ended).stdout).toContain("To go on: the same command, evals label triage");
    const again = await page(repo, "--rater ana --count 10");
    expect(again.url).toBe(first.url);
    expect(again.io.printed.stdout).toContain(
      "10 answers picked at random, 4 of them labelled already; rater: ana",
    );
    expect(await again.state()).toMatchObject({ done: 4, total: 10, question: { id: waiting?.id } });
    for (let at = 0; at < 6; at++) await again.judge("fail");
    await again.ended;
    const given = labels(repo);
    expect(new Set(given.map((label) => label.case)).size).toBe(10);
    const { stdout } = await repo.evals("label triage --rater ana --count 10 --no-open");
    expect(stdout).toContain("ana has judged all 10 answers picked at random");
  });

  it("removes a label from the file on undo, also one of an earlier session", async () => {
    const repo = await project();
    const first = await page(repo, "--rater ana --count 10");
    const shown = (await first.state()).question;
    const { done } = await first.judge("fail", { comment: "rude" });
    const back = await first.act({ act: "undo", done });
    expect(JSON.parse(back.text).state.question).toMatchObject({
      id: shown?.id,
      draft: { verdict: "fail", comment: "rude" },
    });
    expect(labels(repo)).toEqual([]);
    // Sending the same undo request again does not undo a second step.
    await first.act({ act: "undo", done });
    await first.judge("pass");
    first.io.signal("SIGINT");
    await first.ended;
    const again = await page(repo, "--rater ana --count 10");
    await again.act({ act: "undo", done: 1 });
    expect(labels(repo)).toEqual([]);
    expect((await again.state()).question).toMatchObject({ id: shown?.id, draft: { verdict: "pass" } });
  });

  it("stays open after the last answer, so that it can be taken back", async () => {
    const repo = await project(plainAnswers(1));
    const slept: number[] = [];
    const sleep = (ms: number, signal: AbortSignal): Promise<void> => {
      slept.push(ms);
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    };
    const one = await page(repo, "--rater ana", { sleep });
    await one.judge("fail");
    await one.act({ act: "undo", done: 1 });
    expect(labels(repo)).toEqual([]);
    await one.judge("pass");
    expect(slept).toEqual([30_000, 30_000]);
    await one.act({ act: "end" });
    expect((await one.ended).stdout).toContain("1 of 1 judged: 1 pass");
  });

  it("opens a browser on a terminal, unless --no-open is given", async () => {
    const repo = await project();
    const [shown, quiet, piped] = [
      await openPage(repo, "label triage --rater ana", { stdoutIsTerminal: true }),
      await openPage(repo, "label triage --rater ben --no-open", { stdoutIsTerminal: true }),
      await openPage(repo, "label triage --rater cleo"),
    ];
    pages.push(shown, quiet, piped);
    expect([shown.io.opened, quiet.io.opened, piped.io.opened]).toEqual([[shown.url], [], []]);
  });

  it("takes a label that is sent twice once, and refuses one for an answer that is not shown", async () => {
    const repo = await project();
    const one = await page(repo, "--rater ana --count 10");
    const id = (await one.state()).question?.id;
    const body = { act: "label", id, verdict: "pass" };
    expect((await one.act(body)).status).toBe(200);
    expect((await one.act(body)).status).toBe(200);
    expect((await one.act({ ...body, verdict: "fail" })).status).toBe(409);
    expect((await one.act({ act: "skip", id })).status).toBe(409);
    expect(labels(repo)).toHaveLength(1);
    expect((await one.act({ act: "label", id, verdict: "perhaps" })).status).toBe(400);
  });

  it("lets two raters judge the same answers, each in an order of their own", async () => {
    const repo = await project();
    const [ana, ben] = [await page(repo, "--rater ana --count 5"), await page(repo, "--rater ben --count 5")];
    expect(ana.url).not.toBe(ben.url);
    for (let at = 0; at < 5; at++) {
      await ana.judge("pass");
      await ben.judge(at === 0 ? "fail" : "pass");
    }
    await Promise.all([ana.ended, ben.ended]);
    const cases = (rater: string): string[] =>
      labels(repo)
        .filter((label) => label.rater === rater)
        .map((label) => label.case);
    expect(cases("ana").sort()).toEqual(cases("ben").sort());
    expect(labels(repo)).toHaveLength(10);
  });

  it("settles conflicts under a name that says who did, with both opinions in view", async () => {
    const repo = await project(plainAnswers(3));
    for (const rater of ["ana", "ben"]) {
      const one = await page(repo, `--rater ${rater}`);
      for (let at = 0; at < 3; at++) {
        const { question } = await one.state();
        await one.judge(question?.case === "t02" && rater === "ben" ? "fail" : "pass", { comment: rater });
      }
      await one.ended;
    }
    const judge = await page(repo, "--adjudicate --rater cleo");
    const { question, total } = await judge.state();
    expect(total).toBe(1);
    expect(question).toMatchObject({
      case: "t02",
      opinions: [
        { rater: "ana", verdict: "pass", comment: "ana" },
        { rater: "ben", verdict: "fail", comment: "ben" },
      ],
    });
    await judge.judge("fail");
    await judge.ended;
    expect(labels(repo).filter((label) => label.case === "t02")).toHaveLength(3);
    expect(labels(repo).some((label) => label.rater === "adjudicated:cleo" && label.verdict === "fail")).toBe(
      true,
    );
    const { stdout } = await repo.evals("label triage --adjudicate --rater cleo --no-open");
    expect(stdout).toContain("no answer is left on which raters disagree");
    // On another branch, somebody else has settled the same answer otherwise.
    const settled = labels(repo).find((label) => label.rater === "adjudicated:cleo");
    const other = { ...settled, rater: "adjudicated:dan", verdict: "pass" };
    repo.write("labels/triage.jsonl", `${repo.read("labels/triage.jsonl")}${JSON.stringify(other)}\n`);
    const third = await page(repo, "--adjudicate --rater eve");
    expect(await third.state()).toMatchObject({ total: 1, question: { case: "t02" } });
    await third.judge("fail");
    await third.ended;
    const done = await repo.evals("label triage --adjudicate --rater finn --no-open");
    expect(done.stdout).toContain("no answer is left on which raters disagree");
    const gone = (rater: string, verdict: string): string =>
      JSON.stringify({ ...labels(repo)[0], case: "gone", rater, verdict });
    repo.write("labels/triage.jsonl", `${gone("ana", "pass")}\n${gone("ben", "fail")}\n`);
    const left = await repo.evals("label triage --adjudicate --rater cleo --no-open");
    expect(left.stdout).toMatch(
      /Left out: 1 answer on which raters disagree, because run \w+ does not have its case\./,
    );
  });

  it("asks some answers twice, keeps the second judgement apart and shows the agreement at the end", async () => {
    const repo = await project(plainAnswers(40));
    const one = await page(repo, "--rater ana --count 40");
    const seen: string[] = [];
    let state = await one.state();
    expect(state.total).toBe(42);
    while (state.question !== null) {
      const of = state.question.case;
      state = await one.judge(seen.includes(of) ? "fail" : "pass");
      seen.push(of);
    }
    expect(seen).toHaveLength(42);
    expect(new Set(seen).size).toBe(40);
    expect(state.agreement).toEqual({ same: 0, of: 2 });
    await one.ended;
    expect(labels(repo)).toHaveLength(40);
    expect(labels(repo).every((label) => label.verdict === "pass")).toBe(true);
  });

  it("shows skipped answers again on request, and ends when the person says so", async () => {
    const repo = await project(plainAnswers(2));
    const one = await page(repo, "--rater ana");
    const id = (await one.state()).question?.id;
    await one.act({ act: "skip", id });
    const end = await one.judge("pass");
    expect(end).toMatchObject({ question: null, skipped: 1, done: 2 });
    expect(JSON.parse((await one.act({ act: "again" })).text).state).toMatchObject({
      question: { id },
      total: 2,
    });
    await one.act({ act: "skip", id });
    await one.act({ act: "end" });
    expect((await one.ended).stdout).toContain("1 of 2 judged: 1 pass, 0 fail, 0 unsure, 1 skipped");
  });

  it("asks only about cases of a tag, and does not count them as a random sample", async () => {
    const repo = await project();
    const one = await page(repo, "--rater ana --tag odd");
    expect((await one.state()).total).toBe(6);
    await one.judge("pass");
    expect(labels(repo)[0]).toMatchObject({ picked: "stratified", weight: 1 });
  });

  it("does not show scores, how an answer was picked, or how many answers it represents", async () => {
    const repo = await project();
    const one = await page(repo, "--rater ana");
    const { text } = await send(`${one.url}state`);
    const { question } = JSON.parse(text).state;
    expect(Object.keys(question).sort()).toEqual(["answer", "case", "expected", "id", "input"]);
    expect(text).not.toMatch(/score|judge|weight|picked|sorry"|tags/);
  });
});

describe("the page's server", () => {
  it("serves 127.0.0.1 alone, with a policy that lets only its own script run", async () => {
    const repo = await project();
    const one = await page(repo, "--rater ana");
    const { status, headers, text } = await send(one.url);
    expect(status).toBe(200);
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; script-src 'sha256-[^' ]+'; .*frame-ancestors 'none'$/,
    );
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(text) ?? [];
    expect(headers["content-security-policy"]).toContain(policy);
    expect(headers).not.toHaveProperty("access-control-allow-origin");
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
  });

  it.runIf(process.platform === "linux")("listens on no other address of the machine", async () => {
    const one = await page(await project(), "--rater ana");
    await expect(send(one.url.replace("127.0.0.1", "127.0.0.2"))).rejects.toThrow("ECONNREFUSED");
  });

  it("refuses a wrong token, another host, another origin, and what is not JSON", async () => {
    const repo = await project();
    const one = await page(repo, "--rater ana");
    const { origin, host } = new URL(one.url);
    const body = JSON.stringify({ act: "end" });
    const json = { "content-type": "application/json" };
    const post = (headers: Record<string, string>) =>
      send(`${one.url}act`, { method: "POST", headers, body });
    expect((await send(`${origin}/`)).status).toBe(403);
    expect((await send(`${origin}/${"0".repeat(32)}/state`)).status).toBe(403);
    expect((await send(`${one.url}state`, { headers: { host: "evil.example" } })).status).toBe(403);
    expect(
      (await send(`${one.url}state`, { headers: { host: `evil.example:${host.split(":")[1]}` } })).status,
    ).toBe(403);
    expect((await post(json)).status).toBe(403);
    expect((await post({ ...json, origin: "http://evil.example" })).status).toBe(403);
    expect((await post({ ...json, origin: "null" })).status).toBe(403);
    expect((await post({ origin, "content-type": "text/plain" })).status).toBe(415);
    expect((await send(`${one.url}state`, { method: "OPTIONS" })).status).toBe(405);
    expect((await send(`${one.url}elsewhere`)).status).toBe(404);
    const large = { method: "POST", headers: { ...json, origin }, body: `"${"x".repeat(1 << 21)}"` };
    const received = await send(`${one.url}act`, large).catch(() => ({ status: 413 }));
    expect(received.status).toBe(413);
    expect((await one.state()).done).toBe(0);
  });

  it("stores its address where only this user can read it, until all answers are judged", async () => {
    const repo = await project(plainAnswers(1));
    const one = await page(repo, "--rater ana");
    const folder = join(repo.root, ".evals/labelling");
    const [name = ""] = readdirSync(folder);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    await one.judge("pass");
    await one.ended;
    expect(readdirSync(folder)).toEqual([]);
  });

  it("reports when a label cannot be written, and stores it when writing is possible again", async () => {
    const repo = await project();
    const one = await page(repo, "--rater ana");
    await one.judge("pass");
    const good = repo.read("labels/triage.jsonl");
    repo.write("labels/triage.jsonl", `${good}{"case":"t0`);
    const id = (await one.state()).question?.id;
    const refused = await one.act({ act: "label", id, verdict: "pass" });
    expect(refused.status).toBe(500);
    expect(JSON.parse(refused.text).error).toContain("half a label");
    expect((await one.state()).question?.id).toBe(id);
    repo.write("labels/triage.jsonl", good);
    expect((await one.act({ act: "label", id, verdict: "pass" })).status).toBe(200);
    expect(labels(repo)).toHaveLength(2);
    expect(one.io.printed.stderr).toContain("A label could not be written");
  });
});

describe("evals label with wrong options", () => {
  it("names the command that makes a run", async () => {
    const repo = answersProject(plainAnswers(2));
    open.push(repo);
    const { exit, stderr } = await repo.evals("label triage --rater ana");
    expect(exit).toBe(2);
    expect(stderr).toContain("There is no run in the history yet.");
    expect(stderr).toContain("fix: evals run triage");
  });

  it("refuses a run without answers", async () => {
    const repo = answersProject(plainAnswers(2));
    open.push(repo);
    writeFileSync(
      join(repo.root, "evalconfig.yaml"),
      "models:\n  recorded: { provider: http, url: 'http://127.0.0.1:9/', body: { q: '{{ input.message }}' }, answer: $.a }\n",
    );
    await repo.evals("run --quiet");
    const { exit, stderr } = await repo.evals("label triage --rater ana");
    expect(exit).toBe(2);
    expect(stderr).toContain("EVALS_LABEL_NO_ANSWER");
    expect(stderr).toContain('No run of the suite "triage" has an answer.');
  });

  it("says of a named run without answers only that this run has none", async () => {
    const repo = await project();
    writeFileSync(
      join(repo.root, "evalconfig.yaml"),
      "models:\n  recorded: { provider: http, url: 'http://127.0.0.1:9/', body: { q: '{{ input.message }}' }, answer: $.a }\n",
    );
    await repo.evals("run --quiet");
    const { stdout } = await repo.evals("history triage --json");
    const [id] = (JSON.parse(stdout) as { runs: { id: string }[] }).runs.map((run) => run.id);
    const { exit, stderr } = await repo.evals(`label ${id} --rater ana`);
    expect(exit).toBe(2);
    expect(stderr).toContain(`Run ${id} of suite "triage" has no answer.`);
    expect(stderr).toContain(`fix: evals run triage --resume --run ${id}`);
  });

  it("refuses unreadable options, unknown suites and tags, half-written labels and reserved names", async () => {
    const repo = await project();
    const codes = async (args: string): Promise<string[]> => {
      const { exit, stderr } = await repo.evals(`label ${args}`);
      expect(exit).toBe(2);
      return Array.from(stderr.matchAll(/\[(EVALS_\w+)\]/g), ([, code]) => code ?? "");
    };
    expect(await codes("triage --count 0 --port 99999 --random --disputed")).toEqual([
      "EVALS_OPTION_INVALID",
      "EVALS_OPTION_INVALID",
      "EVALS_OPTION_CONFLICT",
    ]);
    expect(await codes("triaage --rater ana")).toEqual(["EVALS_RUN_UNKNOWN"]);
    expect(await codes("triage --rater ana --tag evn")).toEqual(["EVALS_TAG_UNKNOWN"]);
    expect(await codes("triage --rater adjudicated:ana")).toEqual(["EVALS_RATER_RESERVED"]);
    expect(await codes('triage --rater ""')).toEqual(["EVALS_RATER_UNKNOWN"]);
    const one = await page(repo, "--rater ana");
    await one.judge("pass");
    one.io.signal("SIGINT");
    await one.ended;
    repo.write("labels/triage.jsonl", `${repo.read("labels/triage.jsonl")}{"case":"t0`);
    expect(await codes("triage --rater ana")).toEqual(["EVALS_LABELS_CUT_OFF"]);
  });

  it("refuses a port that another program has", async () => {
    const repo = await project();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const { exit, stderr } = await repo.evals(`label triage --rater ana --port ${port}`);
    await new Promise((resolve) => other.close(resolve));
    expect(exit).toBe(2);
    expect(stderr).toContain(`Port ${port} is in use by another program.  [EVALS_PORT_IN_USE]`);
  });
});
