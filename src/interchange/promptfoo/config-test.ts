import { posix } from "node:path";
import type { Json } from "../../domain/json.ts";
import type { SourceFiles, SourcePlace } from "../imported.ts";
import type { Losses } from "./losses.ts";

/** An assertion in a file. */
export interface Assertion {
  readonly place: SourcePlace;
  /** As written: `not-contains`. */
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
  /** The grading model. */
  readonly provider?: Json | undefined;
  /** Members of an assert-set; undefined for other types. */
  readonly members?: readonly Assertion[] | undefined;
  /** Whether the assertion is in defaultTest and so applies to every test. */
  readonly isDefault: boolean;
}

/** A test in a file, before its variables are expanded. */
export interface Test {
  readonly place: SourcePlace;
  readonly description?: string | undefined;
  readonly vars: Readonly<Record<string, Json>>;
  readonly assertions: readonly Assertion[];
  readonly threshold?: number | undefined;
  readonly options: { readonly [key: string]: Json };
  readonly metadata: { readonly [key: string]: Json };
  /** Names of the prompts that the test is limited to. */
  readonly prompts?: Json | undefined;
  /** The one provider that the test uses. */
  readonly provider?: Json | undefined;
  /** Names of the providers that the test is limited to. */
  readonly providers?: Json | undefined;
}

/** The data that reading a config needs. */
export interface Reading {
  readonly files: SourceFiles;
  readonly losses: Losses;
  /** Folder of the config, to which paths are relative. */
  readonly base: string;
}

/** Makes a path written in the config relative to the working directory. An absolute path is not changed. */
export function pathOf({ base }: Pick<Reading, "base">, named: string): string {
  const path = named.replace(/^file:\/\//, "");
  return path.startsWith("/") ? path : posix.normalize(posix.join(base, path));
}
