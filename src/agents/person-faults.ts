import { contentText } from "../domain/content-text.ts";
import { isTurn } from "../domain/conversation.ts";
import { membersIn } from "../domain/found-documents.ts";
import { hashJson, type Json } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import type { PersonFault, PersonFaultKind, Speaker } from "../domain/person-fault.ts";
import { sourceOf } from "../domain/source-text.ts";
import type { Transcript } from "../domain/transcript.ts";
import { readPersonWords } from "./person.ts";
import {
  agrees,
  awaitsConsent,
  declines,
  leakingWords,
  OTHER_SIDE,
  staffPhrase,
  statedName,
} from "./person-words.ts";
import { KnownFacts, plainText, shapesIn, statedFacts, wordsOf } from "./stated-facts.ts";

/** The parts of a conversation that show what its simulated user did wrong. */
export interface HeldConversation {
  readonly input: Json;
  readonly expected?: Json | undefined;
  readonly transcript: Pick<Transcript, "messages" | "output" | "trajectory">;
  readonly speaker: Speaker;
}

/** What the instructions of a simulated user say, and what the user must not reveal. */
interface Part {
  /** Texts of the user's goal, persona and similar. */
  readonly given: readonly string[];
  /** Sentences of the user's prompt that are the same for all cases. */
  readonly brief: readonly string[];
  /** Texts of `expected` that nobody would say by chance. */
  readonly expected: readonly string[];
  /** Shapes of the codes that the user knows, such as `a9999` for A-1042. */
  readonly shapes: ReadonlySet<string>;
}

/** One message of the simulated user, with its context. */
interface PersonTurn {
  readonly text: string;
  /** The words only, in lower case. */
  readonly words: string;
  /** The target's previous message; empty at the beginning. */
  readonly previous: string;
}

/** The text of a message, and its words only. */
type PersonWords = Pick<PersonTurn, "text" | "words">;

type Found = { readonly kind: PersonFaultKind; readonly reason: string } | undefined;

const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;

/** Approximate number of words; in scripts without spaces, two characters count as one. */
const lengthOf = (words: string): number =>
  words === "" ? 0 : words.split(" ").length + Math.floor((words.match(WIDE)?.length ?? 0) / 2);

/** The form in which phrases are searched. */
const lowerText = (text: string): string => plainText(text).toLowerCase();

const quoted = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return `"${line.length > 100 ? `${line.slice(0, 99).toWellFormed()}…` : line}"`;
};

/**
 * The first mistake of a conversation's simulated user; undefined when there is none. Only what the conversation
 * clearly shows counts; in doubt, the user is considered right.
 */
export function findPersonFault(held: HeldConversation): PersonFault | undefined {
  const { messages } = held.transcript;
  const known = new KnownFacts();
  const { state: _, turns: __, ...given } = membersIn(held.input) as Record<string, Json>;
  known.add(textsIn(given).join("\n"));
  if (held.speaker.kind === "played") known.add(held.speaker.brief);
  const part = partOf(held, known);
  /** Facts that the target has already used as arguments of its calls. */
  const used = new KnownFacts();
  const turns: PersonTurn[] = [];
  const earlier: PersonWords[] = [];
  const tools = toolNames(messages);
  for (const message of messages) {
    const text = contentText(message.content);
    if (message.role === "assistant") {
      if (text !== "") earlier.push({ text, words: wordsOf(text) });
      known.add(text);
      for (const call of message.tool_calls ?? []) used.add(textsIn(call.arguments).join("\n"));
    } else if (message.role === "tool" || (message.role === "user" && !isTurn(message)))
      known.addFound(foundText(message.content));
    else if (message.role === "user") {
      const message = readPersonWords(text).message;
      const turn = { text: message, words: wordsOf(message), previous: earlier.at(-1)?.text ?? "" };
      turns.push(turn);
      const fault =
        roleLeft(turn, earlier, tools) ??
        leaked(turn, part, known) ??
        invented(turn, part, known) ??
        repeats(turns, part, used);
      if (fault !== undefined) return { ...fault, turn: turns.length };
    }
  }
  const fault = endedEarly(turns.at(-1), held);
  return fault === undefined ? undefined : { ...fault, turn: Math.max(1, turns.length) };
}

