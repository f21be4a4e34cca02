import { describe, expect, it } from "vitest";
import { listedModel } from "./billing-service.ts";
import { PRICE_TABLE, publishedPrice, publishedShutdown } from "./price-table.ts";
import { PUBLISHED } from "./published-prices.ts";
import { providers } from "./registry.ts";

const openai = "https://api.openai.com/v1";
const listed = (model: string, params = {}, base_url = openai) => listedModel({ model, params, base_url });

describe("the table of published prices", () => {
  it("is named after a month, and has prices per million tokens", () => {
    expect(PRICE_TABLE).toMatch(/^price table \d{4}-\d{2}$/);
    expect(publishedPrice({ service: "openai", model: "gpt-5-mini", plain: true })).toEqual({
      input: 0.25,
      output: 2,
      cached_input: 0.025,
    });
    expect(publishedPrice({ service: "anthropic", model: "claude-haiku-4-5", plain: true })).toEqual({
      input: 1,
      output: 5,
      cached_input: 0.1,
      cache_write: 1.25,
    });
  });

  it("has only valid prices and dates", () => {
    for (const models of Object.values(PUBLISHED))
      for (const [model, [input, output, ...parts]] of Object.entries(models)) {
        for (const one of [input, output, ...parts.slice(0, 2)])
          expect([model, one === null || (typeof one === "number" && one >= 0 && one < 1000)]).toEqual([
            model,
            true,
          ]);
        expect([model, input === null]).toEqual([model, output === null]);
        expect(`${model} ${parts[2] ?? "2026-01-01"}`).toMatch(/ \d{4}-\d{2}-\d{2}$/);
      }
  });

  it.each(["gpt-99", "toString", "__proto__", ""])("has no entry for %j", (model) => {
    for (const service of ["openai", "__proto__", "nobody"]) {
      expect(publishedPrice({ service, model, plain: true })).toBeNull();
      expect(publishedShutdown({ service, model, plain: true })).toBeNull();
    }
  });

  it.each(["gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini"])("has the shutdown date of %s", (model) => {
    expect(publishedShutdown({ service: "openai", model, plain: true })).toBe("2027-01-14");
  });
});

describe("a model is in the public list of its service", () => {
  it("only if the service's own address is used, because other servers set their own prices", () => {
    expect(listed("gpt-4o")).toMatchObject({ service: "openai", plain: true });
    expect(listed("deepseek-chat", {}, "https://api.deepseek.com/v1")).toMatchObject({ service: "deepseek" });
    for (const address of [
      "http://localhost:8000/v1",
      "https://eu.api.openai.com/v1",
      "https://api.openai.com.example/v1",
    ])
      expect(listed("gpt-4o", {}, address)).toBeUndefined();
  });

  it.each([
    [{ service_tier: "flex" }, false],
    [{ service_tier: "auto" }, false],
    [{ service_tier: "default", temperature: 0 }, true],
    [{ tools: [{ type: "web_search_20250305", name: "web_search" }] }, false],
    [
      {
        tools: [
          { type: "function", function: { name: "f" } },
          { name: "g", input_schema: {} },
        ],
      },
      true,
    ],
    [{ web_search_options: {} }, false],
    [{ inference_geo: "us" }, false],
  ])("with its standard price under the parameters %j: %s", (params, plain) => {
    const one = listed("gpt-4o", params);
    expect(one?.plain).toBe(plain);
    expect(one === undefined ? null : publishedPrice(one) !== null).toBe(plain);
  });

  it.each(providers.names)(
    "for the provider %s at its own address, if it has a public list",
    async (name) => {
      const provider = await providers.load(name);
      const model = { openai: "gpt-4o", anthropic: "claude-haiku-4-5" }[name];
      expect(provider?.listed !== undefined).toBe(model !== undefined);
      if (model === undefined) return;
      const own = provider?.listed?.(provider.settings.parse({ provider: name, model }));
      expect(own).toEqual({ service: name, model, plain: true });
      const other = provider?.settings.parse({ provider: name, model, base_url: "http://127.0.0.1:1/v1" });
      expect(provider?.listed?.(other)).toBeUndefined();
    },
  );
});
