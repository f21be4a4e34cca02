import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Help } from "./help.tsx";
import { pressKey, useKeys } from "./keys.ts";
import { ThemeButton } from "./theme.tsx";

/** The frame of every view: location, keyboard shortcuts and help, theme. */
export function PageFrame({
  trail,
  children,
}: {
  trail: ComponentChildren;
  children: ComponentChildren;
}): JSX.Element {
  const [help, setHelp] = useState(false);
  useEffect(() => {
    document.addEventListener("keydown", pressKey);
    return () => document.removeEventListener("keydown", pressKey);
  }, []);
  useKeys([{ keys: ["?"], about: "these keys", act: () => setHelp(true) }]);
  return (
    <>
      <header class="page">
        {trail}
        <span class="tools">
          <button type="button" class="quiet" aria-keyshortcuts="?" onClick={() => setHelp(true)}>
            keys <kbd>?</kbd>
          </button>
          <ThemeButton />
        </span>
      </header>
      {children}
      {help ? <Help close={() => setHelp(false)} /> : null}
    </>
  );
}
