import type { JSX } from "preact";
import type { Json } from "../../domain/json.ts";
import { visible } from "../page-text.ts";
import { PassageView } from "./passage-view.tsx";

/** Maximum keys of an object whose members are shown one by one. An object with more keys is shown as JSON. */
const MAX_KEYS = 12;

/** Shows a value: messages and the texts of an object under their names, everything else as JSON. */
export function Value({ value, name }: { value: Json; name: string }): JSX.Element {
  const parts = namedParts(value);
  if (parts === null) return <Text text={textOf(value)} name={name} />;
  return (
    <>
      {parts.map(([part, one], at) => (
        <div class="named" key={`${at} ${part}`}>
          <h3>{visible(part)}</h3>
          {Array.isArray(one) && isMessages(one) ? (
            <Value value={one} name={part} />
          ) : (
            <Text text={textOf(one)} name={part} />
          )}
        </div>
      ))}
    </>
  );
}

export function Text({ text, name }: { text: string; name: string }): JSX.Element {
  const shown = visible(text);
  return <PassageView label={visible(name)} passage={{ text: shown, letters: shown.length }} />;
}

const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

type Fields = { readonly [key: string]: Json };

function isMessages(value: readonly Json[]): value is readonly { role: string; content: string }[] {
  return value.length > 0 && value.every(isMessage);
}

function isMessage(one: Json): boolean {
  const { role, content } = (one ?? {}) as Fields;
  return typeof role === "string" && typeof content === "string" && Object.keys(one as Fields).length === 2;
}

/**
 * The named parts of a value: messages by role, an object's members by key; null for a value that is shown as
 * one text.
 */
function namedParts(value: Json): readonly (readonly [string, Json])[] | null {
  if (value === null || typeof value !== "object") return null;
  if (Array.isArray(value))
    return isMessages(value) ? value.map(({ role, content }) => [role, content] as const) : null;
  const entries = Object.entries(value as Fields);
  return entries.length <= MAX_KEYS && entries.some(([, one]) => typeof one === "string") ? entries : null;
}
