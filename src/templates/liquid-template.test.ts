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

it("refuses a whole number that a double would change, at its place", () => {
  const refused = (source: string) => {
    try {
      compileLiquid(source);
    } catch (error) {
      return error as TemplateFailure;
    }
    return undefined;
  };
  expect(refused("It's\n{{ 12345678901234567890 }}")).toMatchObject({
    line: 2,
    column: 4,
    message: expect.stringContaining('write it in quotes: "12345678901234567890"'),
  });
  expect(refused("{% if input.id == 9007199254740993 %}x{% endif %}")).toMatchObject({ line: 1, column: 19 });
  for (const fine of [
    "{{ '12345678901234567890' }}",
    "12345678901234567890 {% if a %}{% endif %}",
    "{{ 9007199254740992 }}",
  ])
    expect(refused(fine)).toBeUndefined();
});
