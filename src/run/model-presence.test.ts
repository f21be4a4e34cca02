import { describe, expect, test } from "vitest";
import { NotJudged } from "../domain/judge.ts";
import { modelPresence } from "./model-presence.ts";

const unreachable = { unreachable: true, message: "refused" };

describe("whether anybody answers for a model", () => {
  test("is given up after so many first calls that nobody took, and not by one that was cut", () => {
    const sitting = { hopeless_after: 3 };
    const presence = modelPresence("small");
    for (const reply of [unreachable, unreachable, { message: "500" }, unreachable, unreachable])
      presence.missed(sitting, reply);
    expect(() => presence.require(sitting)).not.toThrow();
    presence.missed(sitting, unreachable);
    expect(() => presence.require(sitting)).toThrow(new NotJudged("unreachable", "small: refused"));
  });

  test("is given up at the first refusal that will be the same for all", () => {
    const sitting = { hopeless_after: 20 };
    const presence = modelPresence("small");
    presence.missed(sitting, { fatal: true, message: "401" });
    expect(() => presence.require(sitting)).toThrow("small: 401");
    expect(() => presence.require({ hopeless_after: 20 })).not.toThrow();
  });

  test("is never given up once it was heard", () => {
    const sitting = { hopeless_after: 1 };
    const presence = modelPresence("small");
    presence.missed(sitting, unreachable);
    presence.heard(sitting);
    expect(() => presence.require(sitting)).not.toThrow();
    presence.missed(sitting, { fatal: true, message: "401" });
    expect(() => presence.require(sitting)).not.toThrow();
  });
});
