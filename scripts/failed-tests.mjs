/**
 * Names the failed tests of Vitest's JSON report, one per line, each with the first line of its message. Also names
 * the first test that did not end because the process of its file exited, and files that did not load.
 */
export function failuresOf(testResults) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((one) => one.status === "failed");
    const unfinished = assertionResults.filter((one) => one.status === "pending");
    const lines = failed.map((one) => `${one.fullName}: ${firstLine(one.failureMessages[0])}`);
    if (status === "failed" && failed.length === 0) lines.push(`the file failed: ${firstLine(message)}`);
    if (unfinished.length > 0)
      lines.push(`${unfinished[0].fullName}: the process ended here or before; ${unfinished.length} not run`);
    return lines.map((line) => `FAILED ${name} > ${line}`);
  });
}

function firstLine(text) {
  return (text ?? "").split("\n", 1)[0];
}
