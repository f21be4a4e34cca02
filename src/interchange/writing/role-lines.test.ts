import { describe, expect, it } from "vitest";
import { compileTemplate } from "../../templates/compile-template.ts";
import { literal } from "./role-lines.ts";

describe("literal", () => {
  it.each([
    "a {{ b }} c",
    "{% if x %}",
    "{# note #}",
    "before {% endraw %} after",
    "{%endraw%}{%- endraw -%}{{{% endraw %}}}",
    "{% raw %}{{ x }}{% endraw %}",
    "ends with {{",
  ])("prints %j unchanged", async (text) => {
    const template = await compileTemplate(literal(text));
    expect(template({})).toBe(text);
  });
});
