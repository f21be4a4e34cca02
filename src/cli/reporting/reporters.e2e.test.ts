import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readPage } from "../../page/testing/read-page.ts";
import { elementsOf, parseXml } from "../../reports/testing/xml.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

const open: Scenario[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.remove();
});
const at = (repository: string | null): Scenario => {
  const one = scenario(repository);
  open.push(one);
  return one;
};

const FILES =
  "--reporter junit=out/a.xml --reporter markdown=out/a.md --reporter html=out/a.html --reporter json=out/a.json --reporter github=out/a.txt";

describe("--reporter", () => {
  it("writes several files in addition to the terminal report, all about the same run", async () => {
    const repo = at("critical-case-fails");
    const alone = at("critical-case-fails");
    const ended = await repo.evals(`run --reporter terminal ${FILES}`);
    expect(ended.exit).toBe(1);
    expect(ended.stdout).toBe((await alone.evals("run")).stdout);
    const [run] = JSON.parse(repo.read("out/a.json")).runs;
    const failing = run.worst.map((one: { id: string }) => one.id);
    expect(failing.length).toBeGreaterThan(0);
    const blamed = elementsOf(parseXml(repo.read("out/a.xml")), "testcase").filter(
      ({ children, attributes }) =>
        children.some(({ name }) => name === "failure") && attributes.classname === "triage",
    );
    for (const { attributes } of blamed) expect(failing).toContain(attributes.name);
    expect(blamed.length).toBeGreaterThan(0);
    for (const file of ["out/a.md", "out/a.html", "out/a.txt"]) {
      const text = repo.read(file);
      expect(text, file).toContain("FAILED");
      for (const id of failing) expect(text, `${id} in ${file}`).toContain(id);
    }
    for (const file of ["out/a.md", "out/a.html"]) expect(repo.read(file)).toContain(run.id);
  });

  it("prints only a document when only that is requested", async () => {
    const repo = at("critical-case-fails");
    const junit = await repo.evals("run --reporter junit");
    expect(elementsOf(parseXml(junit.stdout), "testcase").length).toBeGreaterThan(2);
    const markdown = await repo.evals("run --reporter markdown");
    expect(markdown.stdout).toMatch(/^<!-- evals:triage -->\n## FAILED: triage/);
    const json = await repo.evals("run --reporter json");
    expect(JSON.parse(json.stdout)).toMatchObject({ schema: "evals.run/1", exit: 1 });
  });

  it.each(["junit", "markdown", "json", "html"])("prints %s for a file named -", async (name) => {
    const repo = at("critical-case-fails");
    const { stdout, exit } = await repo.evals(`run --reporter ${name}=-`);
    const past = await repo.evals(`report latest --format ${name} --output -`);
    for (const text of [stdout, past.stdout]) {
      expect(text).toMatch(/^(?:<\?xml|<!-- evals:triage|\{|<!doctype html>)/);
    }
    expect([exit, past.exit, existsSync(join(repo.root, "-"))]).toEqual([1, 0, false]);
  });

  it("writes the page to a default file when none is named, and prints its path", async () => {
    const repo = at("critical-case-fails");
    const { stdout, stderr } = await repo.evals("run --reporter html");
    expect(stdout).toMatch(/^FAILED/);
    const path = /^report: (.*)$/m.exec(stderr)?.[1] ?? "";
    expect(path).toMatch(/^\.evals\/reports\/[0-9a-f]{8}\.html$/);
    expect(repo.read(path)).toMatch(/^<!doctype html>/);
  });

  it("with --json prints one document to stdout, and still writes files", async () => {
    const repo = at("critical-case-fails");
    const { stdout } = await repo.evals(`run --json --reporter json --reporter junit=out/a.xml`);
    expect(JSON.parse(stdout).runs).toHaveLength(1);
    parseXml(repo.read("out/a.xml"));
  });

  it.each([
    ["--reporter json --reporter junit", "--reporter json and --reporter junit"],
    ["--reporter html=- --reporter markdown", "--reporter html and --reporter markdown"],
    ["--reporter junit --reporter junit", "--reporter junit and --reporter junit"],
    ["--json --reporter markdown", "--json and --reporter markdown"],
    ["--json --reporter json --reporter html=-", "--json and --reporter html"],
  ])("refuses more than one document on stdout: %s", async (options, named) => {
    const repo = at("critical-case-fails");
    const { exit, stdout, stderr } = await repo.evals(`run ${options}`);
    expect(exit).toBe(2);
    expect(`${stdout}${stderr}`).toContain(`${named} write to stdout.`);
    expect(existsSync(join(repo.root, ".evals"))).toBe(false);
  });

  it("puts all runs of several suites into one document of each kind", async () => {
    const repo = at("several-suites");
    await repo.evals(`run ${FILES}`);
    const { runs } = JSON.parse(repo.read("out/a.json"));
    expect(runs.length).toBeGreaterThan(1);
    expect(repo.read("out/a.md").match(/^<!-- evals:/gm)).toHaveLength(runs.length);
    const page = readPage(repo.read("out/a.html"));
    expect(page.runs.map(({ key }) => key)).toEqual(runs.map(({ id }: { id: string }) => id));
    const suites = elementsOf(parseXml(repo.read("out/a.xml")), "testsuite");
    expect(suites).toHaveLength(runs.length * 2);
    const names = elementsOf(parseXml(repo.read("out/a.xml")), "testcase").map(
      ({ attributes: { classname, name } }) => `${classname} ${name}`,
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it("resolves files relative to the directory of -C", async () => {
    const repo = at(null);
    cpSync(
      new URL("../../../fixtures/repos/critical-case-fails", import.meta.url),
      join(repo.root, "apps/bot"),
      {
        recursive: true,
      },
    );
    await repo.evals("-C apps/bot run --reporter junit=out/a.xml");
    expect(existsSync(join(repo.root, "apps/bot/out/a.xml"))).toBe(true);
    await repo.evals("-C apps/bot report latest --format markdown --output out/a.md");
    expect(existsSync(join(repo.root, "apps/bot/out/a.md"))).toBe(true);
    expect(existsSync(join(repo.root, "out"))).toBe(false);
  });
});

describe("a report that cannot be written", () => {
  it("is a mistake before anything is run, with all such mistakes at once", async () => {
    const repo = at("critical-case-fails");
    mkdirSync(join(repo.root, "taken"));
    const ended = await repo.evals(
      "run --reporter junit=evalconfig.yaml/a.xml --reporter markdown=taken --reporter html=out/a.html",
    );
    expect([ended.exit, ended.stdout]).toEqual([2, ""]);
    expect(existsSync(join(repo.root, ".evals"))).toBe(false);
    expect(existsSync(join(repo.root, "out/a.html"))).toBe(false);
    const named = await repo.evals(
      "run --reporter junit= --reporter markdwn=a.md --reporter html=a.txt --reporter github=./a.txt",
    );
    expect(named.exit).toBe(2);
    expect((await repo.evals("run --json --reporter junit=taken")).exit).toBe(2);
    repo.matches("reports-that-cannot-be-written");
  });

  it("leaves an older report as it is", async () => {
    const repo = at("critical-case-fails");
    repo.write("old.xml", "<old/>");
    mkdirSync(join(repo.root, "taken"));
    await repo.evals("run --reporter junit=old.xml --reporter markdown=taken");
    expect(repo.read("old.xml")).toBe("<old/>");
  });

  it("is reported after the run; the other reports are written, and a passed gate does not end with 0", async () => {
    for (const [repository, exit] of [
      ["every-case-passes", 3],
      ["critical-case-fails", 1],
    ] as const) {
      const repo = at(repository);
      const file = join(repo.root, "out/a.xml");
      let ids = 0;
      // When the run begins and requests its id, the report's folder is replaced by a file.
      const randomHex = (bytes: number): string => {
        rmSync(dirname(file), { recursive: true, force: true });
        writeFileSync(dirname(file), "");
        return (++ids).toString(16).padStart(bytes * 2, "0");
      };
      const ended = await repo.evals("run --json --reporter junit=out/a.xml --reporter markdown=a.md", {
        randomHex,
      });
      expect(ended.exit).toBe(exit);
      expect(JSON.parse(ended.stdout).exit).toBe(exit);
      expect(ended.stderr).toContain("EVALS_REPORT_UNWRITABLE");
      expect(repo.read("a.md")).toContain("<!-- evals:");
    }
  });
});

describe("--reporter github", () => {
  const inGit = (repository: string): Scenario => {
    const repo = at(null);
    cpSync(new URL(`../../../fixtures/repos/${repository}`, import.meta.url), join(repo.root, "apps/bot"), {
      recursive: true,
    });
    execFileSync("git", ["init", "-q", repo.root]);
    repo.write("summary.md", "before\n");
    return repo;
  };

  it("adds to the step's summary, and annotates the dataset's lines with paths from the repository's root", async () => {
    const repo = inGit("critical-case-fails");
    const env = { GITHUB_STEP_SUMMARY: join(repo.root, "summary.md") };
    const { stdout } = await repo.evals("-C apps/bot run --reporter github", { env });
    expect(stdout).toMatch(/^FAILED {2}triage/);
    const lines = stdout.match(/^::\w+ .*$/gm) ?? [];
    expect(lines[0]).toMatch(/^::notice title=FAILED triage::/);
    const [, file = "", line = "", id = ""] =
      /^::error file=([^,]*),line=(\d+),title=([^:]*)::/.exec(lines[1] ?? "") ?? [];
    expect(file).toBe("apps/bot/datasets/tickets.jsonl");
    expect(JSON.parse(repo.read(file).split("\n")[Number(line) - 1] ?? "").id).toBe(id);
    expect(repo.read("summary.md")).toMatch(/^before\n<!-- evals:triage -->\n## FAILED: triage/);
    repo.matches("github-annotations");
  });

  it("under --json prints its commands to stderr, which GitHub reads too", async () => {
    const repo = inGit("critical-case-fails");
    const { stdout, stderr } = await repo.evals("-C apps/bot run --json --reporter github");
    expect(JSON.parse(stdout).runs).toHaveLength(1);
    expect(stderr).toMatch(/^::error file=apps\/bot\/datasets\/tickets.jsonl,line=/m);
  });

  it("lets no answer write a workflow command, on the terminal or in a report", async () => {
    const repo = inGit("hostile-answer");
    const summary = join(repo.root, "summary.md");
    await repo.evals(`-C apps/bot run --reporter github ${FILES}`, { env: { GITHUB_STEP_SUMMARY: summary } });
    for (const file of ["apps/bot/out/a.xml", "apps/bot/out/a.md", "apps/bot/out/a.txt", "summary.md"]) {
      const others = repo.read(file).replace(/^::(error|notice) [^\n]*\n/gm, "");
      expect(others, file).not.toMatch(/^\s*::|##\[|##vso\[/m);
    }
    parseXml(repo.read("apps/bot/out/a.xml"));
  });

  it("reports when the step's summary cannot be written or is full, and continues", async () => {
    const repo = inGit("critical-case-fails");
    const gone = await repo.evals("-C apps/bot run --reporter github", {
      env: { GITHUB_STEP_SUMMARY: repo.root },
    });
    expect([gone.exit, gone.stderr.includes("summary of this step cannot be written (EISDIR)")]).toEqual([
      1,
      true,
    ]);
    repo.write("summary.md", "x".repeat(1024 * 1024));
    const full = await repo.evals("-C apps/bot run --reporter github", {
      env: { GITHUB_STEP_SUMMARY: join(repo.root, "summary.md") },
    });
    expect([full.exit, full.stderr.includes("summary of this step is full")]).toEqual([1, true]);
  });
});

const TERMINAL = { stdoutIsTerminal: true };

describe("evals report", () => {
  it("writes the same for a past run as the run itself would have written", async () => {
    const repo = at("critical-case-fails");
    await repo.evals(`run ${FILES}`);
    for (const [format, file] of [
      ["junit", "out/a.xml"],
      ["markdown", "out/a.md"],
      ["json", "out/a.json"],
    ] as const) {
      expect((await repo.evals(`report latest --format ${format}`)).stdout, format).toBe(repo.read(file));
    }
    expect((await repo.evals("report latest --format html")).stdout).toBe(repo.read("out/a.html"));
    expect((await repo.evals("report latest")).stdout).toBe(repo.read("out/a.html"));
    expect(existsSync(join(repo.root, ".evals/reports"))).toBe(false);
    const { exit, stdout, stderr } = await repo.evals("report latest", TERMINAL);
    expect([exit, stdout]).toEqual([0, ""]);
    const page = repo.read(stderr.replace(/^report: (.*)\n$/, "$1"));
    expect(page).toBe(repo.read("out/a.html"));
    expect(readPage(page).answers[0]?.map((one) => one.case.now.trials.length)).toEqual([2, 2, 2, 2]);
  });

  it("writes one run compared with another", async () => {
    const repo = at("critical-case-fails");
    await repo.evals("run");
    await repo.evals("run --no-cache");
    const { runs } = JSON.parse((await repo.evals("history --json")).stdout);
    const [newer, older] = runs.map(({ id }: { id: string }) => id);
    expect((await repo.evals(`report ${older} ${newer} --output both.html`)).exit).toBe(0);
    const page = readPage(repo.read("both.html"));
    expect(page.start.runs.map(({ key }) => key)).toEqual([`${older}..${newer}`]);
    expect(page.runs[0]?.report.comparison?.baseline.run).toBe(older);
    expect(page.indexes[0]?.before?.marks).toBe(page.indexes[0]?.now.marks);
    expect((await repo.evals(`report ${older} ffff`)).exit).toBe(2);
  });

  it("writes a page unless the file's name or --format says otherwise", async () => {
    const repo = at("critical-case-fails");
    await repo.evals("run");
    expect((await repo.evals("report latest --format html", TERMINAL)).stderr).toMatch(
      /^report: \.evals\/reports\/[0-9a-f]{8}\.html\n$/,
    );
    for (const [file, begins] of [
      ["a.xml", "<?xml"],
      ["a.md", "<!-- evals:"],
      ["a.json", "{"],
      ["a.page", "<!doctype html>"],
    ] as const) {
      await repo.evals(`report latest --output ${file}`);
      expect(repo.read(file).startsWith(begins), file).toBe(true);
    }
    await repo.evals("report latest --format json --output b.xml");
    expect(repo.read("b.xml").startsWith("{")).toBe(true);
  });

  it("refuses an unknown format, an unknown run and a file that cannot be written", async () => {
    const repo = at("critical-case-fails");
    await repo.evals("run");
    expect((await repo.evals("report latest --format htm")).exit).toBe(2);
    expect((await repo.evals("report ffff --format html")).exit).toBe(2);
    expect((await repo.evals("report latest --format html --output evalconfig.yaml/a.html")).exit).toBe(2);
    repo.matches("report-mistakes");
  });
});
