import type { Rollback, RollbackProof } from "../../domain/rollback.ts";
import { plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";

/** The result of a rollback or its dry run, with the verification of each suite. */
export function rollbackText(rollback: Rollback): string {
  return rollback.dry ? dryText(rollback) : doneText(rollback);
}

function dryText({ tag, restored, removed }: Rollback): string {
  const files = restored.length + removed.length;
  if (files === 0) return `Everything is as ${tag} had it; nothing would change.\n`;
  const lines = [
    ...restored.map((path) => `  restore  ${plainLine(path)}`),
    ...removed.map((path) => `  remove   ${plainLine(path)}`),
  ];
  return `Rolling back to ${tag} would change ${plural(files, "file")}:\n${lines.join("\n")}\nnothing was written\n`;
}

function doneText({ tag, restored, removed, commit, proofs }: Rollback): string {
  const done =
    commit === null
      ? `Everything was already as ${tag} had it; nothing was changed.`
      : `Rolled back to ${tag}: ${plural(restored.length, "file")} restored, ${removed.length} removed   commit ${commit.slice(0, 7)}`;
  const lines = proofs.map((one) => `  ${one.suite}  ${proofText(one)}`);
  const undo = commit === null ? [] : ["  to undo: git revert HEAD"];
  return `${[done, ...lines, ...undo].join("\n")}\n`;
}

function proofText({ equal, now, promoted, said }: RollbackProof): string {
  if (now === null) return `not verified: ${plainLine(said ?? "")}`;
  if (equal) return `verified: fingerprint ${now.slice(0, 12)} equals the promoted one`;
  return `not verified: fingerprint ${now.slice(0, 12)} is not the promoted ${promoted.slice(0, 12)}`;
}
