import type { JSX } from "preact";
import type { PromptTexts } from "../../domain/viewed-run.ts";
import { diffWords } from "../../domain/word-diff.ts";
import { Block } from "./passage-view.tsx";

/** Number of unchanged lines shown around a change. */
const AROUND = 2;

/** The changes between two versions of a prompt, word by word. */
export function PromptDiff({ prompts: { from, to } }: { prompts: PromptTexts }): JSX.Element {
  const lines = diffWords(from.text, to.text);
  const near = new Set<number>();
  for (const [at, line] of lines.entries()) {
    if (line.every(({ kind }) => kind === "same")) continue;
    for (let one = at - AROUND; one <= at + AROUND; one++) near.add(one);
  }
  const title = `${from.name} ${from.version} → ${from.name === to.name ? "" : `${to.name} `}${to.version}`;
  return (
    <section aria-label="prompt">
      <h2>The prompt: {title}</h2>
      <Block label={`the prompt, ${title}`} name="prompt">
        {lines.flatMap((line, at) => {
          if (!near.has(at))
            return near.has(at - 1) || at === 0
              ? [
                  <span key={at} class="faint">
                    {"⋯\n"}
                  </span>,
                ]
              : [];
          return [
            <span key={at}>
              {line.map(({ kind, text }, index) => {
                const key = `${at}.${index}`;
                if (kind === "removed") return <del key={key}>{text}</del>;
                return kind === "added" ? <ins key={key}>{text}</ins> : <span key={key}>{text}</span>;
              })}
              {"\n"}
            </span>,
          ];
        })}
      </Block>
    </section>
  );
}
