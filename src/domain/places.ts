/** A text file with the locations of its nodes: `["scorers", 0, "type"]` becomes line and column. */
export interface Places {
  readonly path: string;
  /** Location of the deepest existing node of the path; of its key when `on` is "key". */
  at(path: readonly PropertyKey[], on?: "key" | "value"): { readonly line: number; readonly column: number };
}
