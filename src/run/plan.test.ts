import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EvalsError } from "../domain/problem.ts";
import type { Narrowing } from "../domain/run.ts";
import { edited, keysOf, planOf, repository } from "./testing/plan-of.ts";

const CONFIG = "evalconfig.yaml";
const SUITE = "evals/triage.yaml";
const CASES = "datasets/triage.jsonl";
const PROMPT = "prompts/triage/1.0.0.md";

/** The repository with one more version of the prompt. */
const withPrompt = (version: string, text: string) => ({
  ...repository,
  [`prompts/triage/${version}.md`]: text,
});

describe("a fingerprint", () => {
  it("is the same for the same repository, whenever it is planned", async () => {
    expect((await planOf()).fingerprint).toBe((await planOf()).fingerprint);
  });

  it.each([
    [
      "the config's formatting",
      edited(CONFIG, "{ temperature: 0, max_tokens: 60 }", "\n      max_tokens: 60\n      temperature: 0.0"),
    ],
    [
      "the order of keys in a case",
      edited(
        CASES,
        '"id":"a","input":{"message":"charged twice"}',
        '"input": {"message": "charged twice"}, "id": "a"',
      ),
    ],
    [
      "the order of the cases",
      { ...repository, [CASES]: `${repository[CASES]?.trim().split("\n").reverse().join("\n")}\n` },
    ],
    [
      "the order and style of the suite's keys",
      edited(SUITE, "dataset: triage\nprompt: triage", "prompt: \"triage\"\n\n# a word\ndataset: 'triage'"),
    ],
    ["a case's tags", edited(CASES, '["money"]', '["money","vip"]')],
    ["a case's metadata", edited(CASES, "ticket 1", "ticket 2")],
    [
      "a model's alias",
      Object.fromEntries(
        Object.entries(repository).map(([path, text]) => [
          path,
          text.replace(/\bsmall:/, "tiny:").replace("model: small\n", "model: tiny\n"),
        ]),
      ),
    ],
    ["a price", edited(CONFIG, "0.15", "0.99")],
    ["a timeout", edited(CONFIG, "30s", "90s")],
    ["the number of trials", edited(SUITE, "trials: 2", "trials: 5")],
    ["the gate", edited(SUITE, ">= 0.9", ">= 0.1")],
    ["concurrency", edited(SUITE, "trials: 2", "trials: 2\nconcurrency: 3")],
    ["a prompt's description", edited(PROMPT, "Route the ticket.", "Another word for it.")],
    ["a scorer's name", edited(SUITE, "name: queue", "name: right_queue")],
  ])("is not changed by %s", async (_what, files) => {
    expect((await planOf(files)).fingerprint).toBe((await planOf()).fingerprint);
  });

  it.each([
    ["the prompt's text", edited(PROMPT, "You route tickets.", "You route support tickets.")],
    ["a parameter of the model", edited(CONFIG, "temperature: 0", "temperature: 1")],
    ["the model", edited(CONFIG, "small-2024-07-18", "small-2024-09-01")],
    ["where the model is asked", edited(CONFIG, ":9/v1", ":8/v1")],
    ["a scorer's settings", edited(SUITE, "value: please", "value: thanks")],
    ["what a scorer selects", edited(SUITE, "$.queue", "$.team")],
    ["whether a scorer is required", edited(SUITE, ", required: false", "")],
  ])("is changed by %s, for every case", async (_what, files) => {
    const before = keysOf(await planOf());
    const after = keysOf(await planOf(files));
    for (const id of ["a", "b", "c"]) expect(after[id], id).not.toBe(before[id]);
  });

  it.each([
    ["what is expected of it", edited(CASES, '"queue":"shipping"', '"queue":"parcels"')],
    ["its input", edited(CASES, "parcel late", "parcel very late")],
  ])("is changed for one case by %s, and for no other", async (_what, files) => {
    const { b: before, ...others } = keysOf(await planOf());
    const { b: after, ...same } = keysOf(await planOf(files));
    expect(after).not.toBe(before);
    expect(same).toEqual(others);
  });

  it("has a new root and the old keys when a case is added", async () => {
    const more = {
      ...repository,
      [CASES]: `${repository[CASES]}{"id":"d","input":{"message":"hello"},"expected":{"queue":"account"}}\n`,
    };
    const [before, after] = [await planOf(), await planOf(more)];
    expect(keysOf(after)).toMatchObject(keysOf(before));
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });

  it("distinguishes two cases that differ only in their expected value", async () => {
    const twins = `{"id":"a","input":{"message":"x"},"expected":{"queue":"billing"}}\n{"id":"b","input":{"message":"x"},"expected":{"queue":"shipping"}}\n`;
    const plan = await planOf({ ...repository, [CASES]: twins });
    expect(plan.requestHash(0)).toBe(plan.requestHash(1));
    expect(plan.key(0)).not.toBe(plan.key(1));
  });
});

