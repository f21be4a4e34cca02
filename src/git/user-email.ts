import { gitText } from "./git-process.ts";

/** Who commits here, as git is configured; null when it does not say, or is not installed. */
export async function userEmail(root: string): Promise<string | null> {
  try {
    return (await gitText(root, ["config", "user.email"])) || null;
  } catch {
    return null;
  }
}
