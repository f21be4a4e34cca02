import { describe, expect, it } from "vitest";
import { showProgress } from "./progress.ts";
import { fakeIo } from "./testing/fake-io.ts";

const answered = {
  kind: "answered",
  case_no: 0,
  trial: 1,
  cached: false,
  pass: true,
  scores: [1],
  cost_usd: 0.01,
} as const;

describe("progress", () => {
  it("without a terminal is a plain line every ten seconds", () => {
    let clock = 0;
    const io = fakeIo("/nowhere", { now: () => clock });
    const progress = showProgress(io);
    progress.start("triage", 100, 0);
    for (let second = 1; second <= 25; second++) {
      clock = second * 1000;
      progress.trial(answered);
    }
    progress.retried();
    progress.end();
    expect(io.printed.stderr).toBe(
      "triage  10/100  1.0/s  ETA 1 min 30 s  $0.10\ntriage  20/100  1.0/s  ETA 1 min 20 s  $0.20\n",
    );
  });

  it("on a terminal is one updated line, no wider than the terminal, and removed at the end", () => {
    let clock = 0;
    const io = fakeIo("/nowhere", { now: () => clock, stderrIsTerminal: true, width: 40 });
    const progress = showProgress(io);
    progress.start("a-suite-with-quite-a-long-name", 500, 0);
    for (let at = 1; at <= 500; at++) {
      clock += 40;
      progress.trial(
        at % 50 === 0 ? { kind: "errored", case_no: 0, trial: 1, error: "timeout", message: "" } : answered,
      );
    }
    progress.end();
    expect(io.printed.stderr).not.toContain("\n");
    const lines = io.printed.stderr.split("\r").filter((line) => line !== "");
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(line.length).toBeLessThan(40);
    for (const line of lines.slice(0, -2)) expect(line).toMatch(/^a-suite.*\d+\/500 {2}[\d.]+\/s {2}ETA/);
    expect(io.printed.stderr).toMatch(/\r +\r$/);
  });

  it.each([
    [false, "triage  7/100  no answer yet, 10.0 s\ntriage  7/100  no answer yet, 20.0 s  1 retried\n"],
    [
      true,
      /^\rtriage {2}█░+ {2}7\/100 {2}no answer yet, 1\.0 s(?:.*\r)+.*no answer yet, 25\.0 s {2}1 retried$/,
    ],
  ])("while nothing is answered, says so and for how long (terminal: %s)", (stderrIsTerminal, shown) => {
    let clock = 0;
    const io = fakeIo("/nowhere", { now: () => clock, stderrIsTerminal });
    const progress = showProgress(io);
    progress.start("triage", 100, 7);
    for (let second = 1; second <= 25; second++) {
      clock = second * 1000;
      io.tick();
      if (second === 15) progress.retried();
    }
    if (typeof shown === "string") expect(io.printed.stderr).toBe(shown);
    else expect(io.printed.stderr).toMatch(shown);
    progress.end();
    const ended = io.printed.stderr;
    clock += 60_000;
    io.tick();
    expect(io.printed.stderr).toBe(ended);
  });

  it("includes trials of earlier sessions in the count, but not in the rate", () => {
    let clock = 0;
    const io = fakeIo("/nowhere", { now: () => clock });
    const progress = showProgress(io);
    progress.start("triage", 100, 50);
    clock = 10_000;
    progress.trial({ ...answered, cached: true });
    expect(io.printed.stderr).toMatch(/^triage {2}51\/100 {2}0\.1\/s/);
    expect(io.printed.stderr).not.toContain("$");
  });
});
