import type { Fault } from "./failure.ts";

/** What a scorer says of one turn of a conversation. */
export interface TurnScore {
  /** Message of the person that was answered, from 1. */
  readonly turn: number;
  /** In [0, 1]. */
  readonly score: number;
  readonly pass: boolean;
}

/** What a scorer says of one answer. */
export interface Score {
  /** In [0, 1]. */
  readonly score: number;
  readonly pass: boolean;
  /** For a person: what was expected and what was found. Holds model output, so it is escaped wherever shown. */
  readonly reason: string;
  /** Of a judge: share of its ensemble that gave this verdict, in (0, 1]. */
  readonly agreement?: number | undefined;
  /** Of a judge: the replies behind it, as the store numbers them. */
  readonly replies?: readonly number[] | undefined;
  /** Under `scope: turn`: each turn that was scored, in their order. */
  readonly turns?: readonly TurnScore[] | undefined;
  /** What it knows of why the answer missed; absent when it knows nothing more. */
  readonly fault?: Fault | undefined;
}
