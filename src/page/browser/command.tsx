import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useKeys } from "./keys.ts";

/** The command that prints the content of the current view, with a copy button. */
export function Command({ text }: { text: string }): JSX.Element {
  const [label, setLabel] = useState("copy");
  const copy = (): void => {
    navigator.clipboard
      ?.writeText(text)
      .then(() => setLabel("copied"))
      .catch(() => setLabel("not copied"));
    setTimeout(() => setLabel("copy"), 1500);
  };
  useKeys([{ keys: ["y"], about: "copy the command that prints what this view shows", act: copy }]);
  return (
    <p class="command">
      <code>{text}</code>{" "}
      <button type="button" class="quiet" onClick={copy}>
        {label}
      </button>
    </p>
  );
}
