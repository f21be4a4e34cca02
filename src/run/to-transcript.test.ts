import { describe, expect, it } from "vitest";
import { wellFormed } from "../domain/well-formed.ts";
import { toTranscript } from "./to-transcript.ts";

describe("toTranscript", () => {
  it("gives every text of an answer in the form in which the store returns it", () => {
    const half = "cut \ud83d";
    const transcript = toTranscript(
      {
        kind: "answered",
        output: half,
        model: half,
        finish_reason: half,
        refusal: half,
        messages: [{ role: "user", content: [{ type: "text", text: half }] }],
        tool_calls: [{ id: half, name: half, arguments: { [half]: [half] } }],
      },
      null,
    );
    expect(wellFormed(transcript)).toBe(transcript);
    expect(transcript.output).toBe("cut \ufffd");
  });
});
