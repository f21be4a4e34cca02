import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  type Checkout,
  type GitProject,
  gitProject,
  ownGit,
  preparedProject,
  projectFiles,
  promptText,
} from "./testing/git-project.ts";
import { putPrograms, type RanStep, runJob, workflowOf } from "./testing/workflow.ts";

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = readFileSync(join(PACKAGE, "docs/ci.md"), "utf8");

/** The steps are written for bash. */
const onUnix = describe.skipIf(process.platform === "win32");

let program: string;
let restore: () => void;
let repo: GitProject;
let temp: string;

/** The program as a process of its own, as a CI step starts it. */
beforeAll(async () => {
  program = mkdtempSync(join(PACKAGE, "node_modules/.evals-ci-"));
  await build({
    entryPoints: {
      main: join(PACKAGE, "src/cli/main.ts"),
      "thread-entry": join(PACKAGE, "src/modules/thread-entry.ts"),
    },
    outdir: program,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    external: ["better-sqlite3", "jiti"],
    define: { EVALS_VERSION: '"0.0.0"' },
    banner: { js: 'import{createRequire as __r}from"node:module";const require=__r(import.meta.url);' },
    logLevel: "error",
  });
  cpSync(join(PACKAGE, "dist/page"), join(program, "page"), { recursive: true });
  writeFileSync(
    join(program, "evals.mjs"),
    'import { main } from "./main.js";\nprocess.exitCode = await main(process.argv.slice(2));\n',
  );
});
afterAll(() => rmSync(program, { recursive: true, force: true }));
beforeEach(() => {
  restore = ownGit();
  temp = mkdtempSync(join(tmpdir(), "evals-ci-"));
  mkdirSync(join(temp, "comments"));
  putPrograms(join(temp, "bin"), {
    npx: `[ "$1" = --no-install ] && [ "$2" = evals ] || { echo "npx $*" >&2; exit 9; }\nshift 2\nexec "${process.execPath}" "${program}/evals.mjs" "$@"\n`,
    npm: "exit 0\n",
    gh: GH,
    curl: CURL,
  });
});
afterEach(() => {
  repo.remove();
  restore();
  rmSync(temp, { recursive: true, force: true });
});

/** A fake `gh` that keeps comments as files: `<id>` has the text, `<id>.user` the author. */
const GH = `cd "$COMMENTS" || exit 1
[ -z "$READ_ONLY" ] || { [[ "$*" == *--method* ]] && { echo "HTTP 403" >&2; exit 1; }; }
method=GET; body=""; path=""; filter=""
shift
while [ $# -gt 0 ]; do
  case "$1" in
    --method) method=$2; shift ;;
    --jq) filter=$2; shift ;;
    -F) body=\${2#body=@}; shift ;;
    --paginate|--silent) ;;
    *) path=$1 ;;
  esac
  shift
done
[ -n "$GH_TOKEN" ] || { echo "no token" >&2; exit 4; }
echo "$method $path" >> log
case "$method" in
  GET)
    marker=$(sed -E 's/.*startswith\\("([^"]*)"\\).*/\\1/' <<< "$filter")
    for file in [0-9]; do
      [ -f "$file" ] && [ "$(cat "$file.user")" = Bot ] && [[ "$(head -n 1 "$file")" == "$marker"* ]] && echo "$file"
    done
    exit 0 ;;
  POST) id=$(ls [0-9] 2> /dev/null | wc -l); cp "$OLDPWD/$body" "$id"; echo Bot > "$id.user" ;;
  PATCH) cp "$OLDPWD/$body" "\${path##*/}" ;;
esac
`;

/** A fake `curl` that keeps GitLab's notes in the same way as `GH` keeps comments. */
const CURL = `cd "$COMMENTS" || exit 1
method=GET; url=""; body=""
while [ $# -gt 0 ]; do
  case "$1" in
    --request) method=$2; shift ;;
    --header) [[ "$2" == "PRIVATE-TOKEN: t0ken" ]] || exit 22; shift ;;
    --data-urlencode) body=\${2#body@}; shift ;;
    --output) shift ;;
    --*) ;;
    *) url=$1 ;;
  esac
  shift
done
echo "$method $url" >> log
case "$method" in
  GET)
    node -e 'const fs = require("fs"); console.log(JSON.stringify(fs.readdirSync(".").filter((f) => /^\\d+$/.test(f)).map((f) => ({ id: +f, body: fs.readFileSync(f, "utf8"), author: { username: fs.readFileSync(f + ".user", "utf8").trim() } }))))' ;;
  POST) id=$(ls [0-9] 2> /dev/null | wc -l); cp "$OLDPWD/$body" "$id"; echo project_1_bot_x > "$id.user" ;;
  PUT) cp "$OLDPWD/$body" "\${url##*/}" ;;
esac
`;

