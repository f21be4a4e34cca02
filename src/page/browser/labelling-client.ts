import { type Signal, signal } from "@preact/signals";
import type { Judgement, LabellingStep, SessionState, StepResult } from "../labelling-shapes.ts";
import { visible } from "../page-text.ts";
import type { KeptTexts } from "./kept-texts.ts";
import { verdictWord } from "./labelling-words.ts";

/** Milliseconds between two attempts to reach the server. */
export const RETRY = 2_000;

/** Sends a request to the server. The promise rejects when there is no reply. */
export type AskServer = (
  path: string,
  step?: LabellingStep,
) => Promise<{ readonly status: number; readonly value: unknown }>;

/** The criteria and the comment that were entered for an answer and are not sent yet. */
export type Draft = Partial<Pick<Judgement, "criteria" | "comment">>;

type Answered = { readonly outcome: StepResult; readonly state: SessionState };

/**
 * The page's state of a labelling session. A step is done when the server has confirmed it. Until then the browser
 * keeps the step, even over a reload, and sends it again.
 */
export class LabellingClient {
  readonly state: Signal<SessionState | null> = signal(null);
  /** This number increases each time the view must show the current answer anew. */
  readonly shown: Signal<number> = signal(0);
  /** The problem that keeps the page from the server, with what to do; empty when there is none. */
  readonly trouble: Signal<string> = signal("");
  /** What the last action did, for instance `Saved: pass.`; empty when there is nothing to say. */
  readonly notice: Signal<string> = signal("");
  /** Whether the session has ended. */
  readonly over: Signal<boolean> = signal(false);
  /** Whether no further step is possible, because an earlier step is being sent or waits for the server. */
  readonly waits: Signal<boolean> = signal(false);
  readonly #ask: AskServer;
  readonly #kept: KeptTexts;
  readonly #command: string;
  #pending: LabellingStep | null = null;
  #busy = false;
  /** Whether the last request failed, so that `lookAgain` repeats it. */
  #lost = false;

  /** @param command the words after "If the server was stopped, " in a message, for instance "run evals view again" */
  constructor(ask: AskServer, kept: KeptTexts, command: string) {
    this.#ask = ask;
    this.#kept = kept;
    this.#command = command;
  }

  /** Starts the session. If the browser has kept a step that was not confirmed before a reload, it is sent first. */
  async begin(): Promise<void> {
    const left = this.#kept.read<LabellingStep>("pending");
    if (left !== null) await this.#send(left);
    if (this.state.value === null) await this.#load();
  }

