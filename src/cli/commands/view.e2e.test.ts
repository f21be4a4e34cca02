import { afterEach, describe, expect, it } from "vitest";
import type { ViewedCase, ViewedTranscript } from "../../domain/viewed-run.ts";
import { openLiveView } from "../../operations/live-view.ts";
import type { SessionState } from "../../page/labelling-shapes.ts";
import type {
  HomeDocument,
  IndexDocument,
  LabelsDocument,
  RunDocument,
  TraceDocument,
  TrafficDocument,
} from "../../page/page-documents.ts";
import { type OpenPage, openPage, send } from "../../page/testing/page-client.ts";
import { answersProject, plainAnswers } from "../testing/answers-project.ts";
import { fakeIo } from "../testing/fake-io.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";
import { trafficProject } from "../testing/traffic-project.ts";

const open: Scenario[] = [];
const pages: OpenPage[] = [];
afterEach(async () => {
  for (const one of pages.splice(0)) {
    one.io.signal("SIGINT");
    await one.ended;
  }
  for (const one of open.splice(0)) one.remove();
});

async function ran(name: string, args = "run"): Promise<{ repo: Scenario; id: string }> {
  const repo = scenario(name);
  open.push(repo);
  const { stdout } = await repo.evals(`${args} --json`);
  return { repo, id: JSON.parse(stdout).runs[0].id };
}

async function view(repo: Scenario, args = ""): Promise<OpenPage> {
  const page = await openPage(repo, `view --no-open ${args}`, {
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(ms, 20));
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  });
  pages.push(page);
  return page;
}

async function read<T>(page: OpenPage, path: string): Promise<T> {
  const response = await send(`${page.url}${path}`);
  expect(response.status, `${path}: ${response.text.slice(0, 200)}`).toBe(200);
  return JSON.parse(response.text);
}

