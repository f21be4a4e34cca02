import { expect, it } from "vitest";
import { LearnedWindow } from "./learned-window.ts";
import { type ServerLimit, windows } from "./testing/pace-worlds.ts";

const REFUSAL_MS = 3;
const CALLS = 20;
const WINDOW_MS = 5000;
const HOUR_MS = 3_600_000;

/** Calls that a server answers at once, sent one after the other as a learned window allows. */
class Sender {
  readonly window = new LearnedWindow();
  readonly #server: ServerLimit;
  now = 0;
  /** Number of refusals in a row. */
  #inARow = 0;

  constructor(server: ServerLimit) {
    this.#server = server;
  }

  /** Sends the next call. @returns when it was sent, and whether it was answered */
  send(): { readonly at: number; readonly isAnswered: boolean } {
    this.now += 10 + this.window.wait(this.now + 10);
    const at = this.now;
    this.window.take(at);
    const isAnswered = this.#server.admit(at, 1) <= 0;
    if (isAnswered) {
      this.#inARow = 0;
      this.window.answered(at);
    } else this.#refused(at);
    return { at, isAnswered };
  }

  #refused(at: number): void {
    this.now += REFUSAL_MS;
    if (this.window.refused(at, this.now)) return;
    if (this.#inARow++ === 0) this.window.shut(at);
    else this.window.stillShut(at);
    this.now += 400;
  }

  /** Sends calls until this time. @returns the number of calls that were refused */
  until(time: number): number {
    let refused = 0;
    while (this.now < time) if (!this.send().isAnswered) refused++;
    return refused;
  }
}

/** A window that has learned the limit of a server, in the middle of the server's window. */
function learned(): Sender {
  const sender = new Sender(windows(CALLS, WINDOW_MS));
  sender.until(8 * WINDOW_MS);
  expect(sender.window.decides).toBe(true);
  return sender;
}

it("has about one call refused for each window when it knows the limit", () => {
  expect(learned().until(16 * WINDOW_MS)).toBeLessThanOrEqual(12);
});

it("keeps what it knows when a call of an earlier window is refused late", () => {
  const sender = learned();
  const { at } = sender.send();
  sender.until(at + WINDOW_MS);
  expect(sender.window.refused(at, sender.now)).toBe(true);
  expect(sender.window.decides).toBe(true);
  expect(sender.until(16 * WINDOW_MS)).toBeLessThanOrEqual(12);
});

it("sends another test at once when a test ended neither by an answer nor by a refusal", () => {
  const sender = learned();
  while (sender.window.wait(sender.now) < 1000) sender.send();
  const testAt = sender.now + sender.window.wait(sender.now);
  sender.window.take(testAt);
  expect(sender.window.wait(testAt + 1)).toBeGreaterThan(0);
  sender.window.failed(testAt);
  expect(sender.window.wait(testAt + 1)).toBe(0);
  sender.window.take(testAt + 1);
  expect(sender.window.wait(testAt + 2)).toBeGreaterThan(0);
});

it("waits no longer for a test because the machine slept while a call was refused", () => {
  const sender = learned();
  while (sender.window.wait(sender.now) < 1000) sender.send();
  const testAt = sender.now + sender.window.wait(sender.now);
  sender.window.take(testAt);
  sender.window.refused(testAt, testAt + HOUR_MS);
  sender.now = testAt + HOUR_MS;
  sender.window.take(sender.now);
  expect(sender.window.wait(sender.now)).toBeLessThanOrEqual(31_000);
});

it("finds out soon when a window ends whose length may include an hour without calls", () => {
  const sender = new Sender(windows(CALLS, WINDOW_MS));
  for (let sent = 0; sent < 3; sent++) sender.send();
  sender.now += HOUR_MS;
  const startedAt = sender.now;
  for (let answered = 0; answered < 8 * CALLS; ) if (sender.send().isAnswered) answered++;
  expect(sender.window.decides).toBe(true);
  expect(sender.now - startedAt).toBeLessThan(12 * WINDOW_MS);
});
