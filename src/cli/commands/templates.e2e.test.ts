import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelServer, modelServer } from "../../providers/testing/model-server.ts";
import { type GitProject, preparedProject } from "../testing/git-project.ts";

/**
 * Every place for a template in a project: how to write a template there, and the location of its first
 * character.
 */
const PLACES = {
  "a prompt": { path: "prompts/q/2.0.0.md", line: 2 },
  "a request body": { path: "evalconfig.yaml", line: 5 },
  "an address": { path: "evalconfig.yaml", line: 4 },
  "a header": { path: "evalconfig.yaml", line: 6 },
} as const;
type Place = keyof typeof PLACES;

let server: ModelServer;
let project: GitProject;

const config = (templates: Partial<Record<Place, string>>, more = ""): string => `${more}models:
  bot:
    provider: http
    url: ${JSON.stringify(`http://127.0.0.1:${server.port}/${templates["an address"] ?? ""}`)}
    body: { model: m, messages: [{ role: user, content: ${JSON.stringify(templates["a request body"] ?? "{{ messages[0].content }}")} }] }
    headers: { x-asks: ${JSON.stringify(templates["a header"] ?? "a person")} }
    answer: "$.choices[0].message.content"
    version: "1"
`;
const SUITE = "dataset: d\nprompt: q\nmodel: bot\nscorers:\n  - { type: equals, value: yes }\n";

beforeAll(async () => {
  server = await modelServer(() => "yes");
  project = await preparedProject(
    {
      ".gitignore": ".evals/\n",
      "evalconfig.yaml": "",
      "evals/s.yaml": SUITE,
      "datasets/d.jsonl": '{"id":"c1","input":{"n":1,"when":"now"}}\n',
      "prompts/q/1.0.0.md": "user:\n{{ input.n }}\n",
    },
    [],
  );
});
afterAll(async () => {
  project.remove();
  await server.close();
});

function write(place: Place, source: string, more = ""): void {
  project.write("prompts/q/2.0.0.md", `user:\n${place === "a prompt" ? source : "{{ input.n }}"}\n`);
  project.write("evalconfig.yaml", config({ [place]: source }, more));
}

describe.each(Object.keys(PLACES) as Place[])("a template in %s", (place) => {
  it.each([
    ["{% for i in (1..900000000) %}x{% endfor %}", /20 million/],
    [`{% for i in (1..900000) %}${"long text ".repeat(4)}{% endfor %}`, /20 million/],
    ["{{ 'now' | date: '%Y' }}", /time of day/],
    ["{{ input.when | date: '%Y' }}", /time of day/],
    ["{% assign t = 'today' %}{{ t | date_to_string }}", /time of day/],
    ["{{ input.n | sample }}", /sample/],
  ])("is refused at its place: %s", async (source, pattern) => {
    write(place, source);
    for (const command of ["check", "run"]) {
      const { exit, document } = await project.json([command]);
      expect(exit).toBe(2);
      expect(document.problems).toEqual([expect.objectContaining({ ...PLACES[place] })]);
      expect(document.problems[0].what).toMatch(pattern);
    }
  });

  it("uses the clock that the project or the suite sets, and no other", async () => {
    write(place, `${place} {{ clock | date: '%d.%m.%Y' }}`);
    expect(await project.json(["run"])).toMatchObject({ exit: 2, document: { problems: [PLACES[place]] } });

    write(place, `${place} {{ clock | date: '%d.%m.%Y' }}`, "clock: 2026-11-29T09:00Z\n");
    const first = await project.json(["run"]);
    const again = await project.json(["run"]);
    expect([first.exit, again.exit]).toEqual([0, 0]);
    expect(again.document.runs[0].counts.cached).toBe(1);
    expect(again.document.runs[0].fingerprint).toBe(first.document.runs[0].fingerprint);

    project.write("evals/s.yaml", `clock: 2027-01-01T00:00Z\n${SUITE}`);
    const other = await project.json(["run"]);
    project.write("evals/s.yaml", SUITE);
    expect(other.document.runs[0].counts.cached).toBe(0);
    expect(other.document.runs[0].fingerprint).not.toBe(first.document.runs[0].fingerprint);
  });

  it("that does not use the clock has the same keys for any clock", async () => {
    write(place, "{{ input.n }}");
    const without = await project.json(["run"]);
    write(place, "{{ input.n }}", "clock: 2026-11-29T09:00Z\n");
    const fixed = await project.json(["run"]);
    expect(fixed.document.runs[0].fingerprint).toBe(without.document.runs[0].fingerprint);
  });
});
