import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { isInterrupted } from "../../git/interrupted.ts";
import type { Environment } from "../environment.ts";

/** Completes or undoes a commit that a killed evals process left half done, before any file of the commit is read. */
export async function repairFirst(io: Environment, directory: string | undefined): Promise<void> {
  const place = resolve(io.cwd, directory ?? ".");
  if (!existsSync(place) || !isInterrupted(place)) return;
  const { finishInterrupted } = await import("../../git/finish-interrupted.ts");
  const finished = await finishInterrupted(place);
  if (finished === null || finished.how === "left") return;
  io.notice(`The change "${finished.subject}" had been interrupted; it was ${finished.how}.`);
}
