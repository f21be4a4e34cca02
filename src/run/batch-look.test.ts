import { describe, expect, it } from "vitest";
import type { BatchAnswer, BatchLook, BatchTrouble, FoundBatch } from "../domain/batch.ts";
import type { FailedReply } from "../domain/provider.ts";
import type { StoredBatch } from "../store/batches.ts";
import { lookAtBatch } from "./batch-look.ts";

const NOW = 1_000_000;
const SENT: StoredBatch = { no: 4, asker: "target", state: "sent", file: null, remote: "b1", at: 0 };
const failure: FailedReply = { kind: "failed", error: "provider", message: "no", transient: false };
const trouble: BatchTrouble = { kind: "trouble", failure, undone: false };
const answer = (custom_id: string): BatchAnswer => ({
  custom_id,
  reply: { kind: "answered", output: custom_id, latency_ms: null },
});

/** One look at a batch with the requests "x" and "y". */
async function lookOnce(
  batch: Partial<StoredBatch>,
  look: BatchLook | BatchTrouble,
  found: FoundBatch | BatchTrouble = { kind: "none" },
) {
  const ids: string[] = [];
  const looked = await lookAtBatch(
    {
      service: { find: async () => found, look: async () => look },
      batches: {
        rows: () => ["x", "y"].map((custom_id) => ({ custom_id, what: custom_id })),
        ofRun: () => [],
      },
      signal: new AbortController().signal,
      clock: () => NOW,
    },
    { ...SENT, ...batch },
    { no: 1, id: "r" },
    (id) => ids.push(id),
  );
  return { looked, ids };
}

const ended = (
  answers: readonly BatchAnswer[] | BatchTrouble,
  answered: number | null,
  at = NOW,
): BatchLook => ({
  kind: "ended",
  at,
  answered,
  read: async () => answers,
});
const refused = (of: readonly (readonly [number, string])[], transient = false): BatchLook => ({
  kind: "refused",
  failure: { ...failure, transient },
  of: new Map(of),
});
const young = { at: NOW - 1000 };

describe("one look at a batch", () => {
  it.each<[string, Partial<StoredBatch>, BatchLook | BatchTrouble, "waits" | "left"]>([
    ["that was never sent", { state: "planned", remote: null }, { kind: "working" }, "left"],
    ["that is being answered", {}, { kind: "working" }, "waits"],
    ["whose provider cannot be asked", {}, trouble, "waits"],
    ["that its provider does not show yet", young, { kind: "gone" }, "waits"],
    ["that its provider has deleted", {}, { kind: "gone" }, "left"],
    ["that was refused for a while", {}, refused([], true), "left"],
    ["whose answers cannot be read", {}, ended(trouble, 2), "waits"],
    ["whose files are not complete yet", {}, ended([answer("x")], 2), "waits"],
  ])("%s", async (_, batch, look, kind) => {
    expect((await lookOnce(batch, look)).looked.kind).toBe(kind);
  });

  it.each<[string, Partial<StoredBatch>, FoundBatch | BatchTrouble, "waits" | "left" | "ended"]>([
    ["is found", {}, { kind: "found", id: "b7" }, "ended"],
    ["may be a running one", {}, { kind: "unsure" }, "waits"],
    ["may not be listed yet", young, { kind: "none" }, "waits"],
    ["is not there", {}, { kind: "none" }, "left"],
    ["cannot be searched", {}, trouble, "waits"],
  ])("whose id was lost and that %s", async (_, batch, found, kind) => {
    const lost = { ...batch, state: "asked", remote: null } as const;
    const { looked, ids } = await lookOnce(lost, ended([answer("x"), answer("y")], 2), found);
    expect(looked.kind).toBe(kind);
    expect(ids).toEqual(kind === "ended" ? ["b7"] : []);
  });

  it("gives the replies of a batch that ended, also where its provider counts more answers for a minute or longer", async () => {
    const replies = new Map([["x", answer("x").reply]]);
    expect((await lookOnce({}, ended([answer("x")], 1))).looked).toEqual({ kind: "ended", replies });
    expect((await lookOnce({}, ended([answer("x")], null))).looked).toEqual({ kind: "ended", replies });
    expect((await lookOnce({}, ended([answer("x")], 2, NOW - 60_001))).looked).toEqual({
      kind: "ended",
      replies,
    });
  });

  it("gives the failures of a batch that was refused for good: of the requests that are named, or else of all", async () => {
    const of = async (look: BatchLook) => {
      const { looked } = await lookOnce({}, look);
      return looked.kind === "ended" ? [...looked.replies].map(([id, reply]) => [id, reply?.kind]) : looked;
    };
    expect(await of(refused([]))).toEqual([
      ["x", "failed"],
      ["y", "failed"],
    ]);
    expect(await of(refused([[1, "too long"]]))).toEqual([["y", "failed"]]);
  });
});