async function promoteFirst(): Promise<void> {
  repo = await preparedProject(projectFiles(), [["run"], ["promote", "--as", "v1"]]);
  repo.git("push", "-q", "origin", "main", "--tags");
}

/** Pushes a change and returns a pull request's checkout: one commit, without the base branch. */
function change(files: Record<string, string>, branch = "change"): Checkout {
  repo.git("switch", "-q", "-C", branch, "main");
  repo.commit(files);
  repo.git("push", "-q", "-f", "origin", branch);
  repo.git("switch", "-q", "main");
  return repo.clone(branch);
}

const comments = (): string => join(temp, "comments");
const commentLog = (): string[] =>
  existsSync(join(comments(), "log")) ? readFileSync(join(comments(), "log"), "utf8").trim().split("\n") : [];
const comment = (id = 0): string => readFileSync(join(comments(), String(id)), "utf8");

interface GitHubEvent {
  readonly file?: string;
  readonly name?: string;
  readonly base?: string;
  readonly env?: Record<string, string>;
  readonly sha?: string;
}

function onGitHub(
  at: Checkout,
  { file = "evals.yml", name = "pull_request", base = "main", env = {}, sha = "" }: GitHubEvent = {},
): RanStep[] {
  const text =
    file === "own"
      ? readFileSync(join(PACKAGE, ".github/workflows/evals.yml"), "utf8")
      : workflowOf(PAGE, `.github/workflows/${file}`);
  const [job] = Object.values((parse(text) as { jobs: Record<string, { steps: [] }> }).jobs);
  const variables = {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_EVENT_NAME: name,
    GITHUB_REPOSITORY: "acme/bot",
    GITHUB_BASE_REF: base,
    COMMENTS: comments(),
    ...env,
  };
  const github = {
    base_ref: base,
    event_name: name,
    token: "t0ken",
    run_id: "1",
    run_attempt: "1",
    repository: "acme/bot",
    server_url: "https://github.com",
    event: { pull_request: { number: 7, head: { sha }, base: { ref: base } } },
  };
  return runJob(
    job?.steps ?? [],
    { github, secrets: { OPENAI_API_KEY: "k" } },
    {
      ...{ cwd: at.root, temp, bin: join(temp, "bin"), env: variables },
      fakes: {
        "upload-artifact": ({ path = "", name = "" }): Record<string, string> =>
          existsSync(join(at.root, path))
            ? { "artifact-url": `https://github.com/acme/bot/artifacts/${name}` }
            : {},
      },
    },
  );
}
const codes = (ran: readonly RanStep[]): Record<string, number> =>
  Object.fromEntries(ran.map(({ name, code }) => [name, code]));

