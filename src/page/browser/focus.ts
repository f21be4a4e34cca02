/** Where the focus was in a view when the user left it, as a selector, by the view's address. */
const left = new Map<string, string>();
/** Selector of the element that the focus returns to as soon as the current view shows it; null when there is none. */
let wanted: string | null = null;

/** Remembers which part of a view has the focus, before the view is left. */
export function leaveView(address: string): void {
  const { activeElement } = document;
  const inView = activeElement?.closest("main") != null ? activeElement : null;
  if (inView?.matches("a[href]")) left.set(address, `main a[href="${inView.getAttribute("href")}"]`);
  else if (inView?.matches(".grid")) left.set(address, "main .grid");
  else left.delete(address);
}

/** Puts the focus where the user left a view, or on its heading. */
export function enterView(address: string): void {
  wanted = left.get(address) ?? null;
  left.delete(address);
  focusHeading();
  contentShown();
}

/**
 * Puts the focus where it belongs after a part of the view was replaced by what had to be loaded: the heading that had the
 * focus may be among what is gone.
 */
export function contentShown(): void {
  const { activeElement } = document;
  const isFree = activeElement === null || activeElement === document.body;
  if (!isFree && !activeElement.matches("main h1")) {
    // The user has gone elsewhere meanwhile.
    wanted = null;
    return;
  }
  const target = wanted === null ? null : document.querySelector<HTMLElement>(wanted);
  if (target !== null) {
    wanted = null;
    target.focus();
  } else if (isFree) focusHeading();
}

function focusHeading(): void {
  document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
}
