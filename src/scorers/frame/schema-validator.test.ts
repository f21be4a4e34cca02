import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../../domain/json.ts";
import { SettingMistake } from "../../domain/problem.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import { fakeRepository, removeRepositories } from "../testing/scorer-fakes.ts";
import { loadSchema } from "./schema-validator.ts";

afterAll(removeRepositories);

/** Whether the JSON text is valid against the schema. */
async function fits(schema: object, answer: string): Promise<boolean> {
  const { mistakesIn } = await loadSchema(schema, fakeRepository());
  return mistakesIn(JSON.parse(answer) as Json) === undefined;
}

async function refusal(schema: object): Promise<string> {
  return loadSchema(schema, fakeRepository()).then(
    () => "accepted",
    (error: unknown) => (error instanceof SettingMistake ? error.message : `not a mistake: ${String(error)}`),
  );
}

const DRAFTS = [
  "http://json-schema.org/draft-07/schema#",
  "https://json-schema.org/draft/2019-09/schema",
  "https://json-schema.org/draft/2020-12/schema",
];

describe.each(DRAFTS)("a schema of %s", (draft) => {
  const fitsDraft = (schema: object, answer: string) => fits({ $schema: draft, ...schema }, answer);

  it("checks each text with its own pattern", async () => {
    const schema = {
      properties: {
        zip: { pattern: "^\\d{5}$" },
        code: { pattern: "^[a-f]+$" },
        note: { pattern: "^(?!x)" },
      },
      patternProperties: { "^n_": { type: "number" }, "^t_": { type: "string" } },
    };
    expect(await fitsDraft(schema, '{"zip": "12345", "code": "abc", "note": "a", "n_1": 1, "t_1": ""}')).toBe(
      true,
    );
    for (const wrong of [
      '{"zip": "abc"}',
      '{"code": "12345"}',
      '{"note": "xa"}',
      '{"n_1": ""}',
      '{"t_1": 1}',
    ]) {
      expect(await fitsDraft(schema, wrong), wrong).toBe(false);
    }
  });

  it.each(["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"])(
    "looks for %s in the answer and not in what every object inherits",
    async (name) => {
      const present = `{"a": 1, "${name}": 1}`;
      const texts = JSON.parse(`{"${name}": {"type": "string"}}`) as object;
      expect(await fitsDraft({ required: [name] }, '{"a": 1}')).toBe(false);
      expect(await fitsDraft({ required: [name] }, present)).toBe(true);
      expect(await fitsDraft({ properties: texts }, '{"a": 1}')).toBe(true);
      expect(await fitsDraft({ properties: texts }, present)).toBe(false);
      expect(await fitsDraft({ properties: { a: true }, additionalProperties: false }, present)).toBe(false);
      expect(await fitsDraft({ dependencies: { [name]: ["b"] } }, '{"a": 1}')).toBe(true);
    },
  );

  it("may refer to itself for a part of the value, but not for the value itself", async () => {
    const tree = {
      type: "object",
      required: ["n"],
      properties: { n: { type: "integer" }, kids: { type: "array", items: { $ref: "#" } } },
    };
    expect(await fitsDraft(tree, '{"n": 1, "kids": [{"n": 2, "kids": []}]}')).toBe(true);
    expect(await fitsDraft(tree, '{"n": 1, "kids": [{"kids": []}]}')).toBe(false);
    for (const [endless, place] of [
      [{ $ref: "#" }, "# refers"],
      [{ anyOf: [{ type: "string" }, { $ref: "#" }] }, "#/anyOf/1 refers"],
      [{ properties: { a: { $ref: "#/properties/a" } } }, "#/properties/a refers"],
      [
        {
          definitions: {
            a: { allOf: [{ $ref: "#/definitions/b" }] },
            b: { not: { $ref: "#/definitions/a" } },
          },
        },
        "refers to itself for the same value",
      ],
    ] as const) {
      expect(await refusal({ $schema: draft, ...endless })).toContain(place);
    }
  });

  it("checks `multipleOf` in decimals", async () => {
    for (const [step, good, bad] of [
      [0.01, ["19.99", "0.07", "4.35", "0", "-1.1", "1e21", "123456789.01"], ["1.005", "0.001", "19.999"]],
      [0.1, ["0.3", "1.1", "7"], ["0.35", "0.30000000000000004"]],
      [1e-7, ["0.0000003"], ["0.00000015"]],
      [3, ["9007199254740990"], ["9007199254740991"]],
    ] as const) {
      for (const number of good) expect(await fitsDraft({ multipleOf: step }, number), number).toBe(true);
      for (const number of bad) expect(await fitsDraft({ multipleOf: step }, number), number).toBe(false);
    }
  });

  it("finds the items that are not unique, whatever they are", async () => {
    const items = fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 6 });
    const { mistakesIn } = await loadSchema({ $schema: draft, uniqueItems: true }, fakeRepository());
    await fc.assert(
      fc.property(items, (list) => {
        const value = JSON.parse(JSON.stringify(list)) as Json[];
        expect(mistakesIn(value) === undefined).toBe(new Set(value.map(canonicalJson)).size === value.length);
      }),
    );
  });
});

