/** @jsxImportSource preact */
// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { report } from "../../reports/testing/reported-run.ts";
import { App } from "./app.tsx";
import { fileSource } from "./file-source.ts";
import { followAddress, listOf, route } from "./page-state.ts";
import { parseRoute } from "./route.ts";
import type { PageSource } from "./source.ts";
import { fakeLive, fakeMatrix, fakeSource, summary } from "./testing/fake-source.ts";
import { indexDocument } from "./testing/index-document.ts";
import { HEAD, ROW } from "./virtual-grid.tsx";

/** Number of rows that fit into a visible list. */
const FIT = 10;

followAddress();
let root: HTMLElement;
beforeEach(() => {
  // There is no layout in this test, so lists get a fixed height.
  for (const name of ["offsetHeight", "clientHeight"])
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => HEAD + FIT * ROW });
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  vi.unstubAllGlobals();
  render(null, root);
  root.remove();
  const list = listOf("3f9c21aa");
  [list.query.value, list.selected.value] = ["", -1];
});

/** Waits until requested data has arrived and is rendered. */
async function settled(ms = 0): Promise<void> {
  for (let turn = 0; turn < 4; turn++)
    await act(() => new Promise<void>((resolve) => setTimeout(resolve, ms / 4)));
}

async function shown(source: PageSource, hash = ""): Promise<void> {
  location.hash = hash;
  route.value = parseRoute(hash);
  await act(() => render(<App source={source} />, root));
  await settled();
}

async function press(key: string): Promise<void> {
  const target = document.activeElement ?? document.body;
  await act(() => {
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });
  await settled();
}

