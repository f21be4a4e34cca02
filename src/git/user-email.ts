import { gitText } from "./git-process.ts";

/** The user's e-mail address from the git configuration; null when it is not set or git is not installed. */
export async function userEmail(root: string): Promise<string | null> {
  try {
    return (await gitText(root, ["config", "user.email"])) || null;
  } catch {
    return null;
  }
}
