import { describe, expect, it } from "vitest";
import type { Json } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import { faultWords, type Speaker, turnOfFault } from "../domain/person-fault.ts";
import { findPersonFault } from "./person-faults.ts";

const USER = {
  goal: "Move the stay at the lake hotel to a later week",
  persona: "calm and a little tired",
  knows: {
    booking: "LK-48213",
    name: "Mara Lindt",
    arrival: "2026-05-04",
    nights: 3,
    card: "5500 1200 3400 7811",
  },
};

const ASKS = "Gladly. What is the number of your booking?";
const PROPOSES = "I have it: three nights for 412.50. Shall I move them to 11 May?";
const DONE = "All moved. Is there anything else I can do?";

interface Talk {
  readonly user?: Json;
  readonly expected?: Json;
  readonly before?: Json;
  readonly after?: Json;
  readonly speaker?: Speaker;
}

/** The fault found in a conversation. Texts alternate between person and target; the person begins. */
function found(
  lines: readonly (string | Message)[],
  { user = USER, expected, before, after, speaker }: Talk = {},
) {
  let mine = true;
  const messages = lines.map((one): Message => {
    if (typeof one !== "string") return one;
    const message: Message = { role: mine ? "user" : "assistant", content: one };
    mine = !mine;
    return message;
  });
  const output = messages.findLast(({ role }) => role === "assistant")?.content;
  return findPersonFault({
    input: { user, ...(before !== undefined && { state: before }) },
    expected,
    transcript: {
      messages,
      output: typeof output === "string" ? output : "",
      ...(after !== undefined && { trajectory: { state: after } }),
    },
    speaker: speaker ?? { kind: "unknown" },
  });
}

/** The fault found when the person says this sentence in a conversation that has no fault otherwise. */
const faultOf = (sentence: string, talk?: Talk) =>
  found(
    ["Good evening, I need other dates.", ASKS, sentence, PROPOSES, "Yes, please.", DONE, "No, thanks."],
    talk,
  );

describe("a person who leaves its role", () => {
  it.each([
    "How may I assist you with that?",
    "Thank you for calling our reservations team! What can I do for you?",
    "I've located your reservation and will cancel your booking right away.",
    "Sure, could you please provide your booking reference?",
    "I'm an AI language model, so I have no booking.",
    "You are now chatting with customer care, one moment.",
    "As a support agent I can look that up.",
    "Your reservation has been cancelled. Is there anything else I can help you with?",
    "I'll need your account number before we go on.",
    "Customer: It is LK-48213.\nAgent: Thank you, one moment.",
    "Womit kann ich Ihnen heute helfen?",
    "Ich habe Ihre Buchung storniert.",
    "Hier spricht der Kundendienst.",
    "Comment puis-je vous aider ?",
    "J'ai annulé votre réservation.",
    "¿En qué puedo ayudarle hoy?",
    "He cancelado su reserva.",
    "Come posso aiutarla?",
    "Em que posso ajudar?",
    "Waarmee kan ik u helpen?",
    "Jak mogę panu pomóc?",
    "Чем я могу вам помочь?",
    "Size nasıl yardımcı olabilirim?",
    "请问有什么可以帮您？",
    "どのようなご用件でしょうか。お手伝いします。",
    "무엇을 도와드릴까요?",
  ])("is found: %s", (sentence) => {
    expect(faultOf(sentence)).toMatchObject({ kind: "role", turn: 2 });
  });

  it("is found when it repeats the words of the other side, in any language", () => {
    const previous = "Jambo, tafadhali niambie namba ya safari yako ya leo.";
    expect(found(["Habari.", previous, previous, "Sawa."])).toMatchObject({ kind: "role", turn: 2 });
  });

  it("is found where it names a tool that only the target knows", () => {
    const call: Message = {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "a", name: "find_stay", arguments: {} }],
    };
    const result: Message = { role: "tool", tool_call_id: "a", content: "{}" };
    expect(found(["Hello.", call, result, "One moment.", "find_stay(LK-48213)", "Thanks."])).toMatchObject({
      kind: "role",
    });
  });

  it.each([
    "Could you help me, please?",
    "Thank you for your help so far.",
    "Is this the customer service? I was on hold for long.",
    "Can you tell me your name, so that I know who I spoke with?",
    "I have checked your website and your opening hours.",
    "I got your email about my booking.",
    "Is there anything I can do to speed this up?",
    "I booked your largest room, by the way.",
    "I talked to one of your agents yesterday.",
    "Can I cancel my booking for free?",
    "I am an assistant to the director and book for him.",
    "Können Sie mir helfen?",
    "Ich habe Ihre E-Mail bekommen.",
    "Pouvez-vous m'aider ?",
    "¿Me puede ayudar con mi reserva?",
  ])("is not found in an honest word that looks alike: %s", (sentence) => {
    expect(faultOf(sentence)).toBeUndefined();
  });
});

