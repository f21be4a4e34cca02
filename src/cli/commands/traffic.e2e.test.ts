import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

const TRACES = fileURLToPath(new URL("../../../fixtures/traces/shop-bot.jsonl", import.meta.url));

let home: Scenario;
beforeAll(async () => {
  home = scenario(null);
  home.write("evalconfig.yaml", "models: {}\nredact: [email]\n");
  cpSync(TRACES, join(home.root, "t.jsonl"));
  await home.evals("import traces t.jsonl");
});
afterAll(() => home.remove());

const json = async (args: string) => JSON.parse((await home.evals(`traffic ${args} --json`)).stdout);
const now = { date: () => new Date("2026-05-10T00:00:00Z") };

describe("evals traffic", () => {
  it("counts traces, sessions and users, with the first and last time", async () => {
    const all = await json("--limit 3");
    expect(all).toMatchObject({
      ...{ schema: "evals.traffic/1", exit: 0, counts: { traces: 48, sessions: 24, users: 17 } },
      ...{ first: "2026-05-04T08:04:00.000Z", where: [], grep: null, since: null },
    });
    expect(all.traces).toHaveLength(3);
    expect(all.traces[0].at >= all.traces[1].at).toBe(true);
    expect(all.sessions).toHaveLength(24);
    expect(all.values.prompt).toEqual([
      { value: "shop@1.1.0", traces: 24 },
      { value: "shop@1.2.0", traces: 24 },
    ]);
  });

  it("prints ids that name one trace each, however alike they begin", async () => {
    const other = scenario(null);
    other.write("evalconfig.yaml", "models: {}\n");
    const lines = readFileSync(TRACES, "utf8").split("\n").slice(0, 12);
    const ids = lines.map((_, at) => `019acf0b41c27${at < 6 ? "aaa" : "bbb"}${String(at).padStart(16, "0")}`);
    const renamed = lines.map((line, at) => {
      const id = /"traceId":"([0-9a-f]+)"/.exec(line)?.[1] ?? "";
      return line.replaceAll(id, ids[at] ?? "");
    });
    other.write("t.jsonl", renamed.join("\n"));
    await other.evals("import traces t.jsonl");
    const { stdout } = await other.evals("traffic --limit 20");
    const printed = stdout.match(/(?<=UTC|\d\d:\d\d {2})019acf\w+/g) ?? [];
    expect(printed).toHaveLength(12);
    for (const id of printed) expect((await other.evals(`show trace:${id}`)).exit, id).toBe(0);
    other.remove();
  });

  it("reports which sessions and users got an answer with a text", async () => {
    const found = await json('--grep "CANNOT help" --limit 100');
    expect(found.counts.traces).toBeGreaterThan(3);
    expect(found.traces).toHaveLength(found.counts.traces);
    for (const { output } of found.traces) expect(output).toBe("I cannot help with that.");
    const sessions = new Set(found.traces.map((one: { session: string }) => one.session));
    expect(new Set(found.sessions.map((one: { session: string }) => one.session))).toEqual(sessions);
    for (const { user, first } of found.users) {
      const theirs = found.traces.filter((one: { user: string }) => one.user === user);
      expect(first).toBe(theirs.map((one: { at: string }) => one.at).sort()[0]);
    }
    // --grep searches answers, not questions.
    expect((await json('--grep "Where is my order"')).counts.traces).toBe(0);
  });

  it("combines conditions, and finds a user by the unhashed id", async () => {
    const version = await json("--where prompt=1.2.0,tag=returns");
    expect(version.traces.length).toBeGreaterThan(0);
    for (const { tags, prompt_version } of version.traces)
      expect([tags[0], prompt_version]).toEqual(["returns", "1.2.0"]);
    const user = await json("--where user=customer-503");
    expect(user.counts).toMatchObject({ traces: 3, users: 1 });
    expect(await json(`--where user=${user.users[0].user}`)).toMatchObject({ counts: { traces: 3 } });
    expect((await json("--where user!=customer-503")).counts.traces).toBe(45);
    expect((await json("--since 2026-05-08")).counts.traces).toBe(16);
    expect(JSON.parse((await home.evals("traffic --since 48h --json", now)).stdout).counts.traces).toBe(16);
  });

  it("prints traces for a person, and a suggestion when there are none", async () => {
    const { stdout } = await home.evals("traffic --limit 2");
    expect(stdout).toMatch(/^48 traces in 24 sessions of 17 users, 2026-05-04 08:04 to 2026-05-09 /);
    expect(stdout).toContain("  prompt        shop@1.1.0 24, shop@1.2.0 24\n");
    expect(stdout).toContain("2 of 48, the newest");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    expect((await home.evals("traffic --where tag=none")).stdout).toContain("No trace matches.");
    const other = scenario(null);
    other.write("evalconfig.yaml", "models: {}\n");
    expect((await other.evals("traffic")).stdout).toContain("There is no traffic.");
    other.remove();
  });

  it.each(["--where colour=red", '--grep ""', "--since never", "--limit -1"])("refuses %s", async (args) => {
    const { exit, stdout } = await home.evals(`traffic ${args} --json`);
    expect([exit, JSON.parse(stdout).problems[0].code]).toEqual([2, "EVALS_OPTION_INVALID"]);
  });
});
