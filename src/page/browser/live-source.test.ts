// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { report } from "../../reports/testing/reported-run.ts";
import { liveSource } from "./live-source.ts";
import { summary } from "./testing/fake-source.ts";

const start = { mode: "live", version: "0.0.0", runs: [], matrices: [] } as const;
const run = { key: "3f9c21aa", summary, report, history: [], prompts: null };

function answering(value: unknown): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return new Response(JSON.stringify(value));
  });
  return asked;
}
afterEach(() => vi.unstubAllGlobals());

describe("liveSource", () => {
  it("requests the list of runs only when the page did not contain all of them", async () => {
    const asked = answering({ runs: [summary, summary], more: false });
    const whole = liveSource(start, "/t/", { runs: [summary], more: false });
    expect((await whole.home()).runs).toHaveLength(1);
    expect(asked).toEqual([]);
    const part = liveSource(start, "/t/", { runs: [summary], more: true });
    expect(part.homeAtHand()?.runs).toHaveLength(1);
    expect((await part.home()).runs).toHaveLength(2);
    expect(part.homeAtHand()?.runs).toHaveLength(2);
    expect(asked).toEqual(["/t/home"]);
  });

  it("has a run available once it was requested, and the outcome of every listed run", async () => {
    answering(run);
    const source = liveSource(start, "/t/", { runs: [summary], more: false });
    expect(source.runAtHand("3f9c21aa")).toBeNull();
    expect(source.summaryAtHand("3f9c21aa")).toEqual(summary);
    expect(source.summaryAtHand("aa..3f9c21aa")).toBeNull();
    await source.run("3f9c21aa");
    expect(source.runAtHand("3f9c21aa")?.summary).toEqual(summary);
  });
});
