/** Control characters but the tab, and what is not Latin-1. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** What is in an HTTP header for a value: blanks around it, a last line break too, are no part of it. */
export function headerValue(text: string): string {
  return text.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
}

/** Can an HTTP header hold this value? */
export function isSendable(text: string): boolean {
  return !UNSENDABLE.test(headerValue(text));
}