function partOf({ input, expected, speaker }: HeldConversation, known: KnownFacts): Part {
  const user = membersIn(input).user as Json;
  const { knows, ...rest } = membersIn(user) as Record<string, Json>;
  const given = Object.values(rest).filter((one) => typeof one === "string");
  const inState = wordsOf(JSON.stringify(membersIn(input).state ?? null));
  const own = given.map(wordsOf);
  const brief = speaker.kind === "played" ? speaker.brief.split(/(?<=[.!?:])\s+|\n+/).map(wordsOf) : [];
  return {
    given: own.filter((one) => lengthOf(one) >= 3),
    brief: brief.filter(
      (one) => lengthOf(one) >= 6 && !own.some((text) => one.includes(text) || text.includes(one)),
    ),
    expected: textsIn(expected)
      .map(wordsOf)
      .filter((one) => isRare(one) && !inState.includes(one) && !known.hasWords(one)),
    shapes: shapesIn(knows ?? null),
  };
}

/** Whether nobody would say these words by chance: they are a code, or a phrase of four words or more. */
const isRare = (words: string): boolean =>
  (/\d/.test(words) && /\p{L}/u.test(words) && words.length >= 5) || lengthOf(words) >= 4;

/** All strings and numbers in a value. */
function textsIn(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((one) => textsIn(one as Json));
}

