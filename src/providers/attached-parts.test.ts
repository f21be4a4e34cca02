import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AttachedFile } from "../domain/attachment.ts";
import { type Json, sha256 } from "../domain/json.ts";
import { SettingMistake } from "../domain/problem.ts";
import type { OpenTarget } from "../domain/provider.ts";
import { anthropicProvider } from "./anthropic-provider.ts";
import { askedMessages } from "./asked-messages.ts";
import { openaiProvider } from "./openai-provider.ts";
import { type ChatServer, type Dialect, startChatServer } from "./testing/chat-server.ts";
import { anthropicDialect, chatDialect, responsesDialect } from "./testing/dialects.ts";
import { ask, fakeHost, questionOf } from "./testing/fake-host.ts";

const KEY = "sk-secret-1234567890";
const root = mkdtempSync(join(tmpdir(), "evals-parts-"));
const fileOf = (type: AttachedFile["type"], path: string, media_type: string): AttachedFile => {
  const content = `content of ${path}`;
  writeFileSync(join(root, path), content);
  return { type, path, media_type, sha256: sha256(content), bytes: content.length };
};
const base64 = (path: string) => Buffer.from(`content of ${path}`).toString("base64");
const PHOTO = fileOf("image", "a.png", "image/png");
const PAGE = fileOf("file", "b.pdf", "application/pdf");
const NOTE = fileOf("file", "c.md", "text/markdown");
const SOUND = fileOf("audio", "d.mp3", "audio/mpeg");
const own = { type: "custom", x: 1 };
const content = (...files: AttachedFile[]) =>
  [{ type: "text", text: "hello" }, ...files, own] as unknown as readonly Json[];

interface Subject {
  readonly dialect: Dialect;
  open(origin: string): Promise<OpenTarget>;
  readonly parts: readonly unknown[];
  sent(body: Readonly<Record<string, unknown>>): unknown;
  readonly files: readonly AttachedFile[];
}
const openai = (api: string) => (origin: string) =>
  openaiProvider.open(
    openaiProvider.settings.parse({
      provider: "openai",
      model: "m-1",
      api,
      base_url: `${origin}/v1`,
      api_key_env: "KEY",
    }),
    fakeHost({ env: { KEY }, root }),
  );
const first = (list: unknown) => (list as { content: unknown }[])[0]?.content;
const url = ({ path, media_type }: AttachedFile) => `data:${media_type};base64,${base64(path)}`;

const SUBJECTS: Readonly<Record<string, Subject>> = {
  "OpenAI's chat": {
    ...{ dialect: chatDialect, open: openai("chat"), files: [PHOTO, PAGE, SOUND] },
    sent: ({ messages }) => first(messages),
    parts: [
      { type: "text", text: "hello" },
      { type: "image_url", image_url: { url: url(PHOTO) } },
      { type: "file", file: { filename: "b.pdf", file_data: url(PAGE) } },
      { type: "input_audio", input_audio: { data: base64("d.mp3"), format: "mp3" } },
      own,
    ],
  },
  "OpenAI's responses": {
    ...{ dialect: responsesDialect, open: openai("responses"), files: [PHOTO, PAGE] },
    sent: ({ input }) => first(input),
    parts: [
      { type: "input_text", text: "hello" },
      { type: "input_image", detail: "auto", image_url: url(PHOTO) },
      { type: "input_file", filename: "b.pdf", file_data: url(PAGE) },
      own,
    ],
  },
  "Anthropic's messages": {
    ...{ dialect: anthropicDialect, files: [PHOTO, PAGE, NOTE] },
    open: (origin) =>
      anthropicProvider.open(
        anthropicProvider.settings.parse({
          provider: "anthropic",
          model: "m-1",
          base_url: origin,
          api_key_env: "KEY",
        }),
        fakeHost({ env: { KEY }, root }),
      ),
    sent: ({ messages }) => first(messages),
    parts: [
      { type: "text", text: "hello" },
      { type: "image", source: { type: "base64", media_type: "image/png", data: base64("a.png") } },
      {
        type: "document",
        title: "b.pdf",
        source: { type: "base64", media_type: "application/pdf", data: base64("b.pdf") },
      },
      {
        type: "document",
        title: "c.md",
        source: { type: "text", media_type: "text/plain", data: "content of c.md" },
      },
      own,
    ],
  },
};

describe.each(Object.keys(SUBJECTS))("files sent to %s", (name) => {
  const subject = SUBJECTS[name] as Subject;
  let server: ChatServer;
  let target: OpenTarget;
  beforeAll(async () => {
    server = await startChatServer(subject.dialect);
    target = await subject.open(server.origin);
  });
  afterAll(async () => {
    await target.client.close();
    await server.close();
  });
  const question = (...files: AttachedFile[]) =>
    questionOf({ messages: [{ role: "user", content: content(...files) }] });

  it("arrive in the API's own format", async () => {
    await ask(target, question(...subject.files));
    expect(subject.sent(server.arrived.at(-1)?.body ?? {})).toEqual(subject.parts);
  });

  it("are represented by their hash, not their content, in the request that is stored and hashed", () => {
    const prepared = JSON.stringify(target.client.prepare(question(...subject.files)));
    for (const { path, sha256: hash } of subject.files) {
      expect(prepared).toContain(hash);
      expect(prepared).not.toContain(base64(path));
    }
    expect(prepared).not.toBe(
      JSON.stringify(target.client.prepare(question({ ...PHOTO, sha256: sha256("other") }))),
    );
    expect(askedMessages(target.client.prepare(question(PHOTO)))).toHaveLength(1);
  });

  it("are not sent after they were changed or deleted", async () => {
    const arrived = server.arrived.length;
    for (const changed of [
      { ...PHOTO, sha256: sha256("before") },
      { ...PHOTO, path: "gone.png" },
    ])
      expect(await ask(target, question(changed))).toMatchObject({
        ...{ kind: "failed", error: "provider", unsent: true, transient: false },
        message: expect.stringMatching(/since the run was planned$/),
      });
    expect(server.arrived).toHaveLength(arrived);
  });

  it("leave a content without files unchanged", () => {
    const parts = [{ type: "text", text: "hello" }, own];
    const prepared = target.client.prepare(questionOf({ messages: [{ role: "user", content: parts }] }));
    expect(subject.sent(prepared)).toEqual(parts);
  });
});

it("rejects audio for Anthropic's API", async () => {
  const target = await (SUBJECTS["Anthropic's messages"] as Subject).open("http://127.0.0.1:1");
  expect(() =>
    target.client.prepare(questionOf({ messages: [{ role: "user", content: content(SOUND) }] })),
  ).toThrow(SettingMistake);
  await target.client.close();
});
