// Makes the vendored files from their npm packages: `make vendor`, or `node scripts/vendor.mjs`. Needs node, npm and the
// npm registry; nobody who only runs hitl needs any of them, since what this writes is committed.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const WEB = join(ROOT, "chalicelib/web/vendor");
const TESTS = join(ROOT, "tests/web/vendor");

const SHIPPED = { preact: "11.2.0", "@preact/signals": "2.11.4", "@preact/signals-core": "1.14.5", htm: "3.1.1" };
const TOOLS = { esbuild: "0.28.2", "axe-core": "4.14.1" };

const EXPORTS = `
export { render } from "preact";
export { useEffect, useLayoutEffect, useRef, useState, useMemo } from "preact/hooks";
export { signal, computed, effect, batch, untracked } from "@preact/signals";
import { h } from "preact";
import htm from "htm";
export const html = htm.bind(h);
`;

function install(folder) {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: { ...SHIPPED, ...TOOLS } }));
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder, stdio: "inherit" });
}

function bundle(folder) {
  writeFileSync(join(folder, "entry.js"), EXPORTS);
  const esbuild = createRequire(join(folder, "package.json"))("esbuild");
  const versions = Object.entries(SHIPPED).map(([name, version]) => `${name} ${version}`).join(", ");
  const built = esbuild.buildSync({
    entryPoints: [join(folder, "entry.js")],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2020",
    legalComments: "none",
    write: false,
    banner: { js: `/* ${versions}: see LICENSES.txt; made by scripts/vendor.mjs */` },
  });
  return built.outputFiles[0].text;
}

function licences(folder) {
  return Object.entries(SHIPPED)
    .map(([name, version]) => {
      const home = join(folder, "node_modules", name);
      return `${name} ${version}\n${"=".repeat(70)}\n${readFileSync(join(home, "LICENSE"), "utf8").trim()}\n`;
    })
    .join("\n\n");
}

function write(path, text) {
  writeFileSync(path, text);
  const sha256 = createHash("sha256").update(text).digest("hex");
  writeFileSync(`${path}.sha256`, `${sha256}  ${path.split("/").at(-1)}\n`);
  console.log(`${path.slice(ROOT.length + 1)}  ${text.length} bytes  sha256 ${sha256}`);
}

const folder = mkdtempSync(join(tmpdir(), "vendor-"));
try {
  install(folder);
  write(join(WEB, "preact.js"), bundle(folder));
  writeFileSync(join(WEB, "LICENSES.txt"), licences(folder));
  const axe = join(folder, "node_modules/axe-core");
  // Packed, so that a search through the tests does not end in one line of 650,000 characters.
  writeFileSync(join(TESTS, "axe.min.js.gz"), gzipSync(readFileSync(join(axe, "axe.min.js")), { level: 9 }));
  writeFileSync(join(TESTS, "LICENSE-axe-core.txt"), readFileSync(join(axe, "LICENSE"), "utf8"));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