/** The text of a tool's result, with JSON's escapes for whitespace and quotation marks replaced by spaces. */
const foundText = (content: Message["content"]): string =>
  (typeof content === "string" ? content : JSON.stringify(content)).replace(/\\+[nrt"]/g, " ");

/** Tool names that a user would not say; names that are ordinary words are left out. */
function toolNames(messages: readonly Message[]): readonly string[] {
  const names = messages.flatMap((one) => (one.tool_calls ?? []).map(({ name }) => name));
  return [...new Set(names)].filter((name) => /_|[a-z][A-Z]/.test(name));
}

/** Checks whether the simulated user speaks as the support agent would, or names the agent's tools. */
function roleLeft(
  { text, words }: PersonTurn,
  earlier: readonly PersonWords[],
  tools: readonly string[],
): Found {
  const staffWords = staffPhrase(plainText(text)) ?? OTHER_SIDE.exec(text)?.[0];
  if (staffWords !== undefined)
    return {
      kind: "role",
      reason: `speaks as the target would: ${quoted(sourceOf(text, staffWords, lowerText))}`,
    };
  const tool = tools.find((name) => text.includes(name));
  if (tool !== undefined)
    return { kind: "role", reason: `names a tool that it cannot know: ${quoted(tool)}` };
  const echo = earlier.find(
    (one) => one.words.length >= 0.7 * words.length && words.includes(one.words) && lengthOf(one.words) >= 6,
  );
  return echo === undefined
    ? undefined
    : { kind: "role", reason: `repeats the target's words: ${quoted(echo.text)}` };
}

/** Checks whether the simulated user mentions its instructions, or reveals the expected result too early. */
function leaked({ text, words }: PersonTurn, { given, brief, expected }: Part, known: KnownFacts): Found {
  const phrase = leakingWords(plainText(text));
  if (phrase !== undefined)
    return {
      kind: "leak",
      reason: `speaks of its instructions: ${quoted(sourceOf(text, phrase, lowerText))}`,
    };
  const revealed = expected.find((one) => ` ${words} `.includes(` ${one} `) && !known.hasWords(one));
  if (revealed !== undefined)
    return {
      kind: "leak",
      reason: `gives away what is expected: ${quoted(sourceOf(text, revealed, wordsOf))}`,
    };
  const recited =
    brief.find((one) => words.includes(one)) ??
    // Its goal or persona, quoted literally after a colon or in quotation marks.
    [...text.matchAll(/[:：="“„«「]\s*/gu)]
      .map(({ index, 0: mark }) => wordsOf(text.slice(index + mark.length)))
      .flatMap((rest) => given.filter((one) => rest.startsWith(one)))[0];
  return recited === undefined
    ? undefined
    : { kind: "leak", reason: `recites its own instructions: ${quoted(sourceOf(text, recited, wordsOf))}` };
}

/** Checks whether the simulated user states facts that are not in its instructions and that nobody mentioned. */
function invented({ text }: PersonTurn, { shapes }: Part, known: KnownFacts): Found {
  const fact = statedFacts(text, shapes).find((one) => !known.has(one));
  const name = fact === undefined ? statedName(text) : undefined;
  const isOther = name !== undefined && !name.split(/\s+/).some((one) => known.hasName(one));
  const what = fact?.words ?? (isOther ? name : undefined);
  return what === undefined
    ? undefined
    : { kind: "invented", reason: `states what it cannot know: ${quoted(what)}` };
}

/** Checks whether the simulated user's last message repeats itself, or repeats earlier messages too often. */
function repeats(turns: readonly PersonTurn[], { shapes }: Part, used: KnownFacts): Found {
  const last = turns.at(-1) as PersonTurn;
  const inside = repeatedInside(last.text);
  if (inside !== undefined) return { kind: "repeats", reason: `says over and over: ${quoted(inside)}` };
  const same = turns.filter(({ words }) => words === last.words);
  const isReply = declines(last.text) || (lengthOf(last.words) < 5 && agrees(last.text, last.previous));
  if (same.length < 3 || lengthOf(last.words) < 3 || isReply) return undefined;
  const questions = new Set(same.map(({ previous }) => wordsOf(previous))).size;
  // A user who is asked for a fact again may repeat the fact, until the target has used it.
  const gives = statedFacts(last.text, shapes).some((one) => !used.has(one));
  const limit = gives ? 6 : questions > 1 ? 3 : 4;
  return same.length < limit
    ? undefined
    : { kind: "repeats", reason: `said the same ${same.length} times: ${quoted(last.text)}` };
}

function repeatedInside(text: string): string | undefined {
  const times = new Map<string, number>();
  for (const sentence of text.split(/[.!?。！？\n]+/u)) {
    const words = wordsOf(sentence);
    const count = (times.get(words) ?? 0) + 1;
    times.set(words, count);
    if (count >= 4 && lengthOf(words) >= 3) return sentence;
  }
  return undefined;
}

/**
 * Checks whether the user ended the conversation too early: before the target said anything, or with a consent that
 * the target still had to act on.
 */
function endedEarly(last: PersonTurn | undefined, { input, transcript }: HeldConversation): Found {
  const { messages, output, trajectory } = transcript;
  const end = messages.at(-1);
  if (last === undefined || end === undefined || !isTurn(end) || trajectory?.stopped !== undefined)
    return undefined;
  const replies = messages
    .filter(({ role }) => role === "assistant")
    .map(({ content }) => contentText(content));
  // An output that is not among the messages is a later reply, so the target did answer the user's last message.
  if (output !== "" && !replies.includes(output)) return undefined;
  if (last.previous === "")
    return {
      kind: "early",
      reason: `ended the conversation before the target answered: ${quoted(last.text)}`,
    };
  const before = membersIn(input).state as Json | undefined;
  const after = trajectory?.state;
  const done = before !== undefined && after !== undefined && hashJson(before) !== hashJson(after);
  return awaitsConsent(last.previous, done) && agrees(last.text, last.previous)
    ? {
        kind: "early",
        reason: `agreed and ended the conversation before the target acted: ${quoted(last.text)}`,
      }
    : undefined;
}
