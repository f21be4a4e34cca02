import { EvalsError, type Problem } from "../../domain/problem.ts";

/** Parses options and collects their mistakes, so that all are reported together. */
export class OptionMistakes {
  readonly #problems: Problem[] = [];

  /** Parses one option. @returns the parsed value; undefined when `read` throws a mistake, which is collected */
  read<Value>(read: () => Value): Value | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof EvalsError)) throw error;
      this.#problems.push(...error.problems);
      return undefined;
    }
  }

  add(problem: Problem): void {
    this.#problems.push(problem);
  }

  get none(): boolean {
    return this.#problems.length === 0;
  }

  /** Throws if there was a mistake. @throws {EvalsError} with every mistake */
  refuse(): void {
    if (!this.none) throw new EvalsError(this.#problems);
  }
}
