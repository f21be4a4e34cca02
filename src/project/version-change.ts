import type { Bump, VersionChange } from "../domain/prompt-change.ts";

/** One version of a prompt: the name of the prompt and the version. */
export interface NamedVersion {
  readonly name: string;
  readonly version: string;
}

/**
 * The bump between two versions; null for different names, equal versions, a lower version, and pre-releases, which
 * promise nothing.
 */
export async function versionChange(from: NamedVersion, to: NamedVersion): Promise<VersionChange | null> {
  if (from.name !== to.name || from.version === to.version) return null;
  if (from.version.includes("-") || to.version.includes("-")) return null;
  const { default: difference } = await import("semver/functions/diff.js");
  const { default: isLater } = await import("semver/functions/gt.js");
  if (!isLater(to.version, from.version)) return null;
  const declared = difference(from.version, to.version) as Bump | null;
  return declared === null ? null : { prompt: to.name, from: from.version, to: to.version, declared };
}

/** Sorts versions by name, and the versions of each name from newest to oldest. */
export async function newestFirst<V extends NamedVersion>(versions: readonly V[]): Promise<V[]> {
  const { default: compare } = await import("semver/functions/rcompare.js");
  return [...versions].sort((a, b) =>
    a.name === b.name ? compare(a.version, b.version) : a.name < b.name ? -1 : 1,
  );
}
