import { promotionHistory } from "../../git/promotion-history.ts";
import { plainLine } from "../../reports/plain-text.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { locate } from "../open-project.ts";
import { readPromotion } from "../read-promotion.ts";

/** `evals log`: who promoted or rolled back what, when and why, read from git itself. */
export async function logCommand(raw: Record<string, unknown>, io: Io): Promise<number> {
  const { root } = locate(io, raw.directory as string | undefined);
  const entries = (await promotionHistory(root)).map((entry) => ({
    ...entry,
    tags: entry.tags.map(({ name, message }) => ({ name, ...readPromotion(message) })),
  }));
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
      `${commit.slice(0, 7)}  ${at.slice(0, 16).replace("T", " ")}  ${plainLine(who)}  ${plainLine(subject)}`,
      ...tags.map(({ name, why }) => `  tag ${plainLine(name)}${why === null ? "" : `: ${plainLine(why)}`}`),
      ...body
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => `  ${plainLine(line)}`),
    ].join("\n"),
  );
  io.stdout(`${blocks.join("\n\n")}\n`);
  return EXIT.ok;
}