async function type(text: string): Promise<void> {
  const field = document.activeElement as HTMLInputElement;
  await act(() => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

const text = (): string => root.textContent ?? "";
const selected = (): string => root.querySelector(".row.selected a")?.textContent ?? "";

describe("the page", () => {
  it("shows the verdict first; a file with one run opens at that run", async () => {
    await shown(fakeSource(indexDocument()));
    expect(root.querySelector("h1")?.textContent).toBe("FAILED triage: regressed");
    expect(root.querySelectorAll(".row")).toHaveLength(5);
    expect(text()).toContain("evals show 3f9c21aa");
  });

  it("lists above the cases every rule that was not reached, required metrics too", async () => {
    await shown(fakeSource(indexDocument()));
    const rules = root.querySelectorAll('[aria-label="verdict"] li');
    expect(Array.from(rules, (one) => one.textContent)).toEqual([
      "failed score.queue: 55.0 %, required ≥ 90 %",
      "failed critical tag:vip: 0.0 %, required every trial passes (failing: refund-07)",
      "failed regression pass_rate: −36.4 points, required no drop of more than 3 points",
    ]);
  });

  it("leads by keyboard from the search to a hit and its case, and back", async () => {
    await shown(fakeSource(indexDocument()));
    await press("/");
    expect(document.activeElement?.tagName).toBe("INPUT");
    await type("tag:shipping");
    await press("Enter");
    expect(location.hash).toContain("q=tag%3Ashipping");
    expect(selected()).toBe("parcel-02");
    expect(root.querySelector(".sides")).toBeNull();
    for (const [key, id] of [
      ["j", "late-01"],
      ["j", "hours-01"],
      ["j", "hours-01"],
      ["k", "late-01"],
      ["g", "parcel-02"],
      ["k", "parcel-02"],
      ["G", "hours-01"],
    ] as const) {
      await press(key);
      expect(selected(), key).toBe(id);
    }
    await press("Enter");
    expect(route.value).toEqual({ view: "case", key: "3f9c21aa", id: "hours-01" });
    expect(text()).toContain("an old answer");
    await press("k");
    expect(route.value).toMatchObject({ id: "late-01" });
    await press("Enter");
    expect(route.value).toMatchObject({ view: "trial", id: "late-01", side: "now", trial: 2 });
    expect(text()).toContain("find_order");
    await press("Escape");
    await press("Escape");
    expect(route.value).toEqual({ view: "run", key: "3f9c21aa", query: "tag:shipping" });
    expect(selected()).toBe("late-01");
    await press("Escape");
    expect(route.value.view).toBe("run");
  });

  it("goes back two views by two keys that come at once", async () => {
    await shown(fakeSource(indexDocument()), "#/run/3f9c21aa/case/refund-07/now/1");
    await act(() => {
      for (let times = 0; times < 2; times++)
        document.body.dispatchEvent(
          new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }),
        );
    });
    await settled();
    expect(route.value).toMatchObject({ view: "run", key: "3f9c21aa" });
    expect(root.querySelectorAll(".row")).toHaveLength(5);
  });

  it("requests the list of cases only after the verdict has arrived", async () => {
    const fake = fakeSource(indexDocument(), { mode: "live" });
    const asked: string[] = [];
    let come = (): void => {};
    const verdict = new Promise<void>((resolve) => {
      come = resolve;
    });
    const source: PageSource = {
      ...fake,
      runAtHand: () => null,
      run: async (key) => {
        await verdict;
        return fake.run(key);
      },
      index: async (key) => {
        asked.push(key);
        return fake.index(key);
      },
    };
    await shown(source, "#/run/3f9c21aa");
    expect(asked).toEqual([]);
    // The verdict is known from the list of runs.
    expect(root.querySelector("h1")?.textContent).toBe("triage FAILED: regressed");
    come();
    await settled();
    expect(asked).toEqual(["3f9c21aa"]);
    expect(root.querySelectorAll(".row")).toHaveLength(5);
  });

  it("shows a case of the list in its first rendering, with its question", async () => {
    const fake = fakeSource(indexDocument());
    let asked = 0;
    const never = new Promise<never>(() => {});
    await shown({
      ...fake,
      index: (key) => (asked++ === 0 ? fake.index(key) : never),
      caseAt: () => never,
    });
    for (const key of ["j", "Enter"]) await press(key);
    expect(route.value.view).toBe("case");
    const { ids, inputs } = indexDocument();
    const id = root.querySelector("h1")?.textContent?.split(" ")[0] ?? "";
    expect(ids).toContain(id);
    expect(text()).toContain(inputs[ids.indexOf(id)]);
  });

  it("finds a text that is only in an answer", async () => {
    await shown(fakeSource(indexDocument()));
    await press("/");
    await type("only in an answer");
    await settled(1_600);
    expect(Array.from(root.querySelectorAll(".row a"), (one) => one.textContent)).toEqual([]);
    await type("answers");
    await settled(1_600);
    expect(Array.from(root.querySelectorAll(".row a"), (one) => one.textContent)).toEqual(["hours-01"]);
  });

  it("shows why trials failed, and for each class its cases and its most typical trial", async () => {
    const evidence = "<b>called</b> refund before find_order";
    const [compared, grown] = [report.comparison, { baseline: 0.1, candidate: 0.4, delta: 0.3, p: 0.001 }];
    if (compared === null) throw new Error("the report compares");
    const failures = {
      "tool-choice": {
        trials: 7,
        cases: ["refund-07", "angry-02"],
        clusters: [{ trials: 4, case: "refund-07", trial: 2, evidence, tool: "refund" }],
      },
      format: { trials: 1, cases: ["hours-01"], clusters: [] },
    };
    const comparison = {
      ...compared,
      failures: [{ class: "tool-choice" as const, ...grown, low: 0.2, high: 0.4, significant: true }],
    };
    await shown(fakeSource(indexDocument(), { changes: { failures, comparison } }));
    const section = root.querySelector<HTMLElement>('[aria-label="why trials failed"]');
    const cells = Array.from(section?.querySelectorAll("tbody tr") ?? [], (row) => row.textContent);
    expect(cells).toEqual(["tool-choice7210.0 % → 40.0 % of trials, +30.0 points", "format11did not grow"]);
    expect(section?.textContent).toContain(`4 trials like refund-07/2: ${evidence}`);
    await act(() => section?.querySelector<HTMLElement>("tbody a")?.click());
    await settled();
    expect(route.value).toEqual({ view: "run", key: "3f9c21aa", query: "class:tool-choice" });
    expect(Array.from(root.querySelectorAll(".row a"), (one) => one.textContent)).toEqual([
      "refund-07",
      "angry-02",
    ]);
    await act(() => root.querySelector<HTMLElement>(".clusters a")?.click());
    await settled();
    expect(route.value).toMatchObject({ view: "trial", id: "refund-07", side: "now", trial: 2 });
  });

  it("lists its keys, and none of them works while the list is open", async () => {
    await shown(fakeSource(indexDocument()));
    await press("?");
    const help = document.querySelector("dialog")?.textContent ?? "";
    for (const word of ["search", "next", "go back", "open the selected row", "score.NAME"])
      expect(help).toContain(word);
  });

  it("draws only the rows in sight of a hundred thousand cases", async () => {
    const many = 100_000;
    const ids = Array.from({ length: many }, (_, at) => `case-${at}`);
    const index = indexDocument({
      ...{ ids, inputs: [], tag_set_of: ids.map(() => 0), scores: [[], []], latency_ms: [], before: null },
      now: { width: 1, marks: "p".repeat(many), passed: [], answered: [] },
      changes: "-".repeat(many),
    });
    await shown(fakeSource(index));
    expect(text()).toContain("100,000 cases");
    expect(root.querySelectorAll(".row").length).toBeLessThan(40);
    await press("G");
    // Without a layout no scroll event is sent.
    await act(() => root.querySelector(".grid")?.dispatchEvent(new Event("scroll")));
    await settled(40);
    expect(selected()).toBe("case-99999");
  });

  it("shows everything that others wrote as text, in every view", async () => {
    const evil = `</script><img src=x onerror="window.owned=1"><b>bold</b>`;
    const index = indexDocument({
      ids: [evil, "b", "c", "d", "e"],
      inputs: Array(5).fill(evil),
      tags: [evil, "x", "y"],
      scorers: [evil, "z"],
    });
    for (const hash of [
      "",
      `#/run/3f9c21aa?q=${encodeURIComponent(evil)}`,
      `#/run/3f9c21aa/case/${encodeURIComponent(evil)}`,
      `#/run/3f9c21aa/case/${encodeURIComponent(evil)}/now/1`,
      `#/matrix/3f9c21aa,3f9c21aa`,
    ]) {
      await shown(fakeSource(index, { text: evil }), hash);
      expect(text(), hash).toContain("<img src=x");
      expect(root.querySelectorAll("img, b, script, [onerror]"), hash).toHaveLength(0);
      render(null, root);
    }
  });

  it("leads to labels and traffic by keyboard, and shows markup in their texts as text", async () => {
    const evil = '<img src=x onerror="alert(1)">';
    vi.stubGlobal("fetch", async () => new Response("{}", { status: 404 }));
    await shown({ ...fakeSource(indexDocument(), { mode: "live" }), live: fakeLive(evil) }, "#/");
    await press("l");
    expect(route.value).toEqual({ view: "labels" });
    expect(text()).toContain("2 labels");
    for (const key of ["j", "Enter"]) await press(key);
    expect(route.value).toEqual({ view: "labelling", suite: evil, judge: evil });
    for (const key of ["Escape", "Escape", "t"]) await press(key);
    expect(route.value).toEqual({ view: "traffic" });
    for (const key of ["j", "Enter"]) await press(key);
    expect(route.value).toEqual({ view: "trace", id: evil });
    expect(text()).toContain(`passed tone of triage 1: ${evil}`);
    expect(root.querySelectorAll("img, [onerror]")).toHaveLength(0);
    await press("Escape");
    await press("/");
    await type("nobody says this");
    await settled(200);
    expect(root.querySelectorAll(".row")).toHaveLength(0);
  });

  it("opens a file with several targets of one suite on their comparison, with the sure differences", async () => {
    const source = fakeMatrix(indexDocument());
    await shown(source);
    expect(root.querySelector("h1")?.textContent).toBe("2 targets of triage");
    expect(text()).toContain("triage@1.3.0 · small is better than triage@1.2.0 · small by 30.0 points");
    const [other, gated] = Array.from(root.querySelectorAll(".targets tbody tr"), (row) => row.textContent);
    expect(other).toMatch(/^triage@1\.2\.0 · small\s*not gated/);
    expect(gated).toMatch(/^triage@1\.3\.0 · small\s*FAILED: regressed/);
    expect(root.querySelectorAll(".matrix .row")).toHaveLength(5);
    await shown(source, "#/run/51d0a77e");
    await press("Escape");
    expect(root.querySelector("h1")?.textContent).toBe("2 targets of triage");
  });

  it("names the suites of chosen runs that are of several, and does not pass them for targets of one", async () => {
    const source = fakeMatrix(indexDocument());
    const run = async (key: string) => {
      const document = await source.run(key);
      return key === "51d0a77e"
        ? { ...document, summary: { ...document.summary, suite: "tickets" } }
        : document;
    };
    await shown({ ...source, run, start: { ...source.start, matrices: [] } }, "#/matrix/51d0a77e,3f9c21aa");
    expect(root.querySelector("h1")?.textContent).toBe("2 targets of tickets, triage");
    expect(text()).toContain("their rates are not compared");
    const [other] = Array.from(root.querySelectorAll(".targets tbody tr"), (row) => row.textContent);
    expect(other).toMatch(/^tickets · /);
  });

  it("says once why a comparison cannot be shown", async () => {
    const source = fakeSource(indexDocument());
    const fail = async () => {
      throw new Error("the two sides have the same answers");
    };
    await shown({ ...source, run: fail, runAtHand: () => null, index: fail }, "#/compare/51d0a77e/3f9c21aa");
    expect(root.querySelectorAll('[role="alert"]')).toHaveLength(1);
    expect(text()).toContain("the two sides have the same answers");
  });

  describe("has a heading and a way back at an address", () => {
    const fake = (): PageSource => {
      const source = fakeSource(indexDocument(), { mode: "live" });
      const fail = async (key: string): Promise<never> => {
        throw new Error(`There is no run ${key}.`);
      };
      const only = <T,>(get: (key: string) => Promise<T>) => {
        return (key: string) => (key === "3f9c21aa" ? get(key) : fail(key));
      };
      return {
        ...source,
        run: only(source.run),
        index: only(source.index),
        runAtHand: () => null,
        live: { ...fakeLive("t"), trace: fail },
        trial: async () => null,
      };
    };

    it.each([
      ["of an unknown run", "#/run/ffff", "Run ffff", "There is no run ffff.", "#/"],
      [
        "that compares unknown runs",
        "#/compare/aa/ffff",
        "Run ffff compared with aa",
        "no run aa..ffff.",
        "#/",
      ],
      ["of a case of an unknown run", "#/run/ffff/case/a", "a", "There is no run ffff.", "#/"],
      ["of a trial of an unknown run", "#/run/ffff/case/a/now/1", "a, trial 1", "no run ffff.", "#/"],
      [
        "of a matrix with an unknown run",
        "#/matrix/3f9c21aa,ffff",
        "Runs 3f9c21aa, ffff",
        "no run ffff.",
        "#/",
      ],
      ["of an unknown trace", "#/traffic/ffff", "Trace ffff", "There is no run ffff.", "#/"],
      [
        "of an unknown case",
        "#/run/3f9c21aa/case/none",
        "none",
        "has no case of this name",
        "#/run/3f9c21aa",
      ],
      [
        "of a trial of an unknown case",
        "#/run/3f9c21aa/case/none/now/1",
        "none, trial 1",
        "has no case of this name",
        "#/run/3f9c21aa",
      ],
      [
        "of an unknown trial",
        "#/run/3f9c21aa/case/refund-07/now/99",
        "refund-07, trial 99",
        "This trial is not in the page",
        "#/run/3f9c21aa/case/refund-07",
      ],
    ])("%s", async (_, hash, heading, why, back) => {
      await shown(fake(), hash);
      expect(Array.from(root.querySelectorAll("h1"), (one) => one.textContent?.trim())).toEqual([heading]);
      expect(document.activeElement?.tagName).toBe("H1");
      expect(text()).toContain(why);
      expect(Array.from(root.querySelectorAll("main a"), (one) => one.getAttribute("href"))).toEqual([back]);
      await press("Escape");
      expect(location.hash).not.toBe(hash);
    });

    it("of a run that a file with one run does not have", async () => {
      const { start } = fakeSource(indexDocument());
      await shown(fileSource(start, document), "#/run/ffff");
      expect(root.querySelector("h1")?.textContent).toBe("Run ffff");
      expect(text()).toContain("Run ffff is not in this file.");
      expect(root.querySelector("main a")?.getAttribute("href")).toBe("#/");
      await shown(fakeSource(indexDocument()), "#/run/ffff");
      await press("Escape");
      expect(route.value.view).toBe("home");
    });
  });

  it("says of a search which word is no condition", async () => {
    await shown(fakeSource(indexDocument()), "#/run/3f9c21aa?q=staus%3Afailing");
    expect(text()).toContain('"staus:failing" is no condition of this run');
  });

  it("links the comparison from the card of its suite when a file has other runs too", async () => {
    const source = fakeMatrix(indexDocument());
    const another = { ...summary, id: "77aa0001", suite: "tickets", name: "tickets" };
    const runs = [...source.start.runs, { key: another.id, summary: another }];
    const home = { runs: runs.map((one) => one.summary), more: false };
    await shown({
      ...source,
      start: { ...source.start, runs },
      home: async () => home,
      homeAtHand: () => home,
    });
    const [card, other] = root.querySelectorAll(".suites li");
    expect(card?.textContent).toMatch(/^triage FAILED: regressed.*2 targets compared$/s);
    expect(card?.querySelector("a")?.getAttribute("href")).toBe("#/run/3f9c21aa");
    expect(card?.querySelector('a[href="#/matrix/51d0a77e,3f9c21aa"]')).not.toBeNull();
    expect(other?.textContent).not.toContain("compared");
  });

  it("has neither labels nor traffic in a file", async () => {
    await shown(fakeSource(indexDocument()), "#/traffic");
    expect(root.querySelector("h1")?.textContent).toBe("FAILED triage: regressed");
  });

  it("shows more of a cut text on request", async () => {
    await shown(
      fakeSource(indexDocument(), { text: "0123456789 and the rest of it" }),
      "#/run/3f9c21aa/case/angry-02/now/1",
    );
    expect(text()).not.toContain("and the rest of it");
    const more = Array.from(root.querySelectorAll("button")).find((one) => one.textContent === "show more");
    await act(() => more?.click());
    await settled();
    expect(text()).toContain("0123456789 and the rest of it");
  });

  it("shows the list of runs in its first rendering, and loads the newest run before it is opened", async () => {
    const fake = fakeSource(indexDocument(), { mode: "live" });
    const asked: string[] = [];
    const never = new Promise<never>(() => {});
    await shown({
      ...fake,
      home: () => never,
      run: (key) => {
        asked.push(key);
        return never;
      },
    });
    expect(root.querySelectorAll(".runs .row")).toHaveLength(2);
    expect(asked).toEqual(["3f9c21aa"]);
  });

  it("lists runs, chooses two of them, and compares the older with the newer", async () => {
    await shown(fakeSource(indexDocument(), { mode: "live" }));
    expect(text()).toContain("All runs");
    for (const key of ["j", "x", "j", "x", "c"]) await press(key);
    expect(route.value).toEqual({ view: "run", key: "51d0a77e..3f9c21aa", query: "" });
  });
});
