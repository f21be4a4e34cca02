import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clockAsked, createLiquid, renderLiquid } from "./liquid-engine.ts";

const liquid = createLiquid();
const render = (source: string, scope: object = {}): string =>
  renderLiquid(liquid, liquid.parse(source), scope);

describe("the engine of all templates", () => {
  const LONG = "long text ".repeat(1000);
  it.each([
    "{% for i in (1..1000000000) %}x{% endfor %}",
    `{% for i in (1..100000) %}${LONG}{% endfor %}`,
    `{% capture kept %}{% for i in (1..100000) %}${LONG}{% endfor %}{% endcapture %}`,
    "{% tablerow i in (1..9999) %}{% for j in (1..9999) %}{% endfor %}{% endtablerow %}",
    "{% assign a = 'x' %}{% for i in (1..40) %}{% assign a = a | append: a %}{% endfor %}",
    "{% assign a = 'x,y' | split: ',' %}{% for i in (1..40) %}{% assign a = a | concat: a %}{% endfor %}",
    "{% assign a = 'xx' %}{% for i in (1..40) %}{% assign a = a | replace: 'x', a %}{% endfor %}",
    "{{ 0 | date: '%999999999d' }}",
  ])("ends %s", (source) => {
    expect(() => render(source)).toThrow(/limit exceeded/);
  });

  it("does not try a template again that ran out of time for one case", () => {
    const slow = createLiquid();
    slow.options.renderLimit = 20;
    const nodes = slow.parse("{% for i in (1..10000) %}{% for j in (1..10000) %}{% endfor %}{% endfor %}");
    const errors = [1, 2].map((n) => {
      try {
        return renderLiquid(slow, nodes, { n });
      } catch (error) {
        return error;
      }
    });
    expect(errors[0]).toBeInstanceOf(Error);
    expect(errors[1]).toBe(errors[0]);
  });

  it("refuses a template of more than 2 million characters", () => {
    expect(() => liquid.parse("x".repeat(3_000_000))).toThrow(/limit exceeded/);
  });

  it.each(["date: '%Y'", "date_to_xmlschema", "date_to_rfc822", "date_to_string", "date_to_long_string"])(
    "does not tell the time by %s",
    (filter) => {
      for (const word of ["now", "today"]) {
        expect(() => render(`{{ '${word}' | ${filter} }}`)).toThrow("different time");
        expect(() => render(`{{ when | ${filter} }}`, { when: word })).toThrow("different time");
      }
    },
  );

  it.each(["{{ list | sample }}", "{% include 'x' %}", "{% render 'x' %}", "{% layout 'x' %}"])(
    "does not have %s",
    (source) => {
      expect(() => render(source, { list: [1, 2] })).toThrow();
    },
  );

  it.each([
    ["2026-11-29T09:00Z", "09:00"],
    ["2026-11-29T09:00", "09:00"],
    ["2026-11-29 09:00", "09:00"],
    ["2026-11-29 09:00 +0200", "07:00"],
    ["Nov 29, 2026 9:00 PM", "21:00"],
    ["Sun, 29 Nov 2026 09:00:00 GMT", "09:00"],
    ["2026-11-29", "00:00"],
    ["1795942800", "09:00"],
    ["no date at all", "no date at all"],
  ])("reads the date %s alike on every machine", (when, expected) => {
    const zone = process.env.TZ;
    try {
      for (const one of ["UTC", "Asia/Tokyo", "America/New_York"]) {
        process.env.TZ = one;
        expect(render("{{ when | date: '%H:%M' }}", { when })).toBe(expected);
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });
});

describe("a question for the time in a template", () => {
  /** What is looked for, in one pattern, whose time grows with the square of the tags that are never closed. */
  const PATTERN = /\{[{%](?:(?![}%]\}).)*?(?=(["'])(?:now|today)\1\s*\|\s*date)/s;

  it("is found where a pattern of whole tags finds it", () => {
    const words = ["'now' | date: 'x'", '"today"|date', "'nowt' | date", "'now\" | date", "'now' | upcase"];
    const piece = fc.constantFrom("{{ ", " }}", "{% ", " %}", "{ ", "a", "\n", ...words);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const source = pieces.join("");
        const found = PATTERN.exec(source);
        const before = found === null ? null : source.slice(0, found.index + found[0].length);
        const place = before && {
          line: before.split("\n").length,
          column: before.length - before.lastIndexOf("\n"),
        };
        expect(clockAsked(source)).toEqual(place ?? undefined);
      }),
    );
  });

  it("is looked for once in a template of a hundred thousand tags that are never closed", () => {
    expect(clockAsked("{{".repeat(100_000))).toBeUndefined();
    expect(clockAsked(`${"{%".repeat(100_000)} "now" | date`)).toEqual({ line: 1, column: 200_002 });
  });
});
