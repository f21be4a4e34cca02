import { describe, expect, it } from "vitest";
import { askedOf, personTexts } from "./asked-of-trace.ts";
import type { Message } from "./message.ts";

const parts: Message = { role: "user", content: [{ type: "text", text: "Where is my parcel?" }] };
const system: Message = { role: "system", content: "You are a shop." };
const answer: Message = { role: "assistant", content: "On its way." };

const asked = (messages: readonly Message[]) =>
  askedOf({ transcript: { messages } } as unknown as Parameters<typeof askedOf>[0]);

describe("what a person asked in a trace", () => {
  it("is the text of the parts, without the names of their types", () => {
    expect(personTexts([system, parts, answer])).toEqual(["Where is my parcel?"]);
    expect(asked([system, parts, answer])).toBe("Where is my parcel?");
  });

  it("leaves out turns without a text", () => {
    expect(personTexts([{ role: "user", content: "  " }, parts])).toEqual(["Where is my parcel?"]);
  });

  it("is the conversation up to the last question where there are several", () => {
    const again: Message = { role: "user", content: "Since when?" };
    expect(asked([system, parts, answer, again, answer])).toEqual([
      { role: "user", content: "Where is my parcel?" },
      { role: "assistant", content: "On its way." },
      { role: "user", content: "Since when?" },
    ]);
  });

  it("is unknown where nothing was kept", () => expect(asked([system])).toBeNull());
});
