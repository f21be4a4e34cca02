/** A file of text and where its nodes stand: `[“scorers”, 0, “type”]` becomes line and column. */
export interface Places {
  readonly path: string;
  /** Place of the deepest node of that path that exists; of its key when `on` is "key". */
  at(path: readonly PropertyKey[], on?: "key" | "value"): { readonly line: number; readonly column: number };
}
