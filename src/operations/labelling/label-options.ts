/** What `evals label` was told. */
export interface LabelOptions {
  readonly directory: string | undefined;
  readonly rater: unknown;
  readonly count: number;
  readonly how: "random" | "stratified" | "disputed" | "adjudicate";
  readonly tags: readonly string[];
  /** The judge that is labelled for. */
  readonly judge: string | undefined;
  /** The judge that labels without one are given to; nothing is asked then. */
  readonly assign: string | undefined;
  /** 0: any that is free. */
  readonly port: number;
  readonly open: boolean;
}
