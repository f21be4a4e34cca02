const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text or a quoted attribute value. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? "");
}

/** Makes control characters, bidirectional controls and unpaired surrogates visible. */
export function visible(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(
      /[^\P{Cc}\n\t]|[\p{Cs}\u2028\u2029\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu,
      "\uFFFD",
    );
}

/** Whether JSON may contain a character that `visible` changes. If not, `pageJson` need not go through every text. */
function mayHide(json: string): boolean {
  return (
    /\\(?:[rbf]|u(?:00|[dD][89abAB]))/.test(json) ||
    /[\u007f-\u009f\u2028\u2029\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/.test(json)
  );
}

/** A value as JSON for a page, with hidden characters in every text made visible. */
export function pageJson(value: unknown): string {
  const text = JSON.stringify(value);
  return mayHide(text) ? JSON.stringify(visibleValue(value)) : text;
}

function visibleValue(value: unknown): unknown {
  if (typeof value === "string") return visible(value);
  if (Array.isArray(value)) return value.map(visibleValue);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [visible(key), visibleValue(one)]));
}

/** JSON for a `<script>` element: nothing in it can end the element or start a comment or markup. */
export function scriptJson(value: unknown): string {
  return pageJson(value).replace(
    /[<>&]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
