import { describe, expect, it } from "vitest";
import { providers } from "./registry.ts";

describe("providers", () => {
  it.each(providers.names)("%s is found under its own name", async (name) => {
    expect((await providers.load(name))?.kind).toBe(name);
  });

  it.each(["opnai", "toString", "__proto__"])("has no %s", async (name) => {
    expect(await providers.load(name)).toBeUndefined();
  });
});
