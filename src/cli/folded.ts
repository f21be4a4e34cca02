import type { Io } from "./io.ts";

/** A text with its lines folded into the terminal, if there is one. */
export async function folded(
  { stdoutIsTerminal, width }: Pick<Io, "stdoutIsTerminal" | "width">,
  text: string,
): Promise<string> {
  if (!stdoutIsTerminal || text.split("\n").every((line) => line.length <= width)) return text;
  const { fold } = await import("../reports/terminal/fold.ts");
  return text
    .split("\n")
    .flatMap((line) => fold(line, width))
    .join("\n");
}