describe("the cache key of an answer", () => {
  const server = (settings: string) =>
    planOf({
      ...repository,
      [CONFIG]: `models: { small: { provider: openai, model: m-2024-01-01, ${settings} } }\n`,
    });

  it.each([
    ["server", "base_url: 'http://127.0.0.1:1/v1'"],
    ["version", "base_url: 'http://127.0.0.1:2/v1', version: next"],
  ])("differs for another %s, although the request is the same", async (_, settings) => {
    const [one, other] = [await server("base_url: 'http://127.0.0.1:2/v1'"), await server(settings)];
    expect(other.requestHash(0)).toBe(one.requestHash(0));
    expect(other.askedHash(0)).not.toBe(one.askedHash(0));
  });

  it("is the same for other limits, prices and deadlines", async () => {
    const [one, other] = [
      await server("base_url: 'http://127.0.0.1:2/v1'"),
      await server("base_url: 'http://127.0.0.1:2/v1', timeout: 9s, price: { input: 1, output: 2 }"),
    ];
    expect(other.askedHash(0)).toBe(one.askedHash(0));
  });
});

describe("a plan", () => {
  it("finds the run that it can resume by a hash of suite, fingerprint, trials and narrowing", async () => {
    const { hash } = await planOf();
    expect((await planOf(edited(SUITE, ">= 0.9", ">= 0.1"))).hash).toBe(hash);
    const others = await Promise.all([
      planOf(edited(SUITE, "trials: 2", "trials: 3")),
      planOf(edited(PROMPT, "You route", "Please route")),
      planOf(repository, { narrowing: { cases: ["a"], tags: [], shard: null } }),
    ]);
    expect(new Set([hash, ...others.map((one) => one.hash)]).size).toBe(4);
  });

  it("takes the newest version of a prompt that fits", async () => {
    const plan = await planOf(withPrompt("1.1.0", "user:\nNewer: {{ input.message }}\n"));
    expect(plan.suite.prompt?.version.version).toBe("1.1.0");
    expect(JSON.stringify(plan.request(0))).toContain("Newer: charged twice");
  });

  it("reports for every case at once that its prompt cannot be rendered", async () => {
    const broken = edited(PROMPT, "input.message", "input.mesage");
    const error = await planOf(broken).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EvalsError);
    expect((error as EvalsError).problems).toHaveLength(3);
    expect((error as EvalsError).problems[0]).toMatchObject({ path: PROMPT });
  });
});

