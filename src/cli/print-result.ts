import { documentText } from "../reports/json/documents.ts";
import { type Style, styleFor, type TerminalOptions } from "../reports/terminal/style.ts";
import type { Io } from "./io.ts";
import { wantsColor } from "./reporting/wants-color.ts";

/** Options of most commands, as typed. */
export interface CommandOptions {
  readonly directory?: string | undefined;
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** Where text is printed, and its style. */
export interface Terminal extends TerminalOptions {
  readonly style: Style;
}

/** A command's result in both forms; only the printed one is created. */
interface Result {
  readonly document: () => object;
  readonly text: (terminal: Terminal) => string;
}

/** Prints a command's result: one JSON document if requested, else text for this terminal. */
export function printResult(io: Io, options: CommandOptions, { document, text }: Result): void {
  if (options.json === true) {
    io.stdout(documentText(document()));
    return;
  }
  const color = wantsColor(io, options.color);
  io.stdout(text({ width: io.width, color, style: styleFor(color) }));
}