it.each([
  ["HOW MAY I help you today?", "HOW MAY I help", undefined],
  ["As Per My  INSTRUCTIONS I am tired.", "As Per My INSTRUCTIONS", undefined],
  ["I want plan ZQ-Lake-7, please.", "ZQ-Lake-7", "zq lake 7"],
  ["My wish: Move the stay, at the LAKE hotel, to a later week.", "the LAKE hotel", undefined],
])("is quoted as it wrote: %s", (sentence, words, expected) => {
  expect(faultOf(sentence, expected === undefined ? {} : { expected })?.reason).toContain(words);
});

describe("a person who gives away what it plays by", () => {
  it.each([
    "According to my persona I am calm.",
    "My instructions say that I want a later week.",
    "The expected answer is that you move it.",
    "In order to pass, your reply must mention the lake.",
    "I am playing the role of a guest.",
    "I was told to act as a guest who is tired.",
    "This is only a simulation, so never mind the date.",
    "The rubric expects a later week.",
    "Goal: a later week.",
    "Laut meinen Anweisungen soll ich müde sein.",
    "Das erwartete Ergebnis ist eine spätere Woche.",
    "Selon mes consignes, je suis fatiguée.",
    "La réponse attendue est une autre semaine.",
    "Según mis instrucciones quiero otra semana.",
    "La respuesta debe contener otra semana.",
    "Secondo le mie istruzioni voglio un'altra settimana.",
    "Conforme minhas instruções quero outra semana.",
    "Volgens mijn instructies wil ik een andere week.",
    "Согласно моим инструкциям я устала.",
    "根据我的指示，我想改期。",
    "私の設定によると、疲れています。",
  ])("is found: %s", (sentence) => {
    expect(faultOf(sentence)).toMatchObject({ kind: "leak", turn: 2 });
  });

  it("is found when it recites the goal or persona that it was given, in any language", () => {
    const user = {
      goal: "Kubadilisha tarehe za safari ya ziwani",
      persona: "mtulivu na amechoka kidogo",
      knows: {},
    };
    expect(faultOf(`Lengo: ${user.goal}`, { user })).toMatchObject({ kind: "leak" });
    expect(faultOf(`"${user.persona}"`, { user })).toMatchObject({ kind: "leak" });
    expect(faultOf("Ningependa kubadilisha tarehe za safari ya ziwani.", { user })).toBeUndefined();
  });

  it("is found when it says what the case expects, unless that was said or given before", () => {
    const expected = { says: ["zq-lake-7"] };
    expect(faultOf("Please say zq-lake-7.", { expected })).toMatchObject({ kind: "leak" });
    expect(
      faultOf("Please say zq-lake-7.", { expected, user: { ...USER, knows: { code: "zq-lake-7" } } }),
    ).toBeUndefined();
    expect(
      found(["Other dates, please.", "That is plan zq-lake-7.", "Plan zq-lake-7? Fine.", DONE], { expected }),
    ).toBeUndefined();
  });

  it("is found when it recites sentences of its prompt that are the same for all cases", () => {
    const brief = "You are a guest who talks to a hotel desk.\nYour goal: a later week.";
    const speaker: Speaker = { kind: "played", brief };
    expect(faultOf("You are a guest who talks to a hotel desk.", { speaker })).toMatchObject({
      kind: "leak",
    });
    expect(faultOf("I am a guest, and this is a hotel desk.", { speaker })).toBeUndefined();
  });

  it.each([
    "My goal is to get some rest this year.",
    "I followed the instructions on your page.",
    "I expected a better answer from you.",
    "The correct week is the second one in May.",
    "I was told to call you about this.",
    "To pass the time I read your brochure.",
    "The expected arrival was in May.",
    "I am supposed to travel with my mother.",
    "Your instructions say that I can change it.",
    "Ich habe die Anleitung gelesen.",
    "Mon objectif est de me reposer.",
  ])("is not found in an honest word that looks alike: %s", (sentence) => {
    expect(faultOf(sentence)).toBeUndefined();
  });
});

