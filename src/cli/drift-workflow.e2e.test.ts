import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { putPrograms, runJob, workflowOf } from "./testing/workflow.ts";

const PAGE = readFileSync(fileURLToPath(new URL("../../docs/ci.md", import.meta.url)), "utf8");

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "evals-drift-"));
  for (const folder of ["bin", "temp", "work", "issues"]) mkdirSync(join(place, folder));
  putPrograms(join(place, "bin"), {
    npm: "exit 0\n",
    npx: '[ "$1 $2 $3" = "--no-install evals drift" ] || exit 9\necho "said: $SAYS"\nexit "$ENDS"\n',
    gh: GH,
    curl: CURL,
  });
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

/** A fake `gh` that keeps at most one issue, number 7, as a file. */
const GH = `[ -n "$GH_TOKEN" ] || exit 4
[ "$1" = label ] && exit 0
echo "$2" >> "$ISSUES/log"
file=""; title=""
while [ $# -gt 0 ]; do
  case "$1" in
    --body-file) file=$2 ;;
    --title) title=$2 ;;
  esac
  shift
done
case "$(tail -n 1 "$ISSUES/log")" in
  list) [ -f "$ISSUES/7" ] && printf '[{"number":3,"title":"Drift of evals: other"},{"number":7,"title":"%s"}]' "$(cat "$ISSUES/title")" || echo '[]' ;;
  create) echo "$title" > "$ISSUES/title"; cp "$file" "$ISSUES/7" ;;
  edit) cp "$file" "$ISSUES/7" ;;
esac
`;

const CURL = `method=GET; file=""
while [ $# -gt 0 ]; do
  case "$1" in
    --request) method=$2; shift ;;
    --data-urlencode) case "$2" in title=*) echo "\${2#title=}" > "$ISSUES/title" ;; description@*) file=\${2#description@} ;; esac; shift ;;
    --header|--output) shift ;;
    --*) ;;
    *) url=$1 ;;
  esac
  shift
done
echo "$method \${url#https://gitlab.example}" >> "$ISSUES/log"
case "$method" in
  GET) [ -f "$ISSUES/7" ] && printf '[{"iid":7,"title":"%s"}]' "$(cat "$ISSUES/title")" || echo '[]' ;;
  *) cp "$file" "$ISSUES/7" ;;
esac
`;

const issue = (): string | null =>
  existsSync(join(place, "issues/7")) ? readFileSync(join(place, "issues/7"), "utf8") : null;
const log = (): string[] => readFileSync(join(place, "issues/log"), "utf8").trim().split("\n");

function onGitHub(code: number, output: string): number {
  const text = workflowOf(PAGE, ".github/workflows/evals-drift.yml");
  const { drift } = (parse(text) as { jobs: { drift: { steps: []; env: Record<string, string> } } }).jobs;
  const github = { token: "t0ken", run_id: "1", repository: "acme/bot", server_url: "https://github.com" };
  const ran = runJob(
    drift.steps,
    { github, secrets: { OPENAI_API_KEY: "k" } },
    {
      ...{ cwd: join(place, "work"), temp: join(place, "temp"), bin: join(place, "bin") },
      env: { ...drift.env, ISSUES: join(place, "issues"), SAYS: output, ENDS: String(code) },
    },
  );
  for (const one of ran.slice(0, -1)) expect(one.code, `${one.name}: ${one.out}`).toBe(0);
  return ran.at(-1)?.code ?? -1;
}

function onGitLab(code: number, output: string): number | null {
  const page = PAGE.replace("# .gitlab-ci.yml (every night)", "# nightly.yml");
  const job = (parse(workflowOf(page, "nightly.yml")) as { "evals-drift": { script: string[] } })[
    "evals-drift"
  ];
  return spawnSync("bash", ["-eo", "pipefail", "-c", job.script.join("\n")], {
    cwd: join(place, "work"),
    env: {
      ...process.env,
      PATH: `${join(place, "bin")}${delimiter}${process.env.PATH}`,
      ...{ CI_API_V4_URL: "https://gitlab.example", CI_PROJECT_ID: "1", EVALS_GITLAB_TOKEN: "t", SUITE: "s" },
      ...{ ISSUES: join(place, "issues"), SAYS: output, ENDS: String(code) },
    },
  }).status;
}

/** The steps are written for bash. */
describe.skipIf(process.platform === "win32")("the nightly job of docs/ci.md", () => {
  it.each([
    ["GitHub", onGitHub, ["list", "list", "create", "list", "edit", "list", "edit"]],
    [
      "GitLab",
      onGitLab,
      ["GET", "GET", "POST", "GET", "PUT", "GET", "PUT"].map(
        (method) =>
          `${method} /projects/1/issues${{ GET: "?labels=evals-drift&state=opened&per_page=100", PUT: "/7" }[method] ?? ""}`,
      ),
    ],
  ] as const)("on %s opens one issue at the first drift and keeps it up to date", (_, night, calls) => {
    expect(night(0, "no drift")).toBe(0);
    expect(issue()).toBeNull();
    expect(night(1, "DRIFT, worse")).toBe(1);
    expect(issue()).toContain("    said: DRIFT, worse");
    expect(night(1, "DRIFT, much worse")).toBe(1);
    expect(issue()).toContain("much worse");
    expect(night(0, "it is over")).toBe(0);
    expect(issue()).toContain("it is over");
    expect(log()).toEqual(calls);
  });

  it.each([
    ["GitHub", onGitHub],
    ["GitLab", onGitLab],
  ] as const)("on %s opens no issue for a mistake, and ends with its code", (_, night) => {
    expect(night(2, "a mistake")).toBe(2);
    expect(issue()).toBeNull();
  });
});