  /** Polls the server; called every `RETRY` milliseconds. */
  async lookAgain(): Promise<void> {
    if (this.#busy || this.over.value) return;
    if (this.#lost && this.#pending !== null) return this.#send(this.#pending);
    if (this.#lost || this.state.value === null) return this.#load();
    const reply = await this.#ask("alive").catch(() => null);
    if (reply === null) this.#missing();
    else if (reply.status === 403) this.#expired();
  }

  /** Sends a step, unless another one is being sent. */
  async take(step: LabellingStep): Promise<void> {
    if (this.#busy || this.#pending !== null) return;
    await this.#send(step);
  }

  /** Sends a verdict on the current answer. */
  judge(verdict: Judgement["verdict"], { comment = "", criteria = {} }: Draft): void {
    const question = this.state.value?.question;
    if (question == null) return;
    const typed = comment.trim();
    void this.take({
      ...{ act: "label", id: question.id, verdict },
      ...(typed === "" ? {} : { comment: typed }),
      ...(Object.keys(criteria).length === 0 ? {} : { criteria }),
    });
  }

  /** What the form shows at first: the criteria and comment entered before a reload, or those that an undo took back. */
  draftOf(question: NonNullable<SessionState["question"]>): Draft {
    return this.#kept.read<Draft>(`draft:${question.id}`) ?? question.draft ?? {};
  }

  keepDraft(id: string, { comment = "", criteria = {} }: Draft): void {
    const empty = comment === "" && Object.keys(criteria).length === 0;
    this.#kept.write(`draft:${id}`, empty ? null : { comment, criteria });
  }

  async #load(): Promise<void> {
    const reply = await this.#ask("state").catch(() => null);
    if (reply === null) return this.#missing();
    if (reply.status === 403) return this.#expired();
    if (reply.status !== 200) return this.#report(errorOf(reply.value));
    this.#found();
    this.#show((reply.value as Answered).state);
  }

  async #send(step: LabellingStep): Promise<void> {
    if (this.#busy || this.over.value) return;
    this.#busy = true;
    this.#pending = step;
    if (step.act === "label" || step.act === "skip") this.#kept.write("pending", step);
    this.#updateWaits();
    const reply = await this.#ask("act", step).catch(() => null);
    this.#busy = false;
    if (reply === null) this.#missing();
    else if (reply.status === 403) this.#expired();
    else if (reply.status >= 500) this.#unwritten(errorOf(reply.value));
    else this.#settled(step, reply.status, reply.value);
    this.#updateWaits();
  }

  #settled(step: LabellingStep, status: number, value: unknown): void {
    this.#pending = null;
    this.#kept.write("pending", null);
    this.#found();
    if (status !== 200 && status !== 409) {
      this.#note(`The server could not read this step: ${errorOf(value)}`);
      return;
    }
    const { outcome, state } = value as Answered;
    if (outcome === "ended") {
      this.#ended();
      return;
    }
    // The draft is deleted when its answer is labelled or skipped. It stays if the server refused the step, because the
    // answer is not the current question.
    if ("id" in step && outcome !== "not-asked-now") this.#kept.write(`draft:${step.id}`, null);
    this.#show(state);
    this.#note(noticeOf(step, outcome, state));
  }

  #show(next: SessionState): void {
    const before = this.state.value?.question?.id ?? null;
    const { question } = next;
    if (question === null || question.id !== before || question.draft !== undefined) this.shown.value++;
    this.state.value = next;
  }

  #found(): void {
    this.#lost = false;
    this.trouble.value = "";
  }

  #missing(): void {
    if (this.over.value) return;
    if (this.state.value?.question === null && this.#pending === null) {
      this.#ended();
      return;
    }
    const step = this.#pending;
    const kept =
      step === null
        ? "The page keeps what you type."
        : `Your ${step.act === "label" ? `label (${step.verdict})` : "last step"} is kept in this page and sent as soon as the server answers.`;
    this.#report(`The server does not answer. ${kept} If the server was stopped, ${this.#command}.`);
  }

  #expired(): void {
    const question = this.state.value?.question;
    const typed = question != null && (this.draftOf(question).comment ?? "") !== "";
    this.#report(
      `This page belongs to a session that has ended. Open the address that the terminal shows now.${typed ? " Your comment is still here to be copied." : ""}`,
    );
  }

  #unwritten(why: string): void {
    this.#report(`The label could not be stored: ${why} The page keeps the label and sends it again.`);
  }

  #ended(): void {
    this.over.value = true;
    this.trouble.value = "";
    this.#note("Every label is saved. You can close this tab.");
  }

  #report(trouble: string): void {
    this.#lost = true;
    this.trouble.value = visible(trouble);
    this.notice.value = "";
    this.#updateWaits();
  }

  #note(text: string): void {
    this.notice.value = visible(text);
  }

  /** Shows a message from the view itself, for instance that a criterion was set. */
  note(text: string): void {
    this.#note(text);
  }

  #updateWaits(): void {
    this.waits.value = this.#busy || (this.#lost && this.#pending !== null);
  }
}

function errorOf(value: unknown): string {
  return String((value as { readonly error?: unknown } | null)?.error ?? "");
}

function noticeOf(step: LabellingStep, outcome: StepResult, { purpose, question }: SessionState): string {
  if (outcome === "not-asked-now")
    return "This answer was already judged or skipped in another tab. Nothing was changed here; press z to undo the last step.";
  switch (step.act) {
    case "label":
      return `Saved: ${verdictWord(purpose, step.verdict)}.`;
    case "skip":
      return "Skipped.";
    case "undo":
      return question?.draft?.verdict === undefined
        ? "Undone."
        : `Undone. Your label was “${verdictWord(purpose, question.draft.verdict)}”. Judge this answer again.`;
    case "again":
    case "end":
      return "";
    default:
      return step satisfies never;
  }
}
