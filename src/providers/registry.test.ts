import { describe, expect, it } from "vitest";
import { answersFrom } from "../domain/recorded-provider.ts";
import { providers } from "./registry.ts";

describe("providers", () => {
  it.each(providers.names)("%s is found under its own name", async (name) => {
    expect((await providers.load(name))?.kind).toBe(name);
  });

  it.each(providers.names)(
    "%s has the same source of answers as a stored run of that provider",
    async (name) => {
      expect((await providers.load(name))?.answersFrom).toBe(answersFrom(name));
    },
  );

  it.each(["opnai", "toString", "__proto__"])("has no %s", async (name) => {
    expect(await providers.load(name)).toBeUndefined();
  });
});
