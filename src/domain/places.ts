/** A text file with the locations of its nodes: `["scorers", 0, "type"]` becomes line and column. */
export interface Places {
  readonly path: string;
  /** Location of the deepest node on the path that exists. When `on` is "key", the location of that node's key. */
  at(path: readonly PropertyKey[], on?: "key" | "value"): { readonly line: number; readonly column: number };
}
