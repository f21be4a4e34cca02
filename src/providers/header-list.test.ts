import { describe, expect, it } from "vitest";
import { HeaderList } from "./header-list.ts";

/** The headers after the same calls on the platform's `Headers` and on `HeaderList`. */
function both(fill: (headers: Pick<Headers, "append" | "set" | "delete">) => unknown) {
  const platform = new Headers();
  const own = new HeaderList();
  fill(platform);
  fill(own);
  return { platform: [...platform].sort(), own: [...own].sort() };
}

describe("HeaderList", () => {
  it.each<[string, Parameters<typeof both>[0]]>([
    ["names are the same in upper and lower case", (h) => [h.set("X-Team", "a"), h.set("x-team", "b")]],
    ["an appended value follows a comma", (h) => [h.append("accept", "a"), h.append("Accept", "b")]],
    ["blanks around a value are removed", (h) => h.set("a", "\t one two  ")],
    ["an empty value is kept", (h) => [h.set("a", ""), h.append("a", "b")]],
    ["a deleted header is gone", (h) => [h.set("a", "1"), h.set("b", "2"), h.delete("A")]],
    ["Latin-1 letters are unchanged", (h) => h.set("a", "caf\u00e9")],
  ])("%s, as with the platform's Headers", (_, fill) => {
    const { platform, own } = both(fill);
    expect(own).toEqual(platform);
    expect(own.length).toBeGreaterThan(0);
  });

  it("finds a value by its name in upper or lower case", () => {
    const headers = new HeaderList();
    headers.set("Authorization", "Bearer x");
    expect(headers.get("authorization")).toBe("Bearer x");
    expect(headers.has("AUTHORIZATION")).toBe(true);
    expect(headers.get("other")).toBeNull();
    expect([...headers.entries()]).toEqual([["authorization", "Bearer x"]]);
  });

  it.each(["a\nb", "a\rb", "a\0b", "\u20ac"])("refuses %j without repeating it", (value) => {
    const headers = new HeaderList();
    const secret = `sk-hidden${value}`;
    expect(() => headers.set("authorization", secret)).toThrow(TypeError);
    expect(() => headers.append("authorization", secret)).toThrow(/^(?!.*hidden).*"authorization"/s);
    expect(headers.has("authorization")).toBe(false);
  });
});
