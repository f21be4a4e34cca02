import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Case } from "../domain/case.ts";
import { type Json, sha256 } from "../domain/json.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { attachedFiles, MAX_ATTACHED_BYTES } from "./attached-files.ts";
import { compilePrompt } from "./compile-prompt.ts";
import { parsePrompt } from "./parse-prompt.ts";
import { workTree } from "./work-tree.ts";

const FILE = { path: "prompts/p/1.0.0.md", name: "p", version: "1.0.0" };
const bytes = (text: string) => Buffer.from(text, "latin1");
const PNG = bytes("\x89PNG\r\n\x1a\nrest");
const CONTENTS: Readonly<Record<string, Buffer>> = {
  "photos/a.png": PNG,
  "photos/b.jpg": bytes("\xff\xd8\xff\xe0rest"),
  "photos/c.gif": bytes("GIF89arest"),
  "photos/d.webp": bytes("RIFF1234WEBPrest"),
  "photos/really.jpg": PNG,
  "sound/a.wav": bytes("RIFF1234WAVErest"),
  "sound/b.mp3": bytes("ID3rest"),
  "sound/c.mp3": bytes("\xff\xfbrest"),
  "docs/a.pdf": bytes("%PDF-1.7"),
  "docs/b.md": Buffer.from("# Grüße"),
  "docs/c.csv": Buffer.from("a,b"),
  "docs/latin.txt": bytes("Gr\xfc\xdfe"),
  "docs/run.exe": bytes("MZ"),
  "photos/lfs.png": Buffer.from("version https://git-lfs.github.com/spec/v1\n"),
};

