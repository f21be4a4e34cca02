/** Characters of one reply or answer, of whatever is asked: more than this is a program that does not stop talking. */
export const LONGEST_REPLY = 16 * 1024 * 1024;

/** The bound as people read it. */
export const LONGEST_REPLY_WORDS = "16 MiB";
