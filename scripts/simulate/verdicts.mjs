// Checks what the verdicts of the fixed design promise, and how many trials they need.
import { seededRandom } from "./engine.mjs";
import { margin, measured, rate, table, target } from "./report.mjs";
import {
  BLOCKING,
  broken,
  chanceOf,
  compared,
  drawn,
  FINE,
  rule,
  share,
  shifted,
  sideOf,
  suiteOf,
  verdictOf,
} from "./suites.mjs";

/**
 * Compares two sides of an unchanged suite: how often a pull request is blocked by the test, and by the bare
 * numbers.
 */
export function unchangedPairs(draws) {
  const rows = [];
  const all = [];
  for (const n of [50, 100, 200]) {
    for (const k of [1, 3, 5]) {
      for (const c of [0.5, 2]) {
        const random = seededRandom(`unchanged ${n} ${k} ${c}`);
        const test = [];
        const point = [];
        for (let i = 0; i < draws; i++) {
          const chances = suiteOf(n, c, random);
          const pair = [drawn(chances, k, random), drawn(chances, k, random)];
          test.push(verdictOf(...pair, rule()));
          point.push(verdictOf(...pair, rule({ mode: "point" })));
        }
        all.push(...test);
        const blocked = share(test, BLOCKING);
        rows.push([n, k, c, measured(blocked, draws), measured(share(point, BLOCKING), draws)]);
        // 18 settings at once: each may stray by 3 of its own standard errors (Bonferroni).
        target(`unchanged, ${n} × ${k}, c ${c}`, blocked <= 0.058 + margin(draws, 3), rate(blocked));
      }
    }
  }
  const total = share(all, BLOCKING);
  rows.push(["all", "", "", measured(total, all.length), "—"]);
  table(
    "unchanged",
    `Nothing changed: how often a pull request is blocked (${draws} pairs a line, max_drop 0.03)`,
    ["cases", "trials", "c", "the test says regressed", "`mode: point` blocks"],
    rows,
  );
  target("unchanged, over all", total <= 0.058, rate(total));
}

/** A suite that drops by exactly `max_drop`: how often it is wrongly shown to drop by less. */
export function atTheMargin(draws) {
  const rows = [];
  for (const { n, m, k, d } of [
    { n: 50, m: 5, k: 5, d: 0.05 },
    { n: 100, m: 5, k: 5, d: 0.05 },
    { n: 100, m: 20, k: 5, d: 0.05 },
    { n: 200, m: 20, k: 5, d: 0.03 },
  ]) {
    const random = seededRandom(`margin ${n} ${m} ${k} ${d}`);
    const verdicts = [];
    for (let i = 0; i < draws; i++) {
      const chances = suiteOf(n, 1, random);
      const candidate = drawn(shifted(chances, d), k, random);
      verdicts.push(verdictOf(drawn(chances, m, random), candidate, rule({ max_drop: d })));
    }
    const wrong = share(verdicts, FINE);
    rows.push([`${n} × ${k}`, m, d, measured(wrong, draws), rate(share(verdicts, BLOCKING))]);
    target(`at the margin, ${n} × ${k}, baseline ${m}`, wrong <= 0.058 + margin(draws, 2.5), rate(wrong));
  }
  table(
    "margin",
    `The suite fell by exactly max_drop (${draws} pairs a line, c = 1)`,
    ["cases × trials", "baseline trials", "max_drop", "wrongly shown not worse", "regressed"],
    rows,
  );
}

/** Which sizes detect a drop: with more cases, more trials, or more baseline trials. */
export function sizes(draws) {
  const drop = 0.05;
  const rows = [];
  for (const { n, k, m } of [
    { n: 50, k: 5, m: 5 },
    { n: 50, k: 10, m: 10 },
    { n: 100, k: 5, m: 5 },
    { n: 100, k: 5, m: 20 },
    { n: 200, k: 5, m: 5 },
    { n: 500, k: 1, m: 1 },
    { n: 100, k: 10, m: 10 },
    { n: 200, k: 5, m: 20 },
  ]) {
    const random = seededRandom(`sizes ${n} ${k} ${m}`);
    const found = { shift: [], few: [], point: [] };
    for (let i = 0; i < draws; i++) {
      const chances = suiteOf(n, 1, random);
      const base = drawn(chances, m, random);
      const candidate = drawn(shifted(chances, drop), k, random);
      found.shift.push(verdictOf(base, candidate, rule()));
      found.point.push(verdictOf(base, candidate, rule({ mode: "point", max_drop: drop })));
      found.few.push(verdictOf(base, drawn(broken(chances, drop), k, random), rule()));
    }
    const [shift, few, point] = [found.shift, found.few, found.point].map((all) => share(all, BLOCKING));
    rows.push([`${n} × ${k}`, m, n * k, measured(shift, draws), rate(few), rate(point)]);
  }
  table(
    "sizes",
    `The suite fell by 5 points: how often it is called regressed (${draws} pairs a line, c = 1)`,
    [
      ...["cases × trials", "baseline trials", "calls"],
      ...["all cases a little", "a few cases broke", "`mode: point`, 5 points allowed"],
    ],
    rows,
  );
}

