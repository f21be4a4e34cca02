import type { JSX } from "preact";
import { useState } from "preact/hooks";

/** A button that switches between light and dark. Until it is used, the page follows the system's setting. */
export function ThemeButton(): JSX.Element {
  const [dark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  const turn = (): void => {
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    setDark(!dark);
  };
  return (
    <button type="button" class="quiet theme" onClick={turn}>
      {dark ? "light" : "dark"} colours
    </button>
  );
}
