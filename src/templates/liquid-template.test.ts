import { expect, it } from "vitest";
import { compileLiquid } from "./liquid-template.ts";
import { TemplateFailure } from "./template.ts";

it("does not render without end", () => {
  for (const source of [
    "{% for i in (1..100000000) %}x{% endfor %}",
    "{% for i in (1..9999) %}{% for j in (1..9999) %}{% endfor %}{% endfor %}",
  ])
    expect(() => compileLiquid(source)({})).toThrow(TemplateFailure);
  expect(compileLiquid("{% for i in (1..3) %}{{ i }}{% endfor %}")({})).toBe("123");
});
