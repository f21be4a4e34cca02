import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from "preact/hooks";
import { useKeys } from "./keys.ts";

/** Height of a row and of the header in pixels; must match the style sheet. */
export const ROW = 44;
export const HEAD = 34;
/**
 * Maximum scroll height of the list in pixels, because browsers limit the height of an element. If the rows need more,
 * each row gets a smaller part of this height.
 */
const MAX_HEIGHT = 8_000_000;

export interface GridProps {
  /** Name of the list for screen readers. */
  readonly label: string;
  readonly count: number;
  readonly head: ComponentChildren;
  /** Renders the cells of one row. */
  readonly row: (index: number) => ComponentChildren;
  /** Index of the selected row; -1 for none. */
  readonly selected: number;
  readonly select: (index: number) => void;
  readonly open: (index: number) => void;
  /** Class names that set the widths of the columns in the style sheet: `cases compared`. */
  readonly shape: string;
  /** Pixels that the columns need at least; a narrower list scrolls sideways. */
  readonly minWidth?: number;
}

/** A list of any length of which only the visible rows are rendered. Arrow keys move between rows and stop at the ends. */
export function VirtualGrid({
  label,
  count,
  head,
  row,
  selected,
  select,
  open,
  shape,
  minWidth = 0,
}: GridProps): JSX.Element {
  const grid = useRef<HTMLDivElement>(null);
  const rowSize = Math.min(ROW, MAX_HEIGHT / Math.max(1, count));
  const virtual = useVirtualizer(grid, count, rowSize);
  const top = (virtual.scrollOffset ?? 0) / rowSize;
  const shown = rowsInSight(virtual);
  useShowSelected(grid, selected, rowSize);
  const go = (to: number): void => select(Math.max(0, Math.min(count - 1, to)));
  const page = Math.max(1, Math.floor(shown) - 1);
  useKeys([
    { keys: ["j", "ArrowDown"], about: "next", act: () => count > 0 && go(selected + 1) },
    { keys: ["k", "ArrowUp"], about: "the previous row", act: () => count > 0 && go(selected - 1) },
    { keys: ["PageDown"], about: "a page further", act: () => count > 0 && go(selected + page) },
    { keys: ["PageUp"], about: "a page back", act: () => count > 0 && go(selected - page) },
    { keys: ["g", "Home"], about: "the first", act: () => count > 0 && go(0) },
    { keys: ["G", "End"], about: "the last", act: () => count > 0 && go(count - 1) },
    { keys: ["Enter", "o"], about: "open the selected row", act: () => selected >= 0 && open(selected) },
  ]);
  const first = Math.max(0, Math.floor(top) - 2);
  const last = Math.min(count, Math.ceil(top + shown) + 2);
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  return (
    <div
      class={`grid ${shape}`}
      role="grid"
      ref={grid}
      tabIndex={0}
      aria-label={label}
      aria-rowcount={count + 1}
      aria-activedescendant={selected >= first && selected < last ? rowId(selected) : undefined}
    >
      <div class="grid-head" role="rowgroup" style={{ minWidth: `${minWidth}px` }}>
        <div class="cells" role="row" aria-rowindex={1}>
          {head}
        </div>
      </div>
      <div
        class="grid-space"
        role="rowgroup"
        style={{ height: `${virtual.getTotalSize()}px`, minWidth: `${minWidth}px` }}
      >
        {rows.map((index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the grid's keys open the selected row.
          <div
            key={index}
            id={rowId(index)}
            class={index === selected ? "cells row selected" : "cells row"}
            role="row"
            tabIndex={-1}
            aria-rowindex={index + 2}
            aria-selected={index === selected}
            style={{ top: `${(virtual.scrollOffset ?? 0) + (index - top) * ROW}px` }}
            onClick={(event) => {
              if (event.target instanceof Element && event.target.closest("a, button, input") !== null)
                return;
              select(index);
              open(index);
            }}
          >
            {row(index)}
          </div>
        ))}
      </div>
    </div>
  );
}

const rowId = (index: number): string => `row-${index}`;

type Grid = Virtualizer<HTMLDivElement, HTMLDivElement>;

/** Number of rows that fit below the header; may be a fraction. */
function rowsInSight({ scrollRect }: Grid): number {
  return Math.max(0, (scrollRect?.height ?? 0) - HEAD) / ROW;
}

function useVirtualizer(grid: { current: HTMLDivElement | null }, count: number, rowSize: number): Grid {
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0);
  const options = {
    count,
    getScrollElement: () => grid.current,
    estimateSize: () => rowSize,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    overscan: 2,
    onChange: () => draw(0),
  };
  const virtual = useMemo(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options), []);
  const shown = rowsInSight(virtual);
  // A row is ROW pixels high on the screen, but has only rowSize pixels of scroll height. The padding adds the
  // difference for the visible rows. Without it, the last row could not be scrolled into view.
  virtual.setOptions({ ...options, paddingEnd: Math.max(0, shown * (ROW - rowSize)) });
  useLayoutEffect(() => virtual._didMount(), []);
  useLayoutEffect(() => virtual._willUpdate());
  useEffect(() => virtual.measure(), [rowSize]);
  return virtual;
}

/** Scrolls just far enough to show the selected row. */
function useShowSelected(grid: { current: HTMLDivElement | null }, selected: number, rowSize: number): void {
  useLayoutEffect(() => {
    const element = grid.current;
    if (element === null || selected < 0) return;
    const shown = Math.max(1, (element.clientHeight - HEAD) / ROW);
    const top = element.scrollTop / rowSize;
    if (selected < top) element.scrollTop = selected * rowSize;
    else if (selected > top + shown - 1) element.scrollTop = (selected - shown + 1) * rowSize;
  }, [selected, rowSize]);
}
