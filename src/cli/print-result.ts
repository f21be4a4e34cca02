import { EXIT } from "../domain/exit-code.ts";
import { documentText } from "../reports/json/documents.ts";
import { type Style, styleFor, type TerminalOptions } from "../reports/terminal/style.ts";
import type { OutputOptions } from "./declarations/declare-command.ts";
import type { Io } from "./io.ts";
import { wantsColor } from "./reporting/wants-color.ts";

/** Where text is printed, and its style. */
export interface Terminal extends TerminalOptions {
  readonly style: Style;
}

/** A command's result as a JSON document and as text. Only the form that is printed is created. */
interface Result {
  /** The command's exit code, which is also in its document; default `ok`. */
  readonly exit?: number;
  readonly document: (exit: number) => object;
  readonly text: (terminal: Terminal) => string;
}

/**
 * Prints the result of a command: one JSON document with --json, else text for this terminal.
 * @returns the exit code
 */
export function printResult(
  io: Io,
  options: OutputOptions,
  { exit = EXIT.ok, document, text }: Result,
): number {
  if (options.json === true) io.stdout(documentText(document(exit)));
  else {
    const color = wantsColor(io, options.color);
    io.stdout(text({ width: io.width, color, style: styleFor(color) }));
  }
  return exit;
}
