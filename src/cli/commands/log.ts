import { isShallow, type PromotionEntry, promotionHistory } from "../../git/promotion-history.ts";
import { requireRepository } from "../../git/require-repository.ts";
import { plainLine } from "../../reports/plain-text.ts";
import { fold } from "../../reports/terminal/run-report.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { locate } from "../project/open-project.ts";
import { type ReadPromotion, readPromotion } from "../promoting/read-promotion.ts";
import { movedSuites } from "../promoting/tag-truth.ts";

/** `evals log`: who promoted or rolled back what, when and why, read from git itself. */
export async function logCommand(raw: Record<string, unknown>, io: Io): Promise<number> {
  const { root } = locate(io, raw.directory as string | undefined);
  await requireRepository(root);
  const entries = await Promise.all((await promotionHistory(root)).map((entry) => told(entry, root)));
  if (await isShallow(root)) {
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
  const blocks = entries.map(({ commit, at, who, subject, body, tags }) =>
    [
      `${commit.slice(0, 7)}  ${at.slice(0, 16).replace("T", " ")}  ${plainLine(subject)}`,
      `  by ${plainLine(who)}`,
      ...tags.map((tag) => `  tag ${plainLine(tag.name)}${saidOf(tag)}`),
      ...body
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

/** An entry with what its tags say, and whether that is true of the commit they stand on. */
async function told(entry: PromotionEntry, root: string) {
  const tags = entry.tags.map(async ({ name, message }): Promise<ToldTag> => {
    const said = readPromotion(message);
    const moved = await movedSuites(root, { commit: entry.commit }, said);
    return { name, ...said, moved: moved.length > 0 };
  });
  return { ...entry, tags: await Promise.all(tags) };
}

function saidOf({ why, moved }: ToldTag): string {
  return `${why === null ? "" : `: ${plainLine(why)}`}${moved ? "   moved here: this commit does not hold what it promises" : ""}`;
}
