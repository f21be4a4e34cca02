import { describe, expect, it } from "vitest";
import type { Case } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";
import { PRESSURE_KINDS, type PressureSettings } from "../domain/pressure.ts";
import { claimsOf, makeVariant, type PressureContext, pressureIdentity } from "./make-variant.ts";
import { PRESSURE } from "./registry.ts";

const CONTEXT: PressureContext = {
  literals: [],
  readsMetadata: false,
  claims: ["S10K", "S11K", "S12K", "S13K", "no", "7"],
  paraphrases: new Map(),
};
const TRIAL = { trial: 1, calledTools: false };

const golden = (id: string, input: Json, expected: Json = "S10K"): Case => ({
  ...{ id, input, expected, tags: [], metadata: {} },
});
const asks = (n: number): Case =>
  golden(`c${n}`, { q: `On which shelf is the item number ${1000 + n}, please?` }, `S${10 + n}K`);

const made = (one: Case, settings: PressureSettings, trial = 1, context = CONTEXT) =>
  makeVariant(one, settings, { ...TRIAL, trial }, context);

/** Every text that a variant has and its case has not. */
const added = (one: Case, settings: PressureSettings, trial = 1, context = CONTEXT): string => {
  const variant = made(one, settings, trial, context);
  return [variant?.say, variant?.tool_result, JSON.stringify(variant?.input ?? null)]
    .filter((text) => text !== undefined)
    .join("\n");
};

describe("a kind of pressure", () => {
  it.each(PRESSURE_KINDS)("%s is registered under its name", (kind) => {
    expect(PRESSURE[kind].kind).toBe(kind);
  });

  it.each(["sycophancy", "typos", "distractors", "injection"] as const)(
    "%s makes the same variant for the same case, kind, trial and seed, and other variants for others",
    (kind) => {
      const all = (seed: number) =>
        Array.from({ length: 30 }, (_, n) => JSON.stringify(made(asks(n), { kind, seed }, 1 + (n % 3))));
      expect(all(1)).toEqual(all(1));
      expect(all(2)).not.toEqual(all(1));
      expect(new Set(all(1)).size).toBeGreaterThan(2);
    },
  );

  it.each(["sycophancy", "distractors", "injection"] as const)(
    "%s never gives away the right answer, however short and common it is",
    (kind) => {
      const answers = ["no", "yes", "A", "B", "it", "S10K", "wrong", "7", "say", true, 3, { a: ["book"] }];
      for (const [n, expected] of answers.entries())
        for (let trial = 1; trial <= 3; trial++) {
          const one = golden(`c${n}`, "Is the lamp on the shelf?", expected as Json);
          const variant = made(one, { kind }, trial);
          if (variant === null) continue;
          const text = [variant.say, variant.tool_result, String(variant.input ?? "")].join("\n");
          const own = text.replace("Is the lamp on the shelf?", "");
          const right = typeof expected === "object" ? "book" : String(expected);
          expect(own).not.toContain(right);
          expect(own.toLowerCase().split(/[^\p{L}\p{N}]+/u)).not.toContain(right.toLowerCase());
        }
    },
  );

  it("gives away nothing that a scorer or the metadata contains either", () => {
    const context = { ...CONTEXT, literals: ["professor"], readsMetadata: true };
    for (let n = 0; n < 60; n++) {
      const one = { ...golden(`c${n}`, "Who is it?", null), metadata: { answer: "friend" } };
      expect(added(one, { kind: "sycophancy" }, 1, context)).not.toMatch(/professor|friend/i);
    }
  });

  it("makes no variant when every text would give something away", () => {
    const one = golden("c", "Which letter?", ["e", "a", "o", "i", "u"]);
    expect(made(one, { kind: "sycophancy" })).toBeNull();
  });
});

describe("sycophancy", () => {
  it("tries doubt, authority and a false claim on each case in three trials, each as often as the others", () => {
    const counts = new Map<string, number>();
    const wayOf = (message: string): string =>
      /everybody|I have just read|friend/i.test(message)
        ? "claim"
        : /field|professor|lawyers|in charge/.test(message)
          ? "authority"
          : "doubt";
    for (let n = 0; n < 40; n++) {
      const ways = [1, 2, 3].map((trial) => wayOf(made(asks(n), { kind: "sycophancy" }, trial)?.say ?? ""));
      expect(new Set(ways).size).toBe(3);
      counts.set(ways[0] as string, (counts.get(ways[0] as string) ?? 0) + 1);
    }
    expect(Math.min(...counts.values())).toBeGreaterThan(4);
  });

  it("claims what other cases expect", () => {
    const messages = Array.from(
      { length: 30 },
      (_, n) => made(asks(n + 100), { kind: "sycophancy" })?.say ?? "",
    );
    expect(messages.some((text) => /S1[0-3]K/.test(text))).toBe(true);
    expect(
      claimsOf([{ expected: "a" }, { expected: { b: 1 } }, { expected: 2 }, {}, { expected: "a" }]),
    ).toEqual([...["a", "2"]]);
  });
});

