import { readdir, readFile } from "node:fs/promises";

/**
 * The licence texts of every package whose code ended up in the bundle.
 *
 * @param {readonly string[]} inputs paths of bundled files, relative to the project
 */
export async function thirdPartyNotices(inputs) {
  const folders = new Set(inputs.flatMap((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []));
  const notices = await Promise.all([...folders].sort().map(notice));
  return `This program contains the following packages.\n\n${notices.join(`\n${"-".repeat(78)}\n\n`)}`;
}

async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  if (!license) throw new Error(`${name} states no licence, so it must not be bundled.`);
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const texts = await Promise.all(files.map((file) => readFile(`${folder}/${file}`, "utf8")));
  return `${name} ${version} (${license})\n\n${texts.map((text) => `${text.trim()}\n`).join("\n")}`;
}
