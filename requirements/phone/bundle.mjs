// Makes one module of JsSIP, for the page at /phone, and puts the licences of all that is in it beside it.
// node bundle.mjs FOLDER, beside the node_modules that `npm ci` made; `make phone` does that.

import { build } from "esbuild";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2];
const { metafile, outputFiles } = await build({
  absWorkingDir: here,
  stdin: { contents: 'export { default } from "jssip";', resolveDir: here },
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none", // they are in the file of licences, whole
  metafile: true,
  write: false,
});
const packages = [...new Set(Object.keys(metafile.inputs).map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]))];
const licences = await Promise.all(packages.filter(Boolean).sort().map(licenceOf));
await mkdir(folder, { recursive: true });
await writeFile(join(folder, "LICENCES.txt"), licences.join("\n\n"));
await writeFile(join(folder, "jssip.js"), outputFiles[0].contents);

async function licenceOf(name) {
  const place = join(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(place, "package.json"), "utf8"));
  const file = (await readdir(place)).find((each) => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`${name} has no licence`);
  return `== ${name} ${version} (${license})\n\n${(await readFile(join(place, file), "utf8")).trim()}\n`;
}
