import { documentText } from "../reports/json/documents.ts";
import { type Style, styleFor, type TerminalOptions } from "../reports/terminal/style.ts";
import type { Io } from "./io.ts";
import { wantsColor } from "./reporting/wants-color.ts";

/** Options that most commands have, as typed. */
export interface CommandOptions {
  readonly directory?: string | undefined;
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** Where text is printed, and in which style. */
export interface Terminal extends TerminalOptions {
  readonly style: Style;
}

/** What a command found, in its two forms; only the one that is printed is made. */
interface Result {
  readonly document: () => object;
  readonly text: (terminal: Terminal) => string;
}

/** Prints what a command found: one JSON document where that was asked for, else text as this terminal shows it. */
export function printResult(io: Io, options: CommandOptions, { document, text }: Result): void {
  if (options.json === true) {
    io.stdout(documentText(document()));
    return;
  }
  const color = wantsColor(io, options.color);
  io.stdout(text({ width: io.width, color, style: styleFor(color) }));
}
