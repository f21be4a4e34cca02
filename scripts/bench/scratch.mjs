import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const made = new Set();
process.on("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/**
 * Makes a repository with committed files, which is removed when the program ends.
 *
 * @param files path to text, or to a generator of lines
 */
export async function repository(files) {
  const root = mkdtempSync(join(tmpdir(), "evals-bench-"));
  made.add(root);
  for (const [path, content] of Object.entries({ ".gitignore": ".evals/\n", ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (typeof content === "string") writeFileSync(join(root, path), content);
    else await writeLines(join(root, path), content);
  }
  const git = (...args) => execFileSync("git", args, { cwd: root, stdio: "ignore" });
  git("init", "-q");
  git("config", "user.name", "bench");
  git("config", "user.email", "bench@localhost");
  git("add", "-A");
  git("commit", "-qm", "start");
  return root;
}

export function remove(root) {
  rmSync(root, { recursive: true, force: true });
  made.delete(root);
}

async function writeLines(path, values) {
  const file = createWriteStream(path);
  for (const value of values) if (!file.write(`${JSON.stringify(value)}\n`)) await once(file, "drain");
  file.end();
  await once(file, "close");
}

export function* lines(count, make) {
  for (let index = 0; index < count; index++) yield make(index);
}

/** A project with a suite `s` over recorded answers, of which six in seven are right. */
export function recordedProject(cases, trials) {
  return repository({
    "evalconfig.yaml": "models:\n  a: { provider: outputs, file: fixtures/a.jsonl }\n",
    "evals/s.yaml": `dataset: d\nmodel: a\ntrials: ${trials}\nscorers:\n  - { type: equals, name: exact }\n`,
    "datasets/d.jsonl": lines(cases, (index) => ({
      id: `c${index}`,
      input: { q: index },
      expected: `a${index}`,
    })),
    "fixtures/a.jsonl": lines(cases * trials, (index) => {
      const one = Math.floor(index / trials);
      return { case: `c${one}`, trial: (index % trials) + 1, output: index % 7 ? `a${one}` : "no" };
    }),
  });
}
