import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIQUID, NUNJUCKS, templateTags, textsBetweenTags } from "./template-tags.ts";

const LANGUAGES = {
  Liquid: { ends: LIQUID, pattern: /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g },
  Nunjucks: { ends: NUNJUCKS, pattern: /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}/g },
};

describe("the tags of a template", () => {
  it.each(Object.entries(LANGUAGES))("are those that a pattern finds: %s", (_, { ends, pattern }) => {
    const piece = fc.constantFrom("{", "}", "{{", "}}", "{%", "%}", "{#", "#}", "%", "#", "a", "\n");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const template = pieces.join("");
        const found = [...template.matchAll(pattern)].map((match) => ({ text: match[0], at: match.index }));
        expect(templateTags(template, ends)).toEqual(found);
        expect(textsBetweenTags(template, ends)).toEqual(template.split(pattern));
      }),
    );
  });

  it.each(["{{", "{%", "{#", "{{ a {% b {# c "])("are looked for once when none is closed: %j", (opened) => {
    const template = opened.repeat(30_000);
    let read = 0;
    const indexOf = (mark: string, from: number): number => {
      const at = template.indexOf(mark, from);
      read += (at === -1 ? template.length : at) - from + 1;
      return at;
    };
    expect(templateTags(template, NUNJUCKS, indexOf)).toEqual([]);
    // Once for each beginning, and once for each of the three ends.
    expect(read).toBeLessThanOrEqual(5 * template.length);
  });
});
