// Copies the libraries of the pages, and the one that tests look at them with, out of their npm packages and writes each folder's manifest.json. Run: node service/web/vendor/update.mjs
// The pages use relative imports (a strict content policy needs no import map), so the one bare import is rewritten; the manifest says so.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

const TESTS = join(HERE, "../../../tests/browser/vendor");

/** What tests need and no page does. */
const TESTED = [{ name: "axe-core", version: "4.14.1", files: { "axe.min.js": "axe.js", LICENSE: "axe.LICENSE.txt" } }];

/** What is copied: package, exact version, and the files with their new names. */
const WANTED = [
  {
    name: "preact",
    version: "11.2.0",
    files: {
      "dist/preact.mjs": "preact.js",
      "hooks/dist/hooks.mjs": "preact-hooks.js",
      LICENSE: "preact.LICENSE.txt",
    },
  },
  { name: "htm", version: "3.1.1", files: { "dist/htm.mjs": "htm.js", LICENSE: "htm.LICENSE.txt" } },
  {
    name: "echarts",
    version: "6.1.0",
    files: { "dist/echarts.esm.min.mjs": "echarts.js", LICENSE: "echarts.LICENSE.txt", NOTICE: "echarts.NOTICE.txt" },
  },
];

const sha256 = (/** @type {Buffer | string} */ bytes) => createHash("sha256").update(bytes).digest("hex");

/** The file as the pages need it: no bare import, no address of a source map that is not here. */
const adapted = (/** @type {string} */ text) =>
  text.replace(/from\s*"preact"/g, 'from"./preact.js"').replace(/\n?\/\/# sourceMappingURL=\S+/g, "");

/** @param {{name: string, version: string, files: Record<string, string>}} wanted @param {string} folder @param {string} to */
function copied({ name, version, files }, folder, to) {
  const packed = JSON.parse(execFileSync("npm", ["pack", `${name}@${version}`, "--json"], { cwd: folder, encoding: "utf8" }));
  const [{ filename, integrity }] = Array.isArray(packed) ? packed : Object.values(packed);
  execFileSync("tar", ["xzf", filename], { cwd: folder });
  const root = join(folder, "package");
  const { license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const written = Object.entries(files).map(([source, file]) => {
    const original = readFileSync(join(root, source));
    const text = adapted(original.toString("utf8"));
    writeFileSync(join(to, file), text);
    return { file, sha256: sha256(text), source, source_sha256: sha256(original) };
  });
  rmSync(root, { recursive: true });
  return { name, version, licence: license, npm_package: `${name}@${version}`, integrity, files: written };
}

const folder = mkdtempSync(join(tmpdir(), "vendor-"));
for (const [wanted, to] of /** @type {const} */ ([[WANTED, HERE], [TESTED, TESTS]])) {
  const packages = wanted.map((one) => copied(/** @type {any} */ (one), folder, to));
  writeFileSync(join(to, "manifest.json"), `${JSON.stringify({ packages }, null, 2)}\n`);
}
rmSync(folder, { recursive: true });