describe("a schema as generators write it", () => {
  const Cat = {
    type: "object",
    properties: { kind: { const: "cat" }, lives: { type: "integer" } },
    required: ["kind", "lives"],
  };
  const Dog = { type: "object", properties: { kind: { const: "dog" } }, required: ["kind"] };
  const branches = [{ $ref: "#/$defs/Cat" }, { $ref: "#/$defs/Dog" }];
  const mapping = { cat: "#/$defs/Cat", dog: "#/$defs/Dog" };

  it.each([
    ["a mapping", { discriminator: { propertyName: "kind", mapping }, oneOf: branches }],
    ["no mapping", { discriminator: { propertyName: "kind" }, oneOf: branches }],
    ["anyOf", { discriminator: { propertyName: "kind", mapping }, anyOf: branches }],
    ["branches in allOf", { discriminator: { propertyName: "kind" }, allOf: [{ anyOf: branches }] }],
  ])("may have a discriminator with %s", async (_, union) => {
    const schema = { $defs: { Cat, Dog }, ...union };
    expect(await fits(schema, '{"kind": "dog"}')).toBe(true);
    expect(await fits(schema, '{"kind": "cat", "lives": 9}')).toBe(true);
    expect(await fits(schema, '{"kind": "cat"}')).toBe(false);
    expect(await fits(schema, '{"kind": "cow"}')).toBe(false);
  });

  it.each([
    ["a type", { type: "string", minLength: 2, nullable: true }, '"ab"'],
    [
      "a reference",
      { $ref: "#/$defs/two", nullable: true, $defs: { two: { type: "string", minLength: 2 } } },
      '"ab"',
    ],
    ["allOf", { allOf: [{ type: "string" }, { minLength: 2 }], nullable: true }, '"ab"'],
    ["enum", { enum: ["ab"], nullable: true }, '"ab"'],
  ])("may be nullable together with %s", async (_, schema, good) => {
    expect(await fits(schema, good)).toBe(true);
    expect(await fits(schema, "null")).toBe(true);
    expect(await fits(schema, '"a"')).toBe(false);
    expect(await fits({ ...schema, nullable: false }, "null")).toBe(false);
  });

  it("may have OpenAPI's limits, annotations and formats", async () => {
    const schema = {
      id: "Order",
      xml: { name: "order" },
      externalDocs: { url: "https://docs.example" },
      type: "object",
      properties: {
        price: { type: "number", minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false },
        path: { type: "string", format: "directory-path", example: "/tmp", "x-order": 1 },
      },
    };
    expect(await fits(schema, '{"price": 0.5, "path": "/a"}')).toBe(true);
    expect(await fits(schema, '{"price": 9}')).toBe(true);
    expect(await fits(schema, '{"price": 0}')).toBe(false);
    expect(await fits({ const: { xml: 1 } }, '{"xml": 1}')).toBe(true);
  });

  it("is still refused for a keyword or a format that is a typo", async () => {
    expect(await refusal({ type: "string", maxLenght: 3 })).toContain("maxLenght");
    expect(await refusal({ properties: { a: { pattern: "(" } } })).toContain("Invalid regular expression");
    expect(await refusal({ type: "string", format: "dat" })).toContain("dat");
  });
});

describe("an answer that is costly to check", () => {
  it("is stopped when a recursive schema tries its branches again at every level", async () => {
    const branch = { type: "object", properties: { a: { $ref: "#" } } };
    const { mistakesIn } = await loadSchema(
      { anyOf: [branch, { ...branch, title: "twin" }] },
      fakeRepository(),
    );
    const answer = JSON.parse(`${'{"a":'.repeat(60)}1${"}".repeat(60)}`) as Json;
    expect(() => mistakesIn(answer)).toThrow("the JSON Schema took longer than");
  });

  it("is stopped when a slow pattern needs JavaScript's own engine", async () => {
    const { mistakesIn } = await loadSchema({ pattern: "^(?=a)(a+)+$" }, fakeRepository());
    expect(mistakesIn("aaa")).toBeUndefined();
    expect(() => mistakesIn(`${"a".repeat(60)}!`)).toThrow("took longer than");
  });

  it("is checked only up to the first mistake when it has very many parts", async () => {
    const { mistakesIn } = await loadSchema({ items: { type: "string" } }, fakeRepository());
    expect(mistakesIn(new Array(100_000).fill(1))).toBe("/0 must be string");
    expect(mistakesIn(new Array(100_000).fill(""))).toBeUndefined();
  });

  it("is a failure to score when files refer to each other without end", async () => {
    const root = fakeRepository({ "a.json": '{"$ref": "b.json"}', "b.json": '{"$ref": "a.json"}' });
    const { mistakesIn } = await loadSchema("a.json", root);
    expect(() => mistakesIn(1)).toThrow(ScorerFailure);
  });
});
