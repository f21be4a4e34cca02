import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ChatServer, startChatServer } from "../../providers/testing/chat-server.ts";
import { chatDialect } from "../../providers/testing/dialects.ts";
import { type GitProject, gitProject, ownGit, projectFiles } from "../testing/git-project.ts";

let restore: () => void;
let server: ChatServer;
beforeAll(async () => {
  restore = ownGit();
  server = await startChatServer(chatDialect);
});
afterAll(async () => {
  restore();
  await server.close();
});
const open: GitProject[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.remove();
});

/** A file that is recognized as a PNG; its other content does not matter in these tests. */
const picture = (text: string) =>
  Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.from(text)]);

/** A project with one case with a picture and one without, which asks an own server. */
function projectWithPicture(): GitProject {
  const cases = [
    { id: "seen", input: { q: "What is this?", photos: ["photos/a.png"] } },
    { id: "told", input: { q: "What is that?", photos: [] } },
  ];
  const project = gitProject({
    ...projectFiles(1, 1),
    "evalconfig.yaml": `models:\n  eye: { provider: openai, model: m-1-2025-01-01, base_url: "${server.origin}/v1" }\n  again: { provider: replay, of: eye, file: fixtures/eye.jsonl }\n`,
    "evals/s.yaml":
      "dataset: d\nprompt: q\nmodel: eye\ngate: { regression: false }\nscorers:\n  - { type: contains, value: ECHO }\n",
    "datasets/d.jsonl": cases.map((one) => `${JSON.stringify(one)}\n`).join(""),
    "prompts/q/1.0.0.md": "---\nimages: input.photos\n---\nuser:\n{{ input.q }}\n",
  });
  open.push(project);
  project.write("photos/a.png", picture("cat").toString("latin1"));
  writeFileSync(join(project.root, "photos/a.png"), picture("cat"));
  return project;
}

const run = async (project: GitProject, ...args: string[]) => {
  const { document } = await project.json(["run", "s", "--baseline", "none", ...args]);
  return document;
};

describe("a case with a picture", () => {
  it("is asked with it, is shown with its name and size, and is asked again only when the picture changes", async () => {
    const project = projectWithPicture();
    const first = await run(project);
    expect(first.exit).toBe(0);
    const sent = server.arrived.map(({ body }) => JSON.stringify(body));
    expect(sent.filter((one) => one.includes(picture("cat").toString("base64")))).toHaveLength(1);
    const { stdout } = await project.evals(["show", `${first.runs[0].id}/seen/1`]);
    expect(stdout).toContain('"url": "[image photos/a.png, 11 B]"');
    expect(stdout).not.toContain(picture("cat").toString("base64"));
    const { document: shown } = await project.json(["show", `${first.runs[0].id}/seen/1`]);
    expect(shown.transcript.messages[0].content[0]).toEqual({ type: "text", text: "What is this?" });

    const again = await run(project);
    expect(again.runs[0]).toMatchObject({ fingerprint: first.runs[0].fingerprint, counts: { cached: 2 } });
    writeFileSync(join(project.root, "photos/a.png"), picture("dog"));
    const changed = await run(project);
    expect(changed.runs[0].fingerprint).not.toBe(first.runs[0].fingerprint);
    expect(changed.runs[0].counts).toMatchObject({ cached: 1 });
  });

  it("is replayed from its recording without a server, unless the picture is another one", async () => {
    const project = projectWithPicture();
    expect((await run(project, "--record")).exit).toBe(0);
    const asked = server.arrived.length;
    expect(await run(project, "--model", "again")).toMatchObject({
      exit: 0,
      runs: [{ counts: { answered: 2 } }],
    });
    writeFileSync(join(project.root, "photos/a.png"), picture("dog"));
    expect(await run(project, "--model", "again")).toMatchObject({
      runs: [{ counts: { answered: 1 }, errors: { "not-recorded": 1 } }],
    });
    expect(server.arrived).toHaveLength(asked);
  });

  it("is refused by check and run where the picture is missing, at the prompt's line", async () => {
    const project = projectWithPicture();
    rmSync(join(project.root, "photos/a.png"));
    for (const command of [["check"], ["run", "s"]]) {
      const { document } = await project.json(command);
      expect(document).toMatchObject({
        exit: 2,
        problems: [
          {
            ...{ code: "EVALS_ATTACHED_UNREADABLE", path: "prompts/q/1.0.0.md", line: 2 },
            what: expect.stringContaining('Case "seen": The attached file "photos/a.png"'),
          },
        ],
      });
    }
  });

  it("cannot be promoted while the picture is not committed", async () => {
    const project = projectWithPicture();
    const ended = await run(project);
    const { stderr, exit } = await project.evals(["promote", ended.runs[0].id]);
    expect(exit).toBe(2);
    expect(stderr).toContain("photos/a.png");
  });
});