describe("evals view", () => {
  it("serves the page, and every value that it asks for", async () => {
    const { repo, id } = await ran("critical-case-fails");
    const page = await view(repo);
    const shell = await send(page.url);
    expect(shell.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; .*connect-src 'self'; .*frame-ancestors 'none'$/,
    );
    expect(shell.text).toContain('id="start">{"mode":"live"');
    const { runs, more } = await read<HomeDocument>(page, "home");
    // The page contains the newest runs, so its first rendering needs no request.
    const [, first = ""] = /id="home">([^<]*)</.exec(shell.text) ?? [];
    expect(JSON.parse(first)).toEqual({ runs, more });
    expect(runs.map((one) => [one.id, one.suite, one.outcome, one.done])).toEqual([
      [id, "triage", "failed", 8],
    ]);
    const run = await read<RunDocument>(page, `run/${id}`);
    expect(run.report.gate.outcome).toBe("failed");
    const index = await read<IndexDocument>(page, `index/${id}`);
    expect(index.ids).toHaveLength(4);
    expect(index.now.marks).toHaveLength(8);
    const position = index.ids.indexOf("password-reset");
    const one = await read<ViewedCase>(page, `case/${id}/${position}`);
    expect([one.id, one.now.run, one.now.trials.length]).toEqual(["password-reset", id, 2]);
    const trial = await read<ViewedTranscript>(page, `trial/${id}/${position}/now/1`);
    expect(trial.parts.some(({ kind, passage }) => kind === "answer" && passage.text !== "")).toBe(true);
    const answer = trial.parts.findIndex(({ kind }) => kind === "answer");
    const whole = trial.parts[answer]?.passage.text ?? "";
    expect(await read<string>(page, `letters/${id}/${position}/now/1/${answer}/3`)).toBe(whole.slice(3));
    const word = encodeURIComponent(one.input.text.slice(20, 30).toLowerCase());
    expect(await read<number[]>(page, `search/${id}/${word}`)).toContain(position);
    expect(await read<number[]>(page, `search/${id}/${encodeURIComponent("no/such words?")}`)).toEqual([]);
  });

  it("opens a run once for all requests at the same time", async () => {
    const { repo, id } = await ran("critical-case-fails");
    const view = await openLiveView(fakeIo(repo.root), { directory: undefined });
    const [one, other] = await Promise.all([view.run(id), view.run(id)]);
    view.close();
    expect(one).toBe(other);
  });

  it("compares one run with another", async () => {
    const { repo, id } = await ran("critical-case-fails");
    const again = JSON.parse((await repo.evals("run --json --no-cache")).stdout).runs[0].id;
    const page = await view(repo);
    const { report } = await read<RunDocument>(page, `run/${id}..${again}`);
    expect(report.header.id).toBe(again);
    expect(report.comparison?.baseline.run).toBe(id);
    const index = await read<IndexDocument>(page, `index/${id}..${again}`);
    expect(index.before?.marks).toBe(index.now.marks);
    const one = await read<ViewedCase>(page, `case/${id}..${again}/0`);
    expect(one.before?.run).toBe(id);
    const before = await read<ViewedTranscript>(page, `trial/${id}..${again}/0/before/2`);
    expect(before.trial.trial).toBe(2);
  });

  it("labels a suite's answers on the same page, and writes each label to its file at once", async () => {
    const repo = answersProject(plainAnswers(3));
    open.push(repo);
    await repo.evals("run --quiet");
    const page = await view(repo);
    const { suites } = await read<LabelsDocument>(page, "labels");
    expect(suites).toMatchObject([{ suite: "triage", judge: null, labels: 0, raters: 0 }]);
    const session = async (): Promise<SessionState> =>
      (await read<{ state: SessionState }>(page, "labels/triage//state")).state;
    const act = (step: object, origin = new URL(page.url).origin) =>
      send(`${page.url}labels/triage//act`, {
        method: "POST",
        headers: { origin, "content-type": "application/json" },
        body: JSON.stringify(step),
      });
    const { question, total } = await session();
    expect(total).toBe(3);
    const step = { act: "label", id: question?.id, verdict: "pass" };
    expect((await act(step, "http://evil.example")).status).toBe(403);
    expect((await act(step)).status).toBe(200);
    expect(repo.read("labels/triage.jsonl").trimEnd().split("\n")).toHaveLength(1);
    expect((await read<LabelsDocument>(page, "labels")).suites).toMatchObject([{ labels: 1, raters: 1 }]);
    expect((await act({ act: "end" })).status).toBe(200);
    // Another session continues with the rest, and the program serves the page as before.
    expect(await session()).toMatchObject({ done: 1, total: 3 });
    const unknown = await send(`${page.url}labels/nobody//state`);
    expect([unknown.status, JSON.parse(unknown.text).error]).toEqual([
      404,
      expect.stringContaining("nobody"),
    ]);
  });

  it("does not offer answers of a restricted dataset for labelling, because its texts are left out", async () => {
    const repo = answersProject(plainAnswers(1));
    open.push(repo);
    await repo.evals("run --quiet");
    const config = repo.read("evalconfig.yaml");
    repo.write("evalconfig.yaml", `${config}datasets: { tickets: { classification: restricted } }\n`);
    const page = await view(repo);
    const refused = await send(`${page.url}labels/triage//state`);
    expect(refused.status).toBe(404);
    expect(JSON.parse(refused.text).error).toContain("evals label triage");
  });

  it("shows traffic of production, and a trace with its conversation", async () => {
    const repo = await trafficProject([{ asked: "where is it?", answer: "on its way", score: 0.5 }], []);
    open.push(repo);
    const page = await view(repo);
    const { counts, listed } = await read<TrafficDocument>(page, "traffic");
    expect(counts.traces).toBe(1);
    const [one] = listed;
    expect(one).toMatchObject({ service: "shop-bot", model: "m", output: "on its way" });
    const trace = await read<TraceDocument>(page, `trace/${one?.id}`);
    expect(trace.parts.map(({ kind, passage }) => [kind, passage.text])).toEqual([
      ["message", "where is it?"],
      ["message", "on its way"],
      ["answer", "on its way"],
    ]);
    expect(trace.trace.feedback).toMatchObject([{ name: "helpful", score: 0.5 }]);
    expect(await read<string>(page, `trace/${one?.id}/2/3`)).toBe("its way");
    expect((await send(`${page.url}trace/nothing`)).status).toBe(404);
  });

  it("opens at a run that is named by a prefix of its id", async () => {
    const { repo, id } = await ran("critical-case-fails");
    const page = await view(repo, id.slice(0, 4));
    expect(page.io.printed.stdout).toMatch(
      new RegExp(`^Open http://127\\.0\\.0\\.1:\\d+/\\w+/#/run/${id}\\n`),
    );
  });

  it("refuses requests without its token or its host name", async () => {
    const { repo } = await ran("critical-case-fails");
    const page = await view(repo);
    const { origin } = new URL(page.url);
    expect((await send(`${origin}/home`)).status).toBe(403);
    expect((await send(`${page.url}home`, { headers: { host: "evil.example" } })).status).toBe(403);
    expect((await send(`${page.url}home`, { method: "DELETE" })).status).toBe(405);
  });

  it("reports unknown runs and cases, and keeps serving", async () => {
    const { repo, id } = await ran("critical-case-fails");
    const page = await view(repo);
    for (const path of [
      "run/ffff",
      "nothing",
      `case/${id}/99`,
      `case/${id}/x`,
      `trial/${id}/0/now/9`,
      "%E0%A4%A",
    ]) {
      const response = await send(`${page.url}${path}`);
      expect([response.status, typeof JSON.parse(response.text).error], path).toEqual([404, "string"]);
    }
    expect((await read<HomeDocument>(page, "home")).runs).toHaveLength(1);
  });

  it("notifies an open page of a run that was made meanwhile", async () => {
    const { repo } = await ran("critical-case-fails");
    const page = await view(repo);
    const stop = new AbortController();
    const events = await fetch(`${page.url}events`, { signal: stop.signal });
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    let received = "";
    const ran2 = repo.evals("run --quiet --no-cache");
    while (!received.includes("event: runs\ndata: [")) received += (await reader?.read())?.value ?? "";
    await ran2;
    expect(JSON.parse(/data: (\[.*\])/.exec(received)?.[1] ?? "[]")[0].suite).toBe("triage");
    stop.abort();
  });

  it("ends at Ctrl-C with 0, at SIGTERM as every command", async () => {
    const { repo } = await ran("critical-case-fails");
    for (const [signal, exit] of [
      ["SIGINT", 0],
      ["SIGTERM", 143],
    ] as const) {
      const page = await view(repo);
      page.io.signal(signal);
      expect((await page.ended).exit).toBe(exit);
      pages.length = 0;
    }
  });

  it("refuses an invalid port and an unknown run", async () => {
    const { repo } = await ran("critical-case-fails");
    expect((await repo.evals("view --port many")).stderr).toContain("EVALS_OPTION_INVALID");
    expect((await repo.evals("view ffff")).exit).toBe(2);
  });
});
