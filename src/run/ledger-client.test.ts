import { describe, expect, it } from "vitest";
import type { CallPayer } from "../domain/around-calls.ts";
import type { Client, Question, Reply } from "../domain/provider.ts";
import type { CallBook, Leave } from "../fleet/database.ts";
import type { ClosedCall, EarlierCall, OpenedCall } from "../fleet/fleet.ts";
import { blockLedger, type LedgerOptions } from "./ledger-client.ts";

const TARGET: CallPayer = {
  judge: null,
  target: { label: "m", price: { input: 1, output: 10 }, most_output: 12 },
};
const JUDGE: CallPayer = { ...TARGET, judge: "j" };
const USAGE = {
  ...{ input_tokens: 20, output_tokens: 12, cached_input_tokens: null, cache_write_tokens: null },
  reasoning_tokens: null,
};
const ANSWER: Reply = { kind: "answered", output: "yes", usage: USAGE };
const signal = new AbortController().signal;
const question = (case_id: string): Question => ({ case_id, input: null, messages: null });

function ledger(more: Partial<LedgerOptions> = {}, leave: Leave = "go") {
  const log: string[] = [];
  const opened: OpenedCall[] = [];
  const closed: ClosedCall[] = [];
  const answers = new Map<string, { id: string; reply: string }>();
  const book: CallBook = {
    opened: async (call) => {
      opened.push(call);
      log.push("opened");
      return leave;
    },
    closed: async (call) => {
      closed.push(call);
      log.push("closed");
    },
    answered: async (_plan, key) => answers.get(key),
  };
  let ids = 0;
  const made = blockLedger({
    ...{ owner: { plan: "1", bounded: false, block: 0, fence: 1 }, book, before: [], asksAgain: true },
    ...{ redaction: null, keptIsLess: false, newId: () => String(++ids), ...more },
  });
  const client = (reply: Reply | (() => Reply) = ANSWER): Client => ({
    prepare: () => ({}),
    send: async () => {
      log.push("sent");
      return typeof reply === "function" ? reply() : reply;
    },
    close: async () => {},
  });
  const ask = (payer = TARGET, id = "c", trial = 1, reply?: Reply | (() => Reply), request = {}) =>
    made.around(client(reply), payer).send(request, question(id), trial, signal);
  return { ...made, log, opened, closed, answers, ask };
}

/**
 * The record that an earlier worker left of a call. It is made by sending the same request through a ledger.
 */
async function earlier(reply: string | null, payer = TARGET): Promise<EarlierCall> {
  const one = ledger();
  await one.ask(payer);
  return { id: "77", key: one.opened[0]?.key ?? "", reply };
}

describe("the ledger around each call", () => {
  it("records a call before it is sent, and its answer before it is returned", async () => {
    const { ask, log, opened, closed } = ledger();
    expect(await ask()).toEqual(ANSWER);
    expect(log).toEqual(["opened", "sent", "closed"]);
    expect(opened[0]).toMatchObject({ case_id: "c", judge: null, most_tokens: expect.any(Number) });
    expect(opened[0]?.most_usd).toBeGreaterThanOrEqual((12 * 10) / 1e6);
    expect(closed[0]).toMatchObject({ state: "answered", billed: true, usd: (20 + 120) / 1e6 });
    expect(JSON.parse(closed[0]?.reply ?? "")).toEqual(ANSWER);
  });

  it("sends nothing when another worker has taken the block, or when the budget is used up", async () => {
    const [lost, poor] = [ledger({}, "lost"), ledger({}, "budget")];
    expect(await lost.ask()).toMatchObject({ kind: "failed", withdrawn: true });
    expect(await poor.ask()).toMatchObject({ kind: "failed", unaffordable: true, unsent: true });
    expect([...lost.log, ...poor.log]).toEqual(["opened", "opened"]);
  });

  it("records an unknown cost for a failed call that may have been billed, and none for a refused call", async () => {
    const { ask, closed } = ledger();
    const failed = { kind: "failed", error: "provider", message: "no", transient: false } as const;
    await ask(TARGET, "c", 1, failed);
    await ask(TARGET, "c", 2, { ...failed, may_be_billed: true });
    await expect(
      ask(TARGET, "c", 3, () => {
        throw new Error("a bug");
      }),
    ).rejects.toThrow("a bug");
    expect(closed.map(({ state, billed, usd }) => [state, billed, usd])).toEqual([
      ["failed", false, null],
      ["failed", true, null],
      ["failed", true, null],
    ]);
  });

  it("reuses an answer that an earlier worker received, and asks again if it received none", async () => {
    const kept = ledger({ before: [await earlier(JSON.stringify(ANSWER))] });
    expect(await kept.ask()).toEqual(ANSWER);
    expect(kept.log).toEqual([]);
    expect(kept.used(new Set(["c/1"]))).toEqual(["77"]);
    const again = ledger({ before: [await earlier(null)] });
    await again.ask();
    expect(again.log).toEqual(["opened", "sent", "closed"]);
  });

  it("does not repeat a call whose answer was lost, when lost answers are not asked for again", async () => {
    const { ask, log } = ledger({ before: [await earlier(null)], asksAgain: false });
    expect(await ask()).toMatchObject({
      kind: "failed",
      error: "provider",
      message: expect.stringContaining("lost"),
    });
    expect(log).toEqual([]);
    await ask(TARGET, "c", 2);
    expect(log).toEqual(["opened", "sent", "closed"]);
  });

  it("asks again when an earlier answer was not stored completely", async () => {
    const { ask, log } = ledger({ before: [await earlier(JSON.stringify(ANSWER))], keptIsLess: true });
    await ask();
    expect(log).toContain("sent");
  });

  it("distinguishes the same request in two trials, two cases and two turns", async () => {
    const { ask, opened } = ledger();
    await ask(TARGET, "c", 1);
    await ask(TARGET, "c", 1);
    await ask(TARGET, "c", 2);
    await ask(TARGET, "d", 1);
    await ask(TARGET, "c", 1, ANSWER, { turn: 2 });
    expect(new Set(opened.map(({ key }) => key)).size).toBe(5);
  });

  it("asks a judge once for the same question in two cases, and counts the reply as recorded in the second", async () => {
    const { ask, opened, answers, log, used } = ledger();
    await ask(JUDGE, "c", 1);
    answers.set(opened[0]?.key ?? "", { id: "1", reply: JSON.stringify(ANSWER) });
    expect(await ask(JUDGE, "d", 1)).toEqual({ ...ANSWER, recorded: true });
    expect(log).toEqual(["opened", "sent", "closed"]);
    expect(used(new Set())).toEqual(["1"]);
  });

  it("counts only calls of answered trials as used, and finds the only call of a trial", async () => {
    const { ask, used, onlyCall } = ledger();
    await ask(TARGET, "c", 1);
    await ask(TARGET, "d", 1);
    await ask(TARGET, "d", 1, ANSWER, { turn: 2 });
    expect(used(new Set(["c/1"]))).toEqual(["1"]);
    expect(used(new Set(["d/1"]))).toEqual(["2", "3"]);
    expect([onlyCall("c/1"), onlyCall("d/1"), onlyCall("e/1")]).toEqual(["1", null, null]);
  });
});
