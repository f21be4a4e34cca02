import { gitText } from "./git-process.ts";

/** The address that this clone was made from; null when there is none. */
export async function originOf(root: string): Promise<string | null> {
  return (await gitText(root, ["config", "--get", "remote.origin.url"])) || null;
}
