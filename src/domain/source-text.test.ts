import { describe, expect, it } from "vitest";
import { sourceOf } from "./source-text.ts";

const lower = (text: string): string => text.toLowerCase();
const plain = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .toLowerCase()
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC")
    .replaceAll("ß", "ss");
const words = (text: string): string => (text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).join(" ");

describe("the part of a text in which folded words were found", () => {
  it.each([
    ["small letters", "Well, I CAN'T help.", "i can't", lower, "I CAN'T"],
    ["a letter that becomes two", "İİ I Can't help", "i can't", lower, "I Can't"],
    ["accents", "Désolé, je ne peux pas", "desole", plain, "Désolé"],
    ["accents of their own", "De\u0301sole\u0301, je", "desole", plain, "De\u0301sole\u0301"],
    ["two letters for one", "Ich weiß es außer dir", "ausser dir", plain, "außer dir"],
    ["white space", "Sorry, \n  I\n can't   do that", "i can't do", plain, "I can't do"],
    ["punctuation", "Say: \u201cOrder  no. 12-B\u201d!", "order no 12 b", words, "Order no. 12-B"],
    ["the end", "the END", "end", lower, "END"],
    ["nothing that was found", "the END", "start", lower, "start"],
  ])("is as it is written: %s", (_, text, found, fold, source) => {
    expect(sourceOf(text, found, fold)).toBe(source);
  });
});
