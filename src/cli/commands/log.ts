import { existsSync } from "node:fs";
import { join } from "node:path";
import { withoutRecords } from "../../baselines/promotion.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { GateOutcome, GateResult } from "../../domain/verdict.ts";
import { isShallow } from "../../git/git-folder.ts";
import { type PromotionEntry, promotionHistory } from "../../git/promotion-history.ts";
import { requireRepository } from "../../git/require-repository.ts";
import { readBlobs } from "../../git/tags.ts";
import { locate } from "../../operations/project/open-project.ts";
import { type ReadPromotion, readPromotion } from "../../operations/project/read-promotion.ts";
import { otherProjectOf } from "../../operations/project/tag-project.ts";
import { type LogSources, type ToldChange, toldChange } from "../../operations/promoting/log-entry.ts";
import { movedSuites } from "../../operations/promoting/tag-truth.ts";
import { plainLine } from "../../reports/plain-text.ts";
import { fold } from "../../reports/terminal/run-report.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";

/** `evals log`: who promoted or rolled back what, when and why, read from git itself. */
export async function logCommand(raw: Record<string, unknown>, io: Io): Promise<number> {
  const { root } = locate(io, raw.directory as string | undefined);
  await requireRepository(root);
  const history = await promotionHistory(root);
  const texts = await readBlobs(
    root,
    history.flatMap(({ files }) =>
      files.flatMap((one) => [one.before, one.after]).filter((id) => id !== null),
    ),
  );
  const store = await historyHere(root, io);
  const sources: LogSources = {
    textOf: (id) => texts.get(id)?.toString("utf8") ?? null,
    gateOf: (run) => gateOfRun(store?.runsByPrefix(run)[0]),
  };
  const entries = await Promise.all(history.map((entry) => told(entry, root, sources)));
  store?.close();
  if (isShallow(root)) {
    io.stderr("This clone is shallow: older promotions are not in it. To see them: git fetch --unshallow\n");
  }
  if (raw.json === true) {
    io.stdout(`${JSON.stringify({ schema: "evals.log/1", exit: EXIT.ok, entries }, null, 2)}\n`);
    return EXIT.ok;
  }
  if (entries.length === 0) {
    io.stdout("Nothing was promoted yet: evals promote\n");
    return EXIT.ok;
  }
  const blocks = entries.map(({ commit, at, who, subject, body, tags, ...change }) =>
    [
      `${commit.slice(0, 7)}  ${at.slice(0, 16).replace("T", " ")}  ${plainLine(subject)}`,
      `  by ${plainLine(who)}`,
      ...changeLines(change),
      ...tags.map((tag) => `  tag ${plainLine(tag.name)}${saidOf(tag)}`),
      ...withoutRecords(body)
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => `  ${plainLine(line)}`),
    ]
      .flatMap((line) => fold(line, io.width))
      .join("\n"),
  );
  io.stdout(`${blocks.join("\n\n")}\n`);
  return EXIT.ok;
}

interface ToldTag extends ReadPromotion {
  readonly name: string;
  /** The commit does not hold what the tag's message promises. */
  readonly moved: boolean;
}

/** An entry with what it did, what its tags say, and whether that is true of the commit they stand on. */
async function told(entry: PromotionEntry, root: string, sources: LogSources) {
  const tags = entry.tags.map(async ({ name, message }): Promise<ToldTag | null> => {
    if ((await otherProjectOf(root, { commit: entry.commit, message })) !== null) return null;
    const said = readPromotion(message);
    const moved = await movedSuites(root, { commit: entry.commit }, said);
    return { name, ...said, moved: moved.length > 0 };
  });
  const { files: _files, merge: _merge, ...shown } = entry;
  const own = (await Promise.all(tags)).filter((one) => one !== null);
  return { ...shown, tags: own, ...toldChange(entry, sources) };
}

/** What became of each baseline, one line for those that have it in common. */
function changeLines({ kind, squashed, baselines }: ToldChange): string[] {
  const lines = new Map<string, string[]>();
  for (const one of baselines) {
    const how = squashed && one.run !== null ? `${one.kind}, squashed` : one.kind;
    const gate = one.gate === null ? "" : ` (${GATES[one.gate]})`;
    const key = JSON.stringify([how, gate]);
    lines.set(key, [...(lines.get(key) ?? []), one.suite ?? one.path]);
  }
  if (lines.size === 0) return [`  ${kind}`];
  return [...lines].map(([key, suites]) => {
    const [how, gate] = JSON.parse(key) as [string, string];
    return `  ${how}: ${plainLine([...new Set(suites)].join(", "))}${gate}`;
  });
}

const GATES: Readonly<Record<GateOutcome, string>> = {
  passed: "the gate passed",
  failed: "the gate failed",
  undecided: "the gate was undecided",
  not_gated: "nothing was gated",
};

/** Git tells the story; what this machine knows beside it helps where a squash left the message out. */
async function historyHere(root: string, io: Io): Promise<Store | null> {
  if (!existsSync(join(root, ".evals"))) return null;
  try {
    return await openStore(root, () => io.date().getTime());
  } catch (error) {
    if (error instanceof EvalsError) return null;
    throw error;
  }
}

function gateOfRun(run: StoredRun | undefined): GateOutcome | null {
  const { gate } = (run?.report ?? {}) as { gate?: GateResult };
  return gate?.outcome ?? null;
}

function saidOf({ why, moved }: ToldTag): string {
  return `${why === null ? "" : `: ${plainLine(why)}`}${moved ? "   moved here: this commit does not hold what it promises" : ""}`;
}
