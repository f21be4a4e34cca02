import { diffWords } from "../../domain/word-diff.ts";

/**
 * A piece of the text on one side of a comparison. The piece is also on the other side (`same`), or only on this
 * side (`changed`).
 */
export interface Piece {
  readonly kind: "same" | "changed";
  readonly text: string;
  /** Whether the piece begins at the first difference between the two texts. */
  readonly first: boolean;
}

/**
 * Maximum characters of both texts together for a word diff. Of longer texts, everything after the first difference is
 * one changed piece.
 */
const MAX_LETTERS = 12_000;

/** Splits two texts into pieces; equal texts are one piece. */
export function sideDiff(before: string, now: string): { readonly before: Piece[]; readonly now: Piece[] } {
  if (before === now) return { before: [piece("same", before)], now: [piece("same", now)] };
  if (before.length + now.length > MAX_LETTERS) return partedAt(before, now);
  const sides = { before: [] as Piece[], now: [] as Piece[] };
  let parted = false;
  for (const line of diffWords(before, now)) {
    const onlyRemoved = line.every(({ kind }) => kind === "removed");
    const onlyAdded = line.every(({ kind }) => kind === "added");
    for (const { kind, text } of line) {
      const first = !parted && kind !== "same";
      if (first) parted = true;
      if (kind === "same") {
        add(sides.before, piece("same", text));
        add(sides.now, piece("same", text));
        continue;
      }
      const [here, there] = kind === "removed" ? [sides.before, sides.now] : [sides.now, sides.before];
      if (first) there.push({ kind: "changed", text: "", first });
      add(here, { kind: "changed", text, first });
    }
    if (!onlyAdded) add(sides.before, piece("same", "\n"));
    if (!onlyRemoved) add(sides.now, piece("same", "\n"));
  }
  return { before: withoutLastBreak(sides.before), now: withoutLastBreak(sides.now) };
}

const piece = (kind: Piece["kind"], text: string): Piece => ({ kind, text, first: false });

/** Adds a piece to the list, merged with the last piece if both are of the same kind. */
function add(list: Piece[], one: Piece): void {
  const last = list.at(-1);
  if (last !== undefined && last.kind === one.kind && !one.first)
    list[list.length - 1] = { ...last, text: last.text + one.text };
  else list.push(one);
}

function withoutLastBreak(list: Piece[]): Piece[] {
  const last = list.at(-1);
  if (last?.kind === "same" && last.text.endsWith("\n"))
    list[list.length - 1] = { ...last, text: last.text.slice(0, -1) };
  return list;
}

function partedAt(before: string, now: string): { readonly before: Piece[]; readonly now: Piece[] } {
  let at = 0;
  while (at < before.length && at < now.length && before[at] === now[at]) at++;
  const parts = (text: string): Piece[] => [
    piece("same", text.slice(0, at)),
    { kind: "changed", text: text.slice(at), first: true },
  ];
  return { before: parts(before), now: parts(now) };
}
