import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../domain/json.ts";
import { everyItem } from "../domain/pages.ts";
import type { TrafficFilter, TrafficScore } from "../domain/traffic.ts";
import { UNKNOWN_USAGE } from "../domain/transcript.ts";
import type { Store } from "./store.ts";
import type { StorePlace } from "./store-contract.ts";
import { sampleTrace } from "./testing/sample-run.ts";

const DAY = (day: number): string => `2025-02-0${day}T08:00:00.000Z`;

/** The tests of production traces that every store must pass. */
export function storeTrafficContract(name: string, makePlace: () => StorePlace): void {
  describe(name, () => {
    let place: StorePlace;
    let store: Store;
    beforeEach(async () => {
      place = makePlace();
      store = await place.open();
    });
    afterEach(() => {
      store.close();
      place.remove();
    });
    const put = async (...traces: Partial<ReturnType<typeof sampleTrace>>[]): Promise<void> => {
      const made = new Map(traces.map((one) => [one.id ?? "t1", sampleTrace(one)]));
      await store.traffic.record([...made.keys()], (id) => {
        const trace = made.get(id);
        return trace === undefined ? null : { trace, source: `spans of ${id}` };
      });
    };
    const ids = async (filter: TrafficFilter = {}, limit = 2): Promise<string[]> => {
      const found: string[] = [];
      for await (const { id } of everyItem((page) => store.traffic.rows(filter, page), limit)) found.push(id);
      return found;
    };

    it("returns a trace as it was stored, and its row without the texts", async () => {
      const trace = sampleTrace({
        id: "t1",
        tags: ["größe", "灯"],
        feedback: [{ name: "thumbs", score: 1, label: null, comment: "ok" }],
      });
      await put(trace);
      expect(await store.traffic.trace("t1")).toEqual(trace);
      const { transcript: _, ...row } = trace;
      expect((await store.traffic.rows({})).items).toEqual([row]);
      expect((await store.traffic.traces({})).items).toEqual([trace]);
      expect(await store.traffic.trace("t2")).toBeUndefined();
    });

    it("asks for the new record of a trace with its stored source, and leaves the trace unchanged for null", async () => {
      await put({ id: "t1" });
      const asked: (string | null)[] = [];
      await store.traffic.record(["t1", "t2", "t3"], (id, source) => {
        asked.push(source);
        return id === "t3"
          ? null
          : { trace: sampleTrace({ id, model: "later" }), source: `${source} and more` };
      });
      expect(asked).toEqual(["spans of t1", null, null]);
      expect(await store.traffic.trace("t1")).toMatchObject({ model: "later" });
      expect(await store.traffic.count({})).toMatchObject({ traces: 2 });
      await store.traffic.record(["t1"], (_, source) => {
        expect(source).toBe("spans of t1 and more");
        return null;
      });
    });

    it("keeps nothing of a transaction in which one trace fails", async () => {
      const work = () =>
        store.traffic.record(["t1", "t2"], (id) => {
          if (id === "t2") throw new RangeError("unreadable");
          return { trace: sampleTrace({ id }), source: "" };
        });
      await expect(work()).rejects.toThrow(RangeError);
      expect(await ids()).toEqual([]);
    });

    it("lists traces newest first, in pages, with equal times and with none", async () => {
      await put(
        { id: "a", at: DAY(1) },
        { id: "none", at: null },
        { id: "c", at: DAY(2) },
        { id: "d", at: DAY(2) },
      );
      for (const limit of [1, 2, 10]) expect(await ids({}, limit)).toEqual(["d", "c", "a", "none"]);
      await expect(store.traffic.rows({}, { after: "t1.2" })).rejects.toThrow(RangeError);
    });

    it.each<[string, TrafficFilter, string[]]>([
      ["service", { where: [{ field: "service", value: "shop" }] }, ["c", "b", "a"]],
      ["model", { where: [{ field: "model", value: "large" }] }, ["b"]],
      ["a prompt's name", { where: [{ field: "prompt", value: "support" }] }, ["c", "b", "a"]],
      ["a prompt's version", { where: [{ field: "prompt", value: "1.1.0" }] }, ["b"]],
      ["both", { where: [{ field: "prompt", value: "support@1.0.0" }] }, ["c", "a"]],
      ["tag", { where: [{ field: "tag", value: "test" }] }, ["c", "a"]],
      ["no tag", { where: [{ field: "tag", value: "test", not: true }] }, ["b"]],
      ["no arm, where some have none", { where: [{ field: "arm", value: "b", not: true }] }, ["c", "a"]],
      ["session", { where: [{ field: "session", value: "s1" }] }, ["a"]],
      [
        "user, environment and convention",
        {
          where: [
            { field: "user", value: "u" },
            { field: "environment", value: "production" },
            { field: "convention", value: "AI SDK" },
          ],
        },
        ["c", "b", "a"],
      ],
      [
        "all of several",
        {
          where: [
            { field: "tag", value: "test" },
            { field: "session", value: "s2" },
          ],
        },
        ["c"],
      ],
      ["quotes, which are not SQL", { where: [{ field: "tag", value: "x' OR 1=1 --" }] }, []],
      ["times", { since: Date.parse(DAY(1)) + 1, until: Date.parse(DAY(3)) }, ["b"]],
      ["a time, for one without", { since: 0 }, ["b", "a"]],
    ])("finds by %s", async (_, filter, found) => {
      const kept = {
        service: "shop",
        environment: "production",
        prompt: "support",
        user: "u",
        convention: "AI SDK",
      };
      await put(
        { ...kept, id: "a", at: DAY(1), session: "s1", tags: ["test"], prompt_version: "1.0.0" },
        { ...kept, id: "b", at: DAY(2), session: "s2", arm: "b", model: "large", prompt_version: "1.1.0" },
        { ...kept, id: "c", at: null, session: "s2", tags: ["x", "test"], prompt_version: "1.0.0" },
      );
      if (found[0] === "c" && found.length > 1) expect((await ids(filter)).sort()).toEqual([...found].sort());
      else expect(await ids(filter)).toEqual(found);
      expect((await store.traffic.count(filter)).traces).toBe(found.length);
    });

    it("counts sessions and users, each once", async () => {
      expect(await store.traffic.count({})).toEqual({ traces: 0, sessions: 0, users: 0 });
      await put(
        { id: "a", session: "s", user: "u" },
        { id: "b", session: "s", user: null },
        { id: "c", session: null, user: "u2" },
      );
      expect(await store.traffic.count({})).toEqual({ traces: 3, sessions: 1, users: 2 });
    });

    it("finds ids by their beginning", async () => {
      await put({ id: "ab2" }, { id: "ab1" }, { id: "ac%" });
      expect(await store.traffic.idsByPrefix("ab")).toEqual(["ab1", "ab2"]);
      expect(await store.traffic.idsByPrefix("%")).toEqual([]);
    });

    it("keeps one score of each trace, suite and scorer", async () => {
      await put({ id: "a" }, { id: "b" });
      const score = (more: Partial<TrafficScore>): TrafficScore => ({
        ...{ trace: "a", suite: "s", scorer: "polite", hash: sha256("1"), score: 1, pass: true, reason: "" },
        ...more,
      });
      const last = score({ hash: sha256("2"), score: 0.25, pass: false, reason: "curt" });
      const unknown = score({ trace: "b", score: null, pass: null, reason: "no verdict" });
      await store.traffic.recordScores([
        score({}),
        unknown,
        score({ suite: "other" }),
        score({ trace: "gone" }),
        last,
      ]);
      expect(await store.traffic.scores(["b", "a", "gone"])).toEqual([
        score({ suite: "other" }),
        last,
        unknown,
      ]);
      expect(await store.traffic.scores([])).toEqual([]);
    });

    it("has one salt of its own", async () => {
      expect(await store.traffic.salt()).toMatch(/^[0-9a-f]{64}$/);
      expect(await store.traffic.salt()).toBe(await store.traffic.salt());
    });

    it("deletes old traces with their scores; for a trace without a time, the time of its import counts", async () => {
      await put({ id: "old", at: DAY(1) }, { id: "new", at: DAY(3) }, { id: "none", at: null });
      await store.traffic.recordScores(
        ["old", "new"].map((trace) => ({
          ...{ trace, suite: "s", scorer: "x", hash: sha256("x"), score: 1, pass: true, reason: "" },
        })),
      );
      const before = Date.parse(DAY(2));
      expect(await store.care.oldTraces(before)).toBe(1);
      const pruning = { runs: [], answers: [], withoutTexts: () => null, loose_before: before };
      expect(await store.care.prune(pruning)).toMatchObject({ traces: 1, erased: true });
      expect((await ids()).sort()).toEqual(["new", "none"]);
      expect(await store.traffic.scores(["old", "new"])).toHaveLength(1);
      expect(await store.care.size()).toMatchObject({ traces: 2, runs: 0 });
      expect(await store.care.faults()).toEqual([]);
    });

    it("does not count traces among the runs", async () => {
      await put({ id: "a", usage: UNKNOWN_USAGE });
      expect(store.runs({})).toEqual([]);
      expect(await store.care.size()).toMatchObject({ runs: 0, answers: 0, oldest: null });
    });
  });
}
