import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NotJudged } from "../domain/judge.ts";
import { HOPELESS, judgePresence, modelPresence } from "./model-presence.ts";

const unreachable = { unreachable: true, transient: true, message: "refused" };
const down = { transient: true, message: "500" };
const wrong = (message: string) => ({ transient: false, message });

describe("a model is asked no more", () => {
  test.each(["no-money", "long-wait"] as const)(
    "after the first refusal for %s, although it had answered",
    (closed) => {
      const presence = modelPresence(100);
      presence.answered();
      presence.missed({ transient: false, fatal: true, closed, message: "402" });
      expect(presence.lost).toEqual({ because: closed, message: "402" });
    },
  );

  test("after the first refusal that would be the same for every call, if no call was answered", () => {
    const refusal = { transient: false, fatal: true, message: "401" };
    const presence = modelPresence(100);
    presence.missed(refusal);
    expect(presence.lost).toEqual({ because: "none-answered", message: "401" });
    const observed = modelPresence(100);
    observed.answered();
    observed.missed(refusal);
    expect(observed.lost).toBeNull();
  });

  test("after many failures in a row at any time, and never after fewer", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: HOPELESS - 1 }), { maxLength: 20 }),
        fc.constantFrom(unreachable, down, { transient: false, fatal: true, message: "401" }),
        (gaps, failure) => {
          const presence = modelPresence(10_000);
          presence.answered();
          for (const gap of gaps) {
            for (let i = 0; i < gap; i++) presence.missed(failure);
            presence.answered();
          }
          expect(presence.lost).toBeNull();
          for (let i = 0; i < HOPELESS; i++) presence.missed(failure);
          expect(presence.lost).toEqual({ because: "no-more", message: failure.message });
        },
      ),
    );
  });

  test("when all calls of a small run have failed", () => {
    const presence = modelPresence(2);
    presence.missed(unreachable);
    expect(presence.lost).toBeNull();
    presence.missed(unreachable);
    expect(presence.lost?.because).toBe("none-answered");
  });

  test("when all failures have the same message and no call was answered", () => {
    const presence = modelPresence(100);
    for (let i = 0; i < HOPELESS; i++) presence.missed(wrong("400 unknown parameter"));
    expect(presence.lost?.because).toBe("none-answered");
  });

  test("but not because of failures that the requests caused, or of requests that were never sent", () => {
    const presence = modelPresence(100);
    for (let i = 0; i < 3 * HOPELESS; i++) presence.missed(wrong(`400 about ${i}`));
    presence.answered();
    for (let i = 0; i < 3 * HOPELESS; i++) presence.missed(wrong("400"));
    for (let i = 0; i < 3 * HOPELESS; i++) presence.missed({ ...wrong("not recorded"), unsent: true });
    expect(presence.lost).toBeNull();
  });
});

describe("a judge's model", () => {
  test("is lost for one session, with the reason", () => {
    const session = { hopeless_after: 3 };
    const presence = judgePresence("small");
    for (const reply of [unreachable, unreachable]) presence.missed(session, reply);
    expect(() => presence.require(session)).not.toThrow();
    presence.missed(session, unreachable);
    expect(() => presence.require(session)).toThrow(
      new NotJudged("unreachable", "small: refused", "none-answered"),
    );
    expect(() => presence.require({ hopeless_after: 20 })).not.toThrow();
  });

  test("that answers after all is not lost", () => {
    const session = { hopeless_after: 1 };
    const presence = judgePresence("small");
    presence.missed(session, unreachable);
    presence.answered(session);
    expect(() => presence.require(session)).not.toThrow();
  });
});
