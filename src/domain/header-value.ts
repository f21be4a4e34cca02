/** Control characters except tab, and characters outside of Latin-1. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** A value as sent in an HTTP header, without surrounding whitespace. */
export function headerValue(text: string): string {
  return text.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
}

/** Whether a value is allowed in an HTTP header. */
export function isSendable(text: string): boolean {
  return !UNSENDABLE.test(headerValue(text));
}