describe("a person who invents", () => {
  it.each([
    ["a code", "It is LK-77120."],
    ["another code", "My reference is QX81RT."],
    ["a number of a customer", "My customer number is 90817263."],
    ["an account", "Take it from DE89 3704 0044 0532 0130 00."],
    ["an address of e-mail", "Write to mara.l@mail.example."],
    ["a card", "Use the card 4000 1111 2222 9182."],
    ["a telephone", "Call me at +41 79 555 01 82."],
    ["a sum", "I paid 519.90 for it."],
    ["a round sum that was paid", "I paid 700 euros for it."],
    ["a date", "I would like to come on 23 August."],
    ["a date in figures", "From 2026-09-17 on, please."],
    ["a date of another language", "Ab dem 23. August, bitte."],
    ["a date of a third one", "À partir du 23 août, merci."],
    ["a name", "My name is Joris Adler."],
    ["a number in other digits", "رقم الحجز ٩٠٨١٧٢٦٣"],
    ["a code in wide letters", "番号は ＬＫ－７７１２０ です。"],
    ["a telephone in another tongue", "Meine Nummer ist 0151 23456789."],
  ])("is found: %s", (_, sentence) => {
    expect(faultOf(sentence)).toMatchObject({ kind: "invented", turn: 2 });
  });

  it.each([
    ["what it was given", "It is LK-48213, for Mara Lindt."],
    ["the same in another spelling", "The number is LK48213."],
    ["the same in small letters and apart", "it's lk 48213"],
    ["a part of it", "It ends with 8213. The card ends in 7811."],
    ["the card in one", "5500120034007811"],
    ["a date of another form", "I arrive on May 4th."],
    ["a date of another language", "Ich komme am 4. Mai an."],
    ["a date in figures", "Arrival is 04.05.2026, or 05/04/2026."],
    ["a day that follows from it", "I would leave on 7 May."],
    ["small numbers", "We are 2 adults and 1 child, for 10 days at most."],
    ["round talk", "I told you 100 times, and I would pay 500 more."],
    ["measures, times and shares", "At 10:30 it was 25km away, at 3pm 50 %. A 2nd try, 24/7."],
    ["a year", "I have come here since 2019."],
    ["its own first name", "My name is Mara."],
    ["in wide digits", "ＬＫ－４８２１３です。"],
  ])("is not found: %s", (_, sentence) => {
    expect(faultOf(sentence)).toBeUndefined();
  });

  it("may say what the target said, and what follows from it", () => {
    expect(
      found([
        "Other dates, please.",
        PROPOSES,
        "So 412.50 for three nights, 137.50 a night? Yes, on 11 May.",
        DONE,
      ]),
    ).toBeUndefined();
  });

  it("may say what a tool found", () => {
    const call: Message = {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "a", name: "stay", arguments: {} }],
    };
    const result: Message = { role: "tool", tool_call_id: "a", content: '{"room":"R-2207"}' };
    expect(found(["Hello.", call, result, "I have it.", "Room R-2207, yes.", DONE])).toBeUndefined();
    expect(found(["Hello.", "I have it.", "Room R-2207, yes.", call, result, DONE])).toMatchObject({
      kind: "invented",
    });
  });

  it("may say what its prompt says, and what else the case is about", () => {
    const speaker: Speaker = { kind: "played", brief: "Your telephone: 0151 23456789." };
    expect(faultOf("It is 0151 23456789.", { speaker })).toBeUndefined();
    expect(faultOf("It is 0151 23456789.")).toMatchObject({ kind: "invented" });
  });

  it("is found when it names a fact that only the tools' initial state contains", () => {
    expect(faultOf("It is LK-99999.", { before: { bookings: { "LK-99999": {} } } })).toMatchObject({
      kind: "invented",
    });
  });
});