onUnix("the GitHub workflow of docs/ci.md", () => {
  it("fails a pull request that regressed, and keeps one comment up to date", async () => {
    await promoteFirst();
    const worse = onGitHub(change({ "prompts/q/1.0.1.md": promptText("Answer.") }));
    expect(codes(worse)).toMatchObject({
      "Fetch the base branch": 0,
      "Run the suites": 0,
      Comment: 0,
      Gate: 1,
    });
    expect(worse.find(({ name }) => name === "Run the suites")?.out).toMatch(/FAILED {2}s[\s\S]*::error /);
    expect(comment()).toMatch(/^<!-- evals comment: evals -->\n<!-- evals:s -->\n## FAILED: s \(regressed\)/);
    expect(readFileSync(join(temp, "summary.md"), "utf8")).toContain("## FAILED: s");
    const fixed = change({ "prompts/q/1.0.2.md": promptText("Answer carefully.") });
    expect(codes(onGitHub(fixed))).toMatchObject({ Comment: 0, Gate: 0 });
    expect(comment()).toContain("## PASSED: s");
    expect(commentLog()).toEqual([
      "GET repos/acme/bot/issues/7/comments",
      "POST repos/acme/bot/issues/7/comments",
      "GET repos/acme/bot/issues/7/comments",
      "PATCH repos/acme/bot/issues/comments/0",
    ]);
    expect(existsSync(join(fixed.root, ".evals/ci/junit.xml"))).toBe(true);
    expect(readFileSync(join(fixed.root, ".evals/ci/evals.html"), "utf8")).toContain("<!doctype html>");
    expect(comment()).toContain("[The page of this run](https://github.com/acme/bot/artifacts/evals-page)");
  });

  it("never overwrites a comment of a person", async () => {
    await promoteFirst();
    writeFileSync(join(comments(), "0"), "<!-- evals comment: evals -->\nmine\n");
    writeFileSync(join(comments(), "0.user"), "User\n");
    onGitHub(change({ "README.md": "x\n" }));
    expect(comment(0)).toContain("mine");
    expect(comment(1)).toContain("## PASSED");
  });

  it("continues without a comment when the token may not write, as in a fork", async () => {
    await promoteFirst();
    const ran = onGitHub(change({ "README.md": "x\n" }), { env: { READ_ONLY: "1" } });
    expect(codes(ran)).toMatchObject({ Comment: 0, Gate: 0 });
    expect(ran.find(({ name }) => name === "Comment")?.out).toContain(
      "::warning::The comment was not posted",
    );
  });

  it("reports in the comment that nothing was run", async () => {
    await promoteFirst();
    const ran = onGitHub(change({ "evals/s.yaml": "dataset: nowhere\n" }));
    expect(codes(ran)).toMatchObject({ Comment: 0, Gate: 2 });
    expect(comment()).toContain(
      "**evals: nothing was run.** [The log](https://github.com/acme/bot/actions/runs/1)",
    );
    expect(comment()).not.toContain("The page");
  });

  it("is what this repository's own workflow runs", async () => {
    await promoteFirst();
    const checkout = change({ "README.md": "x\n" });
    mkdirSync(join(checkout.root, "bin"));
    writeFileSync(join(checkout.root, "bin/evals.js"), `await import("${program}/evals.mjs");\n`);
    expect(codes(onGitHub(checkout, { file: "own" }))).toMatchObject({ "npm ci": 0, Gate: 0 });
  });
});

onUnix("the workflow that promotes on merge", () => {
  it("pushes a baseline of main, unless main has regressed", async () => {
    repo = gitProject(projectFiles(40, 4));
    const first = repo.clone("main", 0);
    expect(codes(onGitHub(first, { file: "evals-promote.yml", name: "push", base: "" }))).toMatchObject({
      "Run and promote": 0,
    });
    repo.git("pull", "-q", "--ff-only");
    expect(repo.git("log", "-1", "--format=%s%n%b")).toContain("Promote s\nMeasured on main");
    expect(repo.read("evals/baselines/s.jsonl")).toContain("evals.baseline/1");
    repo.commit({ "prompts/q/1.0.1.md": promptText("Answer.") });
    repo.git("push", "-q");
    const second = onGitHub(repo.clone("main", 0), { file: "evals-promote.yml", name: "push", base: "" });
    expect(codes(second)).toMatchObject({ "Run and promote": 1 });
    expect(repo.git("ls-remote", "origin", "refs/heads/main").split("\t")[0]).toBe(
      repo.git("rev-parse", "HEAD"),
    );
  });
});

onUnix("the labelled run of a fork's change", () => {
  const take = "Take prompts and datasets from the commit that was labelled";
  /** A checkout of the base branch, in which the change exists only as the ref of a pull request. */
  function labelled(files: Record<string, string>): { base: Checkout; sha: string } {
    const { root } = change(files, "fork");
    const sha = repo.git("rev-parse", "fork");
    repo.git("push", "-q", "-f", "origin", `${sha}:refs/pull/7/head`);
    rmSync(root, { recursive: true, force: true });
    return { base: repo.clone("main", 0), sha };
  }
  const event = { file: "evals-fork.yml", name: "pull_request_target" } as const;

  it("runs the change's prompts with the base's code, and gates", async () => {
    await promoteFirst();
    const { base, sha } = labelled({
      "prompts/q/1.0.1.md": promptText("Answer."),
      "agents/bot.mjs":
        "import { writeFileSync } from 'node:fs';\nwriteFileSync('stolen', process.env.OPENAI_API_KEY ?? '');\nexport default () => 'x';\n",
    });
    const ran = onGitHub(base, { ...event, sha });
    expect(codes(ran)).toMatchObject({ [take]: 0, Comment: 0, Gate: 1 });
    expect(existsSync(join(base.root, "stolen"))).toBe(false);
    expect(comment()).toContain("prompt 1.0.1");
  });

  it("refuses a commit that was pushed after the label, and links", async () => {
    await promoteFirst();
    const { base, sha } = labelled({ "prompts/q/1.0.1.md": promptText("Answer.") });
    labelled({ "prompts/q/1.0.1.md": promptText("Now something else.") });
    expect(codes(onGitHub(base, { ...event, sha }))).toEqual({ "npm ci": 0, [take]: 1 });
    repo.git("switch", "-q", "-C", "fork", "main");
    spawnSync("ln", ["-s", "../../../.env", join(repo.root, "prompts/q/2.0.0.md")]);
    const linked = repo.commit({ "README.md": "a link\n" });
    repo.git("push", "-q", "-f", "origin", `${linked}:refs/pull/7/head`);
    expect(codes(onGitHub(repo.clone("main", 0), { ...event, sha: linked }))).toEqual({
      "npm ci": 0,
      [take]: 1,
    });
  });
});

onUnix("the GitLab job of docs/ci.md", () => {
  function onGitLab(at: Checkout, env: Record<string, string> = { EVALS_GITLAB_TOKEN: "t0ken" }) {
    const job = (parse(workflowOf(PAGE, ".gitlab-ci.yml")) as { evals: { script: string[] } }).evals;
    const { status, stdout, stderr } = spawnSync("bash", ["-eo", "pipefail", "-c", job.script.join("\n")], {
      cwd: at.root,
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: `${join(temp, "bin")}${delimiter}${process.env.PATH}`,
        GITLAB_CI: "true",
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
        CI_API_V4_URL: "https://gitlab.example/api/v4",
        CI_PROJECT_ID: "1",
        CI_MERGE_REQUEST_IID: "7",
        COMMENTS: comments(),
        ...env,
      },
    });
    return { status, out: stdout + stderr };
  }

  it("fails on the gate and keeps one note up to date", async () => {
    await promoteFirst();
    const worse = onGitLab(change({ "prompts/q/1.0.1.md": promptText("Answer.") }));
    expect(worse.status, worse.out).toBe(1);
    expect(comment()).toMatch(/^<!-- evals comment -->\n<!-- evals:s -->\n## FAILED: s/);
    expect(onGitLab(change({ "prompts/q/1.0.2.md": promptText("Answer carefully.") })).status).toBe(0);
    expect(comment()).toContain("## PASSED: s");
    const notes = "https://gitlab.example/api/v4/projects/1/merge_requests/7/notes";
    expect(commentLog()).toEqual([
      `GET ${notes}?sort=asc&per_page=100`,
      `POST ${notes}`,
      `GET ${notes}?sort=asc&per_page=100`,
      `PUT ${notes}/0`,
    ]);
  });

  it("needs no token for the gate", async () => {
    await promoteFirst();
    const { status } = onGitLab(change({ "README.md": "x\n" }), {});
    expect({ status, log: commentLog() }).toEqual({ status: 0, log: [] });
  });
});

describe("pinned actions", () => {
  it("are named by commit everywhere", () => {
    const files = ["action.yml", "docs/ci.md", ".github/workflows/ci.yml", ".github/workflows/evals.yml"];
    const uses = files.flatMap((file) =>
      Array.from(readFileSync(join(PACKAGE, file), "utf8").matchAll(/uses: (\S+)/g), ([, name = ""]) => name),
    );
    expect(uses.length).toBeGreaterThan(8);
    for (const name of uses)
      expect(name).toMatch(/^(\.\/(node_modules\/git-evals)?|actions\/[\w/-]+@[0-9a-f]{40})$/);
  });
});
