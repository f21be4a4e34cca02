import type { Fault } from "./failure.ts";

/** A scorer's result for one turn of a conversation. */
export interface TurnScore {
  /** Number of the user message that the turn answers, from 1. */
  readonly turn: number;
  /** In [0, 1]. */
  readonly score: number;
  readonly pass: boolean;
}

/** A scorer's result for one answer. */
export interface Score {
  /** In [0, 1]. */
  readonly score: number;
  readonly pass: boolean;
  /**
   * Text for the reader of a report: what was expected and what was found. Contains model output, so it must be
   * escaped when shown.
   */
  readonly reason: string;
  /** For a judge: share of its ensemble that gave this verdict, in (0, 1]. */
  readonly agreement?: number | undefined;
  /** For a judge: ids in the store of the model replies that the verdict was made from. */
  readonly replies?: readonly number[] | undefined;
  /** With the setting `scope: turn`, the score of each scored turn, in order. */
  readonly turns?: readonly TurnScore[] | undefined;
  /** The scorer's finding about the cause of a failed answer; absent when it has none. */
  readonly fault?: Fault | undefined;
}