/** A fifth of the cases changes behaviour, without a change on average. */
export function scopes(draws) {
  const rows = [];
  for (const k of [1, 3, 5, 10]) {
    const random = seededRandom(`scopes ${k}`);
    const verdicts = { suite: [], population: [] };
    for (let i = 0; i < draws; i++) {
      const chances = suiteOf(100, 0.5, random);
      const other = chances.map((p, index) => (index < 20 ? chanceOf(0.5, random) : p));
      const pair = [drawn(chances, k, random), drawn(other, k, random)];
      for (const scope of ["suite", "population"]) verdicts[scope].push(verdictOf(...pair, rule({ scope })));
    }
    const [suite, population] = [share(verdicts.suite, BLOCKING), share(verdicts.population, BLOCKING)];
    rows.push([k, measured(suite, draws), measured(population, draws)]);
    target(`scope population, 100 × ${k}`, population <= 0.058 + margin(draws, 2.5), rate(population));
  }
  table(
    "scopes",
    `20 of 100 cases behave otherwise, better or worse by luck alone (${draws} pairs a line, c = 0.5)`,
    ["trials", "`scope: suite` says regressed", "`scope: population` says regressed"],
    rows,
  );
}

const NAMES = ["queue", "tone", "form", "length"];

/** Several gating rules at once, and ten tags without a rule. */
export function manyQuestions(draws) {
  const random = seededRandom("many questions");
  const tags = Array.from({ length: 100 }, (_, index) => `tag-${index % 10}`);
  const rules = NAMES.map((name) => rule({ metric: `score.${name}` }));
  const counts = { holm: 0, bare: 0, tag: 0, flag: 0, named: 0, others: 0 };
  for (let i = 0; i < draws; i++) {
    const suites = NAMES.map(() => suiteOf(100, 1, random));
    const side = (chances) => {
      const scorers = Object.fromEntries(NAMES.map((name, at) => [name, drawn(suites[at], 3, random)]));
      return sideOf(drawn(chances, 3, random), { tags, scorers });
    };
    const [chances = []] = suites;
    const base = side(chances);
    const same = side(chances);
    if (compared(base, same, rules).verdict === "regressed") counts.holm++;
    if (rules.some((one) => compared(base, same, [one]).verdict === "regressed")) counts.bare++;
    const { tags: rows, moved } = compared(base, same, [rule()]);
    if (rows.some((one) => one.significant)) counts.tag++;
    if (moved.some((one) => one.significant)) counts.flag++;
    const worse = chances.map((p, index) => (index % 10 === 3 ? Math.max(0, p - 0.4) : p));
    const found = compared(base, side(worse), [rule()]).tags.filter((one) => one.significant);
    if (found.some((one) => one.tag === "tag-3")) counts.named++;
    if (found.some((one) => one.tag !== "tag-3")) counts.others++;
  }
  const of = (name) => measured(counts[name] / draws, draws);
  table(
    "many",
    `Several questions at once (100 cases × 3, ${draws} pairs, c = 1)`,
    ["what", "how often"],
    [
      ["nothing changed, 4 gating scorers, Holm: one is called regressed", of("holm")],
      ["the same without a correction", of("bare")],
      ["nothing changed, 10 tags: one is named", of("tag")],
      ["nothing changed, 100 cases: one is marked `sure`", of("flag")],
      ["one tag fell by 40 points: it is named", of("named")],
      ["one tag fell by 40 points: another is named", of("others")],
    ],
  );
  target("4 gating scorers", counts.holm / draws <= 0.058 + margin(draws), rate(counts.holm / draws));
  target("10 tags", counts.tag / draws <= 0.1 + margin(draws), rate(counts.tag / draws));
}
