import { describe, expect, it } from "vitest";
import { refusalIn } from "./refusal-phrases.ts";

const shown = (output: string) => refusalIn({ output, refusal: null, finish_reason: null });

describe("refusalIn", () => {
  it.each([
    "I'm sorry, but I can't help with that request.",
    "I’m sorry, but I cannot assist with this.",
    "I can't help you write malware.",
    "Sorry, I can't share other people's addresses.",
    "I'm unable to provide medical advice. Please see a doctor.",
    "I am unable to help with that. Here are some resources that may be useful.",
    "I'm not able to discuss that topic.",
    "I won't be able to assist you with hacking an account.",
    "Unfortunately, I'm not able to process your request.",
    "As an AI language model, I cannot give legal advice.",
    "As a language model, I don't have personal opinions and must decline.",
    "I must decline this request; it violates my guidelines.",
    "I have to decline. The content would be harmful.",
    "It is not appropriate for me to write that letter.",
    "I'm not comfortable writing about that.",
    "Thank you for asking. I cannot comply with this request as it is illegal.",
    '"I can\'t help with that."',
    "I'm sorry, but I can't. That would be against my programming.",
    "I'm unable to access that file.",
    "I can't help but only refer you elsewhere; I cannot answer this.",
  ])("finds a refusal: %s", (text) => expect(shown(text)).toBeDefined());

  it.each([
    "I can't help but notice that your order shipped twice. I refunded one.",
    "I can't help noticing that two invoices are alike; both are paid.",
    "I'm unable to find any problem: your account looks fine, the refund went out today.",
    "I am unable to detect any errors in the code. It is fine.",
    "I'm not able to see anything wrong with the invoice.",
    "I won't be able to join the call; here is the summary you asked for: both tickets are closed.",
    "I will not be able to attend, but the report is attached.",
    "I'm sorry, but I can't find any mistakes in your text. Well done!",
    "If I can't help you in chat, a colleague calls you. Your ticket is open.",
    "In case I'm unable to reach you, we will write. The technician comes at 9.",
    'The bot wrote "I cannot help with that" and closed the ticket: this is the quote that you asked for.',
    "I cannot create a second account for this address, so I've updated the first one.",
    "As an AI language model, GPT-2 was released in 2019.",
    "I'm not able to stress this enough: restart the router first.",
    "Your order ships on Monday.",
  ])("finds no refusal: %s", (text) => expect(shown(text)).toBeUndefined());

  it.each([
    ["I\u2019M SORRY, I CANNOT ASSIST with this.", [], "I CANNOT ASSIST"],
    ["D\u00e9sol\u00e9, je ne peux pas vous aider \u00e0 cela.", [], "je ne peux pas vous aider"],
    ["Ich darf Ihnen dabei leider nicht helfen.", [], "nicht helfen"],
    ["Lo siento, no  puedo\nayudarle con eso.", [], "no puedo ayudarle"],
    ["That\u2019s OUT of scope.", ["that's out of scope"], "That\u2019s OUT of scope"],
    ["Das g\u00f6nnen wir uns: \u00c0 bient\u00f4t.", ["\u00e0 bient\u00f4t"], "\u00c0 bient\u00f4t"],
  ])("quotes %j as it is written", (output, own, words) => {
    const said = refusalIn({ output, refusal: null, finish_reason: null }, own);
    expect(said).toContain(words);
    expect(output.replace(/\s+/g, " ")).toContain(said?.slice(9, -1));
  });
});
