/** Maximum characters of a reply or answer from any source; a longer one is treated as an endless output. */
export const LONGEST_REPLY = 16 * 1024 * 1024;

/** `LONGEST_REPLY` as words for messages. */
export const LONGEST_REPLY_WORDS = "16 MiB";
