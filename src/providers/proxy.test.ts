import { describe, expect, it } from "vitest";
import { proxyFor } from "./proxy.ts";

const at = (url: string, env: Record<string, string>) => {
  const proxy = proxyFor(new URL(url), env);
  return proxy === null ? null : `${proxy.url.protocol}//${proxy.address} by ${proxy.variable}`;
};

describe("proxyFor", () => {
  it.each([
    ["https://a.test", { HTTPS_PROXY: "http://p:1" }, "http://p:1 by HTTPS_PROXY"],
    ["https://a.test", { https_proxy: "p:1", HTTPS_PROXY: "http://q:1" }, "http://p:1 by https_proxy"],
    ["https://a.test", { HTTPS_PROXY: "https://u:pw@p:1" }, "https://p:1 by HTTPS_PROXY"],
    ["https://a.test", { HTTP_PROXY: "http://p:1" }, null],
    ["http://a.test", { HTTP_PROXY: "p.corp", HTTPS_PROXY: "q" }, "http://p.corp by HTTP_PROXY"],
    ["https://a.test", { HTTPS_PROXY: "  " }, null],
    ["https://a.test", {}, null],
  ])("for %s with %j is %s", (url, env, proxy) => {
    expect(at(url, env as Record<string, string>)).toBe(proxy);
  });

  it.each([
    ["https://a.test", "a.test"],
    ["https://x.a.test", "b.test, a.test"],
    ["https://x.a.test", ".A.test"],
    ["https://x.a.test", "*.a.test"],
    ["https://a.test", "*"],
    ["https://a.test", "a.test:443"],
    ["http://a.test:8080", "a.test:8080"],
    ["http://[fd00::1]:8080", "fd00::1"],
    ["http://10.0.0.7", "10.0.0.7"],
    ["http://localhost:1", ""],
    ["http://127.0.0.5:1", ""],
    ["http://[::1]:1", ""],
    ["http://api.localhost:1", ""],
  ])("uses no proxy for %s with NO_PROXY=%s", (url, NO_PROXY) => {
    expect(at(url, { HTTP_PROXY: "p:1", HTTPS_PROXY: "p:1", NO_PROXY })).toBeNull();
  });

  it.each(["aa.test", "a.test:80", "test.a", "a.tes"])(
    "uses the proxy for https://a.test with NO_PROXY=%s",
    (NO_PROXY) => {
      expect(at("https://a.test", { HTTPS_PROXY: "p:1", NO_PROXY })).toBe("http://p:1 by HTTPS_PROXY");
    },
  );

  it.each([
    ["socks5://p:1", /socks5/],
    ["http://", /not an address/],
    ["http://p:99999", /not an address/],
    ["http://me:100%@p:1", /%/],
  ])("refuses %s with the variable's name, without its value", (HTTPS_PROXY, words) => {
    const refused = () => at("https://a.test", { HTTPS_PROXY });
    expect(refused).toThrow(words);
    expect(refused).toThrow("HTTPS_PROXY");
    expect(refused).not.toThrow("me:100");
  });

  it("makes the credentials for the proxy, even from a user name without a password", () => {
    const token = (HTTPS_PROXY: string) => proxyFor(new URL("https://a.test"), { HTTPS_PROXY })?.token;
    expect(token("http://me:p%40ss@p:1")).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
    expect(token("http://key@p:1")).toBe(`Basic ${Buffer.from("key:").toString("base64")}`);
    expect(token("http://p:1")).toBeUndefined();
  });
});
