import type { ImportRequest } from "../imported.ts";
import type { JsonObject } from "../reading/json-fields.ts";
import type { YamlSource } from "../reading/yaml-source.ts";

/** One eval of a registry file. */
export interface RegistryEval {
  readonly path: string;
  readonly source: YamlSource;
  /** The eval's key in the file, for instance `town-match.dev.v0`. */
  readonly key: string;
  readonly args: JsonObject;
  readonly request: ImportRequest;
}