let top: string;
let root: string;
beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), "evals-attached-"));
  root = join(top, "project");
  for (const [path, content] of Object.entries(CONTENTS)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  writeFileSync(join(top, "secret.png"), PNG);
  symlinkSync(join(top, "secret.png"), join(root, "photos/link.png"));
  symlinkSync("a.png", join(root, "photos/inside.png"));
  symlinkSync(top, join(root, "up"));
  writeFileSync(join(root, "photos/large.png"), PNG);
  truncateSync(join(root, "photos/large.png"), MAX_ATTACHED_BYTES + 1);
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

const read = (path: string, kind: "image" | "file" | "audio") =>
  attachedFiles(workTree(root, top)).read(path, kind);
const problemOf = (work: () => unknown): Problem | undefined => {
  try {
    work();
  } catch (error) {
    if (error instanceof EvalsError) return error.problems[0];
    throw error;
  }
  return undefined;
};

describe("an attached file", () => {
  it.each([
    ["image", "photos/a.png", "image/png"],
    ["image", "photos/b.jpg", "image/jpeg"],
    ["image", "photos/c.gif", "image/gif"],
    ["image", "photos/d.webp", "image/webp"],
    ["image", "photos/really.jpg", "image/png"],
    ["image", "photos/inside.png", "image/png"],
    ["audio", "sound/a.wav", "audio/wav"],
    ["audio", "sound/b.mp3", "audio/mpeg"],
    ["audio", "sound/c.mp3", "audio/mpeg"],
    ["file", "docs/a.pdf", "application/pdf"],
    ["file", "docs/b.md", "text/markdown"],
    ["file", "./docs/c.csv", "text/csv"],
  ] as const)("(%s %s) is %s, by what it holds", (kind, path, media_type) => {
    const clean = path.replace(/^\.\//, "");
    const content = CONTENTS[clean === "photos/inside.png" ? "photos/a.png" : clean] ?? Buffer.alloc(0);
    expect(read(path, kind)).toEqual({
      ...{ type: kind, path: clean, media_type, sha256: sha256(content) },
      bytes: content.length,
    });
  });

  it.each([
    ["image", "photos/no.png", "EVALS_ATTACHED_UNREADABLE"],
    ["image", "photos", "EVALS_ATTACHED_UNREADABLE"],
    ["image", "../secret.png", "EVALS_ATTACHED_OUTSIDE"],
    ["image", "photos/../../secret.png", "EVALS_ATTACHED_OUTSIDE"],
    ["image", "/etc/passwd", "EVALS_ATTACHED_OUTSIDE"],
    ["image", "photos/link.png", "EVALS_ATTACHED_OUTSIDE"],
    ["image", "up/secret.png", "EVALS_ATTACHED_OUTSIDE"],
    ["image", "photos/large.png", "EVALS_ATTACHED_TOO_LARGE"],
    ["image", "docs/a.pdf", "EVALS_ATTACHED_TYPE"],
    ["image", "photos/lfs.png", "EVALS_ATTACHED_TYPE"],
    ["audio", "photos/a.png", "EVALS_ATTACHED_TYPE"],
    ["file", "docs/latin.txt", "EVALS_ATTACHED_TYPE"],
    ["file", "docs/run.exe", "EVALS_ATTACHED_TYPE"],
  ] as const)("(%s %s) is refused: %s", (kind, path, code) => {
    expect(problemOf(() => read(path, kind))).toMatchObject({ code, what: expect.stringContaining(path) });
  });
});

describe("a prompt with files", () => {
  const load = (text: string) => compilePrompt(parsePrompt(text, FILE), workTree(root, top));
  const golden = (input: Json): Case => ({ id: "a", input, tags: [], metadata: { scan: "docs/a.pdf" } });
  const image = (path: string) => ({
    ...{ type: "image", path, media_type: "image/png", sha256: sha256(PNG), bytes: PNG.length },
  });

  it("sends the files of a line after the text of its message, and those of the front matter with the last user message", async () => {
    const prompt = await load(
      "---\nfiles: case.metadata.scan\n---\nuser:\nFirst\nimages: input.photos\nand more\nassistant:\nYes\nuser:\nSecond\nsystem:\nBe kind.\n",
    );
    const messages = prompt.render(golden({ photos: ["photos/a.png", { path: "photos/really.jpg" }] }));
    expect(messages).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "First\n\nand more" },
          image("photos/a.png"),
          image("photos/really.jpg"),
        ],
      },
      { role: "assistant", content: "Yes" },
      {
        role: "user",
        content: [
          { type: "text", text: "Second" },
          expect.objectContaining({ type: "file", path: "docs/a.pdf" }),
        ],
      },
      { role: "system", content: "Be kind." },
    ]);
    expect(prompt.attached()).toEqual(["docs/a.pdf", "photos/a.png", "photos/really.jpg"]);
  });

  it("may have a message of files only, and accepts a case without files", async () => {
    const prompt = await load("user:\nimages: input.photo\n");
    expect(prompt.render(golden({ photo: "photos/a.png" }))).toEqual([
      { role: "user", content: [image("photos/a.png")] },
    ]);
    const optional = await load("user:\nHi\nimages: input.photos\n");
    expect(optional.render(golden({ photos: [] }))).toEqual([{ role: "user", content: "Hi" }]);
  });

  it("keeps as text what only looks like a line with files", async () => {
    const prompt = await load("user:\nimages: see below\n\\images: input.photos\n{{ input.x }}\n");
    expect(prompt.render(golden({ x: "images: input.photos" }))).toEqual([
      { role: "user", content: "images: see below\nimages: input.photos\nimages: input.photos" },
    ]);
    expect(prompt.attached()).toEqual([]);
  });

  it("reads the files that messages of a case name", async () => {
    const prompt = await load("messages: input.history\n");
    const other = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
    const content = [{ type: "text", text: "Look" }, { type: "image", path: "photos/a.png" }, other];
    expect(prompt.render(golden({ history: [{ role: "user", content }] }))).toEqual([
      { role: "user", content: [content[0], image("photos/a.png"), other] },
    ]);
  });

  it.each([
    [{ photos: "photos/no.png" }, "EVALS_ATTACHED_UNREADABLE"],
    [{ photos: ["../secret.png"] }, "EVALS_ATTACHED_OUTSIDE"],
    [{ photos: 7 }, "EVALS_ATTACHED_PATHS"],
    [{}, "EVALS_ATTACHED_PATHS"],
  ])("reports the line and the case of a mistake in %j", async (input, code) => {
    const prompt = await load("user:\nHi\nimages: input.photos\n");
    expect(problemOf(() => prompt.render(golden(input)))).toMatchObject({
      ...{ code, path: FILE.path, line: 3, what: expect.stringContaining('Case "a"') },
    });
  });

  it("needs a user message for the files of its front matter", () => {
    expect(problemOf(() => parsePrompt("---\nimages: input.photos\n---\nsystem:\nHi\n", FILE))).toMatchObject(
      {
        ...{ code: "EVALS_PROMPT_INVALID", line: 2 },
      },
    );
    expect(problemOf(() => parsePrompt("---\nimages: photos\n---\nuser:\nHi\n", FILE))).toMatchObject({
      line: 2,
    });
  });
});
