import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./measure.mjs";

/** Measures the size on disk of what a user installs: the packed package and its production dependencies. */
export async function packageSize() {
  const folder = mkdtempSync(join(tmpdir(), "evals-bench-"));
  try {
    const npm = (args, cwd) =>
      execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const [{ filename }] = JSON.parse(
      npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], ROOT),
    );
    writeFileSync(join(folder, "package.json"), "{}\n");
    npm(["install", "--omit=dev", "--no-audit", "--no-fund", join(folder, filename)], folder);
    const megabytes = bytesBelow(join(folder, "node_modules")) / 1e6;
    const own = bytesBelow(join(folder, "node_modules/git-evals")) / 1e6;
    return [
      {
        what: "installed, npm pack and production dependencies",
        target: "≤ 80 MB",
        found: `${megabytes.toFixed(1)} MB`,
        held: megabytes <= 80,
        note: `${own.toFixed(1)} MB of it our own`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bytesBelow(path) {
  const found = lstatSync(path);
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesBelow(join(path, name)), 0);
}
