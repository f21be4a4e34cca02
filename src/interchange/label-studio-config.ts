import { type AskedCriterion, CRITERION } from "./label-task.ts";

/**
 * A Label Studio configuration: case, input, expected value and answer, one verdict, one choice per criterion, and a
 * comment. It does not show the judge's verdict.
 */
export function labelStudioConfig(criteria: readonly AskedCriterion[]): string {
  const asked = criteria.flatMap(({ name, about }) => [
    header(about === "" ? name : `${name}: ${about}`),
    choices(`${CRITERION}${name}`, false),
  ]);
  return [
    "<View>",
    // Label Studio would collapse the spaces of indented text.
    "  <Style>.htx-text, .lsf-richtext__line { white-space: pre-wrap; }</Style>",
    '  <Header value="$case"/>',
    header("Input"),
    '  <Text name="input" value="$input"/>',
    header("Expected"),
    '  <Text name="expected" value="$expected"/>',
    header("Answer"),
    '  <Text name="answer" value="$answer"/>',
    choices("verdict", true),
    ...asked,
    '  <TextArea name="comment" toName="answer" rows="3" maxSubmissions="1" editable="true" placeholder="Comment"/>',
    "</View>",
    "",
  ].join("\n");
}

function header(text: string): string {
  // Label Studio replaces $name by a task's value; a zero-width space prevents that.
  const plain = text.replaceAll("$", "$\u200b");
  return `  <Header value="${attribute(plain)}" size="5"/>`;
}

function choices(name: string, isVerdict: boolean): string {
  const keys = { pass: "p", fail: "f", unsure: "u" };
  const options = Object.entries(keys).map(
    ([value, key]) => `    <Choice value="${value}"${isVerdict ? ` hotkey="${key}"` : ""}/>`,
  );
  return [
    `  <Choices name="${attribute(name)}" toName="answer" choice="single" showInline="true"${isVerdict ? ' required="true"' : ""}>`,
    ...options,
    "  </Choices>",
  ].join("\n");
}

/** A text as the value of an XML attribute, without the characters that XML does not allow. */
function attribute(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/[\t\n\r]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
