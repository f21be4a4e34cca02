import { EvalsError, type Problem } from "../domain/problem.ts";

/** Reads options one after the other and gathers what is wrong, so that one answer names every mistake. */
export class OptionMistakes {
  readonly #problems: Problem[] = [];

  /** What `read` gives; undefined where it is a mistake. */
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

  /** @throws {EvalsError} with every mistake, where there is one */
  refuse(): void {
    if (!this.none) throw new EvalsError(this.#problems);
  }
}
