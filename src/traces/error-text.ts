const PYTHON = "Traceback (most recent call last):";

/** The message of an error, without the stack trace that many instrumentations append. */
export function errorText(written: string): string {
  const python = written.indexOf(PYTHON);
  // A Python traceback has the error in its last line.
  if (python === 0) return written.trimEnd().split("\n").at(-1) ?? written;
  const stack = python === -1 ? written.search(/\n[ \t]+at /) : python;
  const said = (stack === -1 ? written : written.slice(0, stack)).trim();
  // A JavaScript stack repeats the message in its first line.
  const [first = "", again] = stack === -1 ? [said] : said.split("\n\n");
  return (again?.endsWith(`: ${first}`) ? first : said) || written;
}
