import type { Json } from "../../domain/json.ts";
import type { JudgeExchange } from "../../domain/judge-exchange.ts";
import { priceText } from "../format-numbers.ts";
import { plainLine, plainText } from "../plain-text.ts";

/** The lines that show one exchange with a judge: the messages sent, and the reply. */
export function exchangeLines({ scorer, request, reply }: JudgeExchange): string[] {
  const cost = priceText(reply.cost_usd);
  const facts = [
    scorer === null ? null : plainLine(scorer),
    reply.model === null ? null : plainLine(reply.model),
    reply.draw === 1 ? null : `opinion ${reply.draw}`,
    cost,
    reply.at,
  ].filter((fact) => fact !== null);
  return [
    `judge: ${facts.join(" · ")}`,
    ...messageTexts(request).flatMap(({ role, content }) => [`  ${role}:`, ...indented(content)]),
    "  reply:",
    ...indented(reply.refusal ?? reply.output),
    "",
  ];
}

function indented(text: string): string[] {
  return plainText(text)
    .split("\n")
    .map((line) => `    ${line}`);
}

/** The messages of a request in any provider's format; the whole request when it contains no messages. */
function messageTexts(request: Json): { readonly role: string; readonly content: string }[] {
  const { messages, input, system } = (request ?? {}) as { readonly [key: string]: Json };
  const list = Array.isArray(messages) ? messages : Array.isArray(input) ? input : null;
  if (list === null) return [{ role: "request", content: JSON.stringify(request, null, 2) }];
  const texts = (list as readonly { readonly role?: Json; readonly content?: Json }[]).map((one) => ({
    role: plainLine(asText(one.role)),
    content: asText(one.content),
  }));
  return system === undefined ? texts : [{ role: "system", content: asText(system) }, ...texts];
}

function asText(value: Json | undefined): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