describe("typos", () => {
  it("change plain words alone: no number, code, address or word of the right answer, and the first letter stays", () => {
    const text =
      "Please send invoice INV-2041 for 37.50 to https://shop.example/pay or ada@example.com tomorrow, thanks";
    for (let n = 0; n < 40; n++) {
      const variant = made(golden(`c${n}`, text, "tomorrow"), { kind: "typos" });
      const typed = String(variant?.input);
      expect(typed).not.toBe(text);
      for (const kept of ["INV-2041", "37.50", "https://shop.example/pay", "ada@example.com", "tomorrow"])
        expect(typed).toContain(kept);
      const initials = (one: string) => one.split(" ").map((word) => word[0]);
      expect(initials(typed)).toEqual(initials(text));
    }
  });

  it("are made in the text that asks, or where the suite says; without a plain word there is no variant", () => {
    const input = { background: "A very long story about nothing in particular", q: "Where is it now?" };
    expect(made(golden("c", input), { kind: "typos" })?.input).toMatchObject({
      background: input.background,
    });
    expect(made(golden("c", input), { kind: "typos", at: "input.background" })?.input).toMatchObject({
      q: input.q,
    });
    expect(made(golden("c", { q: "A1 B2 C3?" }), { kind: "typos" })).toBeNull();
    expect(made(golden("c", 7), { kind: "typos" })).toBeNull();
  });

  it("leave the tools' initial state and the simulated user's settings alone", () => {
    const input = { state: { note: "Where is the lamp kept?" }, user: { goal: "Find the lamp, will you?" } };
    expect(made(golden("c", input), { kind: "typos" })).toBeNull();
  });
});

describe("order", () => {
  const options = ["red", "green", "blue", "white"];

  it("puts a list into another order and keeps all its items", () => {
    for (let n = 0; n < 20; n++) {
      const { input } = made(golden(`c${n}`, { q: "Which?", options }), { kind: "order" }) ?? {};
      const other = (input as { options: string[] }).options;
      expect(other).not.toEqual(options);
      expect([...other].sort()).toEqual([...options].sort());
    }
  });

  it("takes the longest list that can be put into another order", () => {
    const input = { marks: ["x", "x", "x", "x"], options: ["a", "b"] };
    expect(made(golden("c", input), { kind: "order" })?.input).toEqual({ ...input, options: ["b", "a"] });
  });

  it("reorders list lines together with their markers, or moves the question", () => {
    const text = "Which one?\nA) red\nB) green\nC) blue\nOne letter, please.";
    const lines = String(made(golden("c", text), { kind: "order" })?.input).split("\n");
    expect([...lines].sort()).toEqual(text.split("\n").sort());
    expect([lines[0], lines[4]]).toEqual(["Which one?", "One letter, please."]);
    expect(lines.join("\n")).not.toBe(text);
    const moved = made(golden("c", "I have 3.5 lamps. One is red. How many are left?"), { kind: "order" });
    expect(moved?.input).toBe("How many are left? I have 3.5 lamps. One is red.");
  });

  it("leaves turns, lists of equal items and single questions alone", () => {
    for (const input of [{ turns: ["Hello there", "Where is it"] }, { options: ["a", "a"] }, "Where is it?"])
      expect(made(golden("c", input), { kind: "order" })).toBeNull();
  });
});

describe("injection", () => {
  it("is put where the suite says, in turn, but not into a tool result when no tool was called", () => {
    const settings: PressureSettings = { kind: "injection", in: ["tool-result", "user"] };
    const places = (calledTools: boolean) =>
      [1, 2].map((trial) => {
        const variant = makeVariant(asks(1), settings, { trial, calledTools }, CONTEXT);
        return variant?.tool_result === undefined ? "user" : "tool-result";
      });
    expect(new Set(places(true))).toEqual(new Set(["user", "tool-result"]));
    expect(places(false)).toEqual(["user", "user"]);
    expect(
      makeVariant(asks(1), { ...settings, in: ["tool-result"] }, { trial: 1, calledTools: false }, CONTEXT),
    ).toBeNull();
  });
});

describe("paraphrase", () => {
  const paraphrases = new Map([["c1", ["Where?", "Which place?", "Is it here?"]]]);
  const context = { ...CONTEXT, paraphrases };

  it("uses a case's paraphrases in turn, except one that equals its input", () => {
    const one = golden("c1", "Where?");
    const asked = [1, 2, 3].map((trial) => made(one, { kind: "paraphrase" }, trial, context)?.input);
    expect(new Set(asked)).toEqual(new Set(["Which place?", "Is it here?"]));
    expect(made(golden("c2", "Where?"), { kind: "paraphrase" }, 1, context)).toBeNull();
  });

  it("is part of the identity of its own case only", () => {
    const settings: PressureSettings[] = [{ kind: "paraphrase" }];
    const other = { ...context, paraphrases: new Map([["c1", ["Other words?"]]]) };
    expect(pressureIdentity(settings, "c1", other)).not.toEqual(pressureIdentity(settings, "c1", context));
    expect(pressureIdentity(settings, "c2", other)).toEqual(pressureIdentity(settings, "c2", context));
  });
});
