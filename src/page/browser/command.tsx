import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useKeys } from "./keys.ts";

/** The command that shows the same, to be copied. */
export function Command({ text }: { text: string }): JSX.Element {
  const [said, setSaid] = useState("copy");
  const copy = (): void => {
    navigator.clipboard
      ?.writeText(text)
      .then(() => setSaid("copied"))
      .catch(() => setSaid("not copied"));
    setTimeout(() => setSaid("copy"), 1500);
  };
  useKeys([{ keys: ["y"], about: "copy the command that shows the same", act: copy }]);
  return (
    <p class="command">
      <code>{text}</code>{" "}
      <button type="button" class="quiet" onClick={copy}>
        {said}
      </button>
    </p>
  );
}