describe("a person who ends too early", () => {
  const opened = ["Other dates, please. It is LK-48213.", PROPOSES];

  it.each([
    "Yes, please.",
    "Sure, go ahead. Thank you, bye!",
    "Sounds good!",
    "Ja, bitte.",
    "Oui, allez-y.",
    "Sí, por favor.",
    "Sì, certo.",
    "Sim, pode ser.",
    "Ja, graag.",
    "Tak, proszę. Potwierdzam.",
    "Да, пожалуйста.",
    "好的。",
    "はい、お願いします。",
    "네, 부탁합니다.",
    "Evet, lütfen.",
  ])("is found with its consent: %s", (sentence) => {
    expect(found([...opened, sentence])).toMatchObject({ kind: "early", turn: 2 });
  });

  it.each([
    "No, leave it.",
    "On second thought, no.",
    "Thank you, I will think about it.",
    "Never mind.",
    "Nein, danke.",
    "Non merci.",
    "Нет, спасибо.",
    "不用了，谢谢。",
    "Tak for hjælpen!",
    "I would like to think about it first.",
  ])("is not found when the last message does not consent: %s", (sentence) => {
    expect(found([...opened, sentence])).toBeUndefined();
  });

  it.each([
    "Moved. Is there anything else?",
    "Did that help?",
    "Alles erledigt. Kann ich sonst noch etwas tun?",
    "C'est fait. Autre chose ?",
    "Listo. ¿Algo más?",
    "Gotowe. Czy mogę jeszcze w czymś pomóc?",
    "Готово. Что-нибудь ещё?",
    "已经改好了。还有其他需要吗？",
    "It is moved.",
  ])("is not found when the target waits for no consent: %s", (previous) => {
    expect(found(["It is LK-48213.", previous, "Yes, thank you. Goodbye!"])).toBeUndefined();
  });

  it("is not found when the tools' state has changed, unless something more was proposed", () => {
    const talk = ["It is LK-48213.", "Done: 11 May. Did you get my mail?", "Yes, thanks."];
    expect(found(talk, { before: { at: 4 }, after: { at: 11 } })).toBeUndefined();
    expect(found(talk, { before: { at: 4 }, after: { at: 4 } })).toMatchObject({ kind: "early" });
  });

  it("is found when more was proposed after the tools' state had changed", () => {
    const talk = ["It is LK-48213.", "Moved. Shall I also book a boat?", "Yes, please."];
    expect(found(talk, { before: { at: 4 }, after: { at: 11 } })).toMatchObject({ kind: "early" });
  });

  it("is found without a question, when the target asks for a confirmation", () => {
    expect(
      found(["It is LK-48213.", "I can move it to 11 May. Please confirm.", "Confirmed."]),
    ).toMatchObject({
      kind: "early",
    });
  });

  it("is found before the target has said anything", () => {
    expect(found(["Other dates, please."])).toMatchObject({ kind: "early", turn: 1 });
  });

  it("is not found when the stop marker is a message of its own, or when the target has the last word", () => {
    expect(found([...opened, "Yes, please.", DONE, "###STOP###"])).toBeUndefined();
    expect(found([...opened, "Yes, please.", DONE])).toBeUndefined();
  });
});

describe("a person who repeats itself", () => {
  const same = "I really need another week for this.";

  it("is found when it says the same to everything", () => {
    expect(found([same, ASKS, same, "Which hotel is it?", same, "I see."])).toMatchObject({
      kind: "repeats",
      turn: 3,
    });
  });

  it("is found when it says the same again and again to one question", () => {
    expect(found(["Hello.", ASKS, same, ASKS, same, ASKS, same, ASKS, `${same}!`, ASKS])).toMatchObject({
      kind: "repeats",
      turn: 5,
    });
  });

  it("is found within one message", () => {
    expect(faultOf(`${same} ${same} ${same} ${same}`)).toMatchObject({ kind: "repeats" });
  });

  it("is found in writing without blanks", () => {
    const words = "我真的需要换一个星期。";
    expect(found([words, "请问号码？", words, "哪家酒店？", words, "好的。"])).toMatchObject({
      kind: "repeats",
    });
  });

  it("is not found in short answers, in saying no, or in what is asked again", () => {
    expect(
      found([
        "Hello.",
        "A room?",
        "Yes.",
        "A lake view?",
        "Yes.",
        "Breakfast?",
        "Yes.",
        "Parking?",
        "Yes.",
        DONE,
      ]),
    ).toBeUndefined();
    const no = "I do not have that with me.";
    expect(
      found(["Hello.", "Your card?", no, "Your letter?", no, "Your mail?", no, "I see."]),
    ).toBeUndefined();
    const number = "It is LK-48213.";
    expect(
      found(["Hello.", ASKS, number, ASKS, number, ASKS, number, ASKS, number, PROPOSES]),
    ).toBeUndefined();
    expect(found([same, ASKS, same, PROPOSES, "Yes.", DONE])).toBeUndefined();
  });
});

describe("a fault of a simulated person", () => {
  it("names the turn in a text from which it can be read again", () => {
    const fault = faultOf("It is LK-77120.");
    expect(fault && faultWords(fault)).toBe(
      'turn 2: the simulated person states what it cannot know: "LK-77120"',
    );
    expect(turnOfFault(fault ? faultWords(fault) : "")).toBe(2);
    expect(turnOfFault("the model that plays it: turn 3 failed")).toBeUndefined();
  });

  it("does not count user messages that contain only tool results", () => {
    const result: Message = {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: "a", content: "room R-2207, paid 519.90" }],
    };
    expect(
      found(["Hello.", "One moment.", result, "I have it.", "Thank you, room R-2207.", DONE]),
    ).toBeUndefined();
  });
});
