import { posix } from "node:path";
import type { Json } from "../../domain/json.ts";
import type { SourceFiles, SourcePlace } from "../imported.ts";
import type { Losses } from "./losses.ts";

/** An assertion as it is in a file. */
export interface Assertion {
  readonly place: SourcePlace;
  /** As it was written: `not-contains`. */
  readonly type: string;
  /** Without `not-`. */
  readonly base: string;
  readonly not: boolean;
  readonly value?: Json | undefined;
  readonly threshold?: number | undefined;
  readonly weight?: number | undefined;
  readonly metric?: string | undefined;
  readonly transform?: string | undefined;
  readonly config?: Json | undefined;
  /** The model that grades. */
  readonly provider?: Json | undefined;
  /** Members of an assert-set; undefined for any other. */
  readonly members?: readonly Assertion[] | undefined;
  /** It is in defaultTest, so that every test has it. */
  readonly isDefault: boolean;
}

/** A test as it is in a file, before its variables are multiplied. */
export interface Test {
  readonly place: SourcePlace;
  readonly description?: string | undefined;
  readonly vars: Readonly<Record<string, Json>>;
  readonly assertions: readonly Assertion[];
  readonly threshold?: number | undefined;
  readonly options: { readonly [key: string]: Json };
  readonly metadata: { readonly [key: string]: Json };
  /** Names of the only prompts that it is asked with. */
  readonly prompts?: Json | undefined;
  /** The one provider that it is asked of. */
  readonly provider?: Json | undefined;
  /** Names of the only providers that it is asked of. */
  readonly providers?: Json | undefined;
}

/** What reading needs of everything around it. */
export interface Reading {
  readonly files: SourceFiles;
  readonly losses: Losses;
  /** Folder of the config, which paths are relative to. */
  readonly base: string;
}

/** A path of the config, as the user would type it from the working directory. */
export function pathOf({ base }: Pick<Reading, "base">, named: string): string {
  const path = named.replace(/^file:\/\//, "");
  return path.startsWith("/") ? path : posix.normalize(posix.join(base, path));
}
