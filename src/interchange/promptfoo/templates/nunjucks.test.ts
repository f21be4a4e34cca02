import { describe, expect, it } from "vitest";
import type { Json } from "../../../domain/json.ts";
import { compileTemplate } from "../../../templates/compile-template.ts";
import { toLiquid } from "./nunjucks-to-liquid.ts";
import { Untranslatable } from "./nunjucks-tree.ts";
import { renderNunjucks } from "./render-nunjucks.ts";

const ADA = {
  name: "Ada Lovelace",
  items: ["lamp", "bulb"],
  vip: true,
  tier: "gold",
  empty: "",
  zero: 0,
  n: 3,
  note: 'A "good" day',
  user: { name: "ada", address: { city: "Aarhus" } },
  lines: [
    { what: "lamp", price: 2 },
    { what: "bulb", price: 1.5 },
  ],
} satisfies Record<string, Json>;
const BO = { ...ADA, name: "bo", items: ["shade"], vip: false, tier: "silver", n: 1, empty: "x", zero: 4 };
const { tier: _, ...WITHOUT } = BO;
const TESTS: readonly Record<string, Json>[] = [ADA, BO, WITHOUT];

/** Templates, each with its text for the first test. */
const SAME: readonly (readonly [template: string, first: string])[] = [
  ["Hello {{ name }}!", "Hello Ada Lovelace!"],
  ["{{name|upper}} {{ name | lower | trim }}", "ADA LOVELACE ada lovelace"],
  ["{{ tier }}|{{ missing }}|{{ tier | upper }}", "gold||GOLD"],
  ['{{ tier | default("silver") }} {{ missing | d("none") }}', "gold none"],
  ['{{ empty | default("full") }}', ""],
  ["{% if vip %}yes{% else %}no{% endif %}", "yes"],
  ["{% if empty %}full{% endif %}{% if zero %}some{% endif %}", ""],
  ["{% if not vip %}no{% endif %}{% if vip and tier == 'gold' %}both{% endif %}", "both"],
  ["{% if vip and (n > 5 or tier == 'gold') %}a{% elif n == 1 %}b{% else %}c{% endif %}", "a"],
  ["{% if n | round > 2 %}many{% endif %}", "many"],
  [
    "{% if 'lamp' in items %}lamp{% endif %}{% if tier in ['gold', 'platinum'] %} dear{% endif %}",
    "lamp dear",
  ],
  [
    "{% if missing %}x{% endif %}{% if missing is defined %}y{% endif %}{% if tier is undefined %}z{% endif %}",
    "",
  ],
  [
    "{{ items }} {{ items | length }} {{ items[0] }} {{ items | first }} {{ items.length }}",
    "lamp,bulb 2 lamp lamp 2",
  ],
  ['{{ items | join(", ") }} {{ items | last | title }}', "lamp, bulb Bulb"],
  [
    "{% for item in items %}{{ loop.index }}. {{ item | capitalize }}{% if not loop.last %}; {% endif %}{% endfor %}",
    "1. Lamp; 2. Bulb",
  ],
  ["{% for item in missing %}x{% else %}none{% endfor %}", "none"],
  ["{% for line in lines %}{{ line.what }}={{ line.price }} {% endfor %}", "lamp=2 bulb=1.5 "],
  ["{% for key, value in user.address %}{{ key }}:{{ value }}{% endfor %}", "city:Aarhus"],
  ["{% for i in range(3) %}{{ i }}{% endfor %}{% for i in range(1, n) %}{{ i }}{% endfor %}", "01212"],
  ["{% set total = items | length %}{{ total }} {{ 'thing' if total == 1 else 'things' }}", "2 things"],
  ["{% set greeting %}Dear {{ name }}{% endset %}{{ greeting }},", "Dear Ada Lovelace,"],
  [
    "{{ (items | length) + 1 }} {{ n * 2 - 1 }} {{ n + n }} {{ name + '!' }} {{ name ~ n }}",
    "3 5 6 Ada Lovelace! Ada Lovelace3",
  ],
  ["{{ user.name.toUpperCase() }} {{ user['address'].city }} {{ user.phone.home }}", "ADA Aarhus "],
  ["{{ note | dump }} {{ user.address | dump }}", '"A \\"good\\" day" {"city":"Aarhus"}'],
  ['{{ note | replace(\'good\', "fine") }} {{ "it\'s \\"it\\"" }}', 'A "fine" day it\'s "it"'],
  ["{{ tier or 'none' }} {{ 'a' if vip }}", "gold a"],
  ["{% raw %}{{ name }}{% endraw %} {# a note #}-{{- name -}}  -", "{{ name }} -Ada Lovelace-"],
  ["{% if items.includes('bulb') %}bulb{% endif %}{% if n >= 1 and n < 9 %}ok{% endif %}", "bulbok"],
  [
    "{{ lines | join(', ', 'what') }} {{ note | urlencode }} {{ -n }} {{ n // 2 }}",
    "lamp, bulb A%20%22good%22%20day -3 1",
  ],
];

const rendered = async (template: string, vars: Readonly<Record<string, Json>>): Promise<string> =>
  (await compileTemplate(toLiquid(template, TESTS)))({ input: vars });

describe("a Nunjucks template", () => {
  it.each(SAME)("%s", async (template, first) => {
    expect(renderNunjucks(template, ADA)).toBe(first);
    for (const vars of TESTS)
      expect((await rendered(template, vars)).trim()).toBe(renderNunjucks(template, vars).trim());
  });

  it("only renames the variables of a template that prints variables", () => {
    expect(toLiquid("Dear {{name}}, about {{ user.address.city }}:", TESTS)).toBe(
      "Dear {{ input.name }}, about {{ input.user.address.city }}:",
    );
  });

  it.each([
    ["\n{% macro a() %}{% endmacro %}", 2, "macro"],
    ["{{ name | truncate(3) }}", 1, "truncate"],
    ["{{ env.HOME }}", 1, "environment"],
    ["{{ name.charAt(0) }}", 1, "charAt()"],
    ["a\nb {{ lines[0].price + vip }}", 2, "+"],
    ["{% include 'x.txt' %}", 1, "include"],
    ["{{ name", 1, "not valid Nunjucks"],
    ["{{ name | first }}", 1, "first letter"],
    ["{{ () }}", 1, "it fails"],
  ])("is rejected with its line: %s", (template, line, why) => {
    let thrown: unknown;
    try {
      toLiquid(template, TESTS);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Untranslatable);
    expect((thrown as Untranslatable).line).toBe(line);
    expect((thrown as Untranslatable).message).toContain(why);
  });

  it("gives no access to inherited members or globals", () => {
    expect(renderNunjucks("{{ name.constructor }}{{ items.constructor.name }}{{ process }}", ADA)).toBe("");
  });
});
