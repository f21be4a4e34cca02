import { describe, expect, it } from "vitest";
import { type Asked, guardRequest } from "./guard-request.ts";

const address = { port: 4173, token: "0123456789abcdef0123456789abcdef" };
const own = `http://127.0.0.1:4173`;
const post: Asked = {
  ...{ method: "POST", url: `/${address.token}/act`, host: "127.0.0.1:4173" },
  ...{ origin: own, contentType: "application/json" },
};
const get: Asked = { ...post, method: "GET", origin: undefined, contentType: undefined };
const status = (asked: Asked): number => {
  const guarded = guardRequest(asked, address);
  return guarded.kind === "passed" ? 200 : guarded.status;
};

describe("guardRequest", () => {
  it("allows requests of this program's page, and returns the path after the token", () => {
    expect(guardRequest(post, address)).toEqual({ kind: "passed", path: "/act" });
    expect(guardRequest({ ...get, url: `/${address.token}/?x=/../y` }, address)).toEqual({
      kind: "passed",
      path: "/",
    });
    expect(status({ ...post, host: "localhost:4173", origin: "http://localhost:4173" })).toBe(200);
    expect(status({ ...post, contentType: "application/json; charset=utf-8" })).toBe(200);
  });

  it.each([
    ["no token", { url: "/act" }],
    ["half a token", { url: `/${address.token.slice(0, 16)}/act` }],
    ["a longer token", { url: `/${address.token}0/act` }],
    ["a token elsewhere", { url: `/act/${address.token}/` }],
    ["no host", { host: undefined }],
    ["a name that points here", { host: "evil.example:4173" }],
    ["another port", { host: "127.0.0.1:80" }],
    ["no port", { host: "127.0.0.1" }],
    ["no origin", { origin: undefined }],
    ["a sandboxed page's origin", { origin: "null" }],
    ["another origin", { origin: "http://127.0.0.1:80" }],
    ["the other name's origin", { origin: "http://localhost:4173" }],
    ["an encrypted origin", { origin: "https://127.0.0.1:4173" }],
  ])("refuses %s", (_, changes) => {
    expect(status({ ...post, ...changes })).toBe(403);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", undefined])(
    "refuses a body of the type %s, which a form could send",
    (contentType) => expect(status({ ...post, contentType })).toBe(415),
  );

  it.each(["PUT", "DELETE", "OPTIONS", "HEAD", ""])("refuses the method %s", (method) => {
    expect(status({ ...get, method })).toBe(405);
  });
});