describe("narrowing", () => {
  const narrow = (changes: Partial<Narrowing>): Narrowing => ({
    cases: [],
    tags: [],
    shard: null,
    ...changes,
  });
  const idsOf = async (narrowing: Narrowing, files = repository): Promise<string[]> =>
    Object.keys(keysOf(await planOf(files, { narrowing })));

  it("takes the named cases, or those with one of the tags, or those with both", async () => {
    expect(await idsOf(narrow({ cases: ["c", "a"] }))).toEqual(["a", "c"]);
    expect(await idsOf(narrow({ tags: ["money", "parcel"] }))).toEqual(["a", "b"]);
    expect(await idsOf(narrow({ cases: ["a", "c"], tags: ["money"] }))).toEqual(["a"]);
  });

  it("stays within the suite's own filter", async () => {
    const filtered = edited(SUITE, "trials: 2", "trials: 2\nfilter: { tags: [money, parcel] }");
    expect(await idsOf(narrow({ cases: ["b", "c"] }), filtered)).toEqual(["b"]);
  });

  it("keeps each chosen case's key", async () => {
    const whole = keysOf(await planOf());
    const [id] = await idsOf(narrow({ cases: ["b"] }));
    expect(keysOf(await planOf(repository, { narrowing: narrow({ cases: ["b"] }) }))).toEqual({
      [id ?? ""]: whole.b,
    });
  });

  it("that selects no case is a mistake with a suggestion", async () => {
    const error = await idsOf(narrow({ tags: ["mony"] })).catch((thrown: EvalsError) => thrown);
    expect((error as EvalsError).problems).toMatchObject([
      { code: "EVALS_NO_CASES", what: 'No case is chosen by --tag mony. Did you mean "money"?' },
    ]);
  });

  it("by a shard takes every n-th case from its own number on", async () => {
    expect(await idsOf(narrow({ shard: "1/2" }))).toEqual(["a", "c"]);
    expect(await idsOf(narrow({ shard: "2/2" }))).toEqual(["b"]);
    expect(await idsOf(narrow({ cases: ["b", "c"], shard: "2/2" }))).toEqual(["c"]);
  });

  it("by shards puts every case into exactly one of them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 1, max: 9 }),
        async (count, parts) => {
          const lines = Array.from({ length: count }, (_, at) =>
            JSON.stringify({ id: `n${at}`, input: { message: "m" }, expected: { queue: "q" } }),
          );
          const files = { ...repository, [CASES]: `${lines.join("\n")}\n` };
          const shards = await Promise.all(
            Array.from({ length: parts }, (_, at) =>
              idsOf(narrow({ shard: `${at + 1}/${parts}` }), files).catch(() => [] as string[]),
            ),
          );
          expect(shards.flat().sort()).toEqual(lines.map((line) => JSON.parse(line).id).sort());
          const sizes = shards.map((shard) => shard.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe("a case that names its scorers", () => {
  const named = (scorers: string[]) =>
    edited(CASES, '"tags":["money"]', `"tags":["money"],"scorers":${JSON.stringify(scorers)}`);

  it("has a key of its own, and leaves those of the others alone", async () => {
    const [before, after] = [keysOf(await planOf()), keysOf(await planOf(named(["queue"])))];
    expect(after.a).not.toBe(before.a);
    expect([after.b, after.c]).toEqual([before.b, before.c]);
  });

  it("has the same content as before", async () => {
    expect((await planOf(named(["queue"]))).contentHash(0)).toBe((await planOf()).contentHash(0));
  });

  it("has the same key as in a suite without other scorers", async () => {
    const alone = edited(SUITE, "  - { type: contains, value: please, required: false }\n", "");
    expect(keysOf(await planOf(named(["queue"]))).a).toBe(keysOf(await planOf(alone)).a);
  });

  it("keeps its key when they are in another order", async () => {
    const [one, other] = [named(["queue", "contains"]), named(["contains", "queue"])];
    expect(keysOf(await planOf(one))).toEqual(keysOf(await planOf(other)));
  });
});

describe("a case with trials of its own", () => {
  const more = edited(CASES, '"tags":["money"]', '"tags":["money"],"trials":7');

  it("is planned with that number of trials, and keeps its key", async () => {
    const plan = await planOf(more);
    expect([plan.planned(0), plan.planned(1), plan.trials, plan.totalPlanned]).toEqual([7, 2, 7, 11]);
    expect(plan.fingerprint).toBe((await planOf()).fingerprint);
  });

  it("makes another plan, so a run without it cannot be resumed with it", async () => {
    expect((await planOf(more)).hash).not.toBe((await planOf()).hash);
  });
});
