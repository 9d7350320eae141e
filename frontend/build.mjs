// Bundles everything that runs in the browser into src/preceptor/static/ and writes manifest.json there.
//
//   node build.mjs            build once, minified, and print what a first visit costs
//   node build.mjs --watch    build again on every change, with source maps
//
// Every file's name carries a hash of its content, so that it can be cached for ever. Widgets of kinds and fields are
// found by their place (kinds/tasks/<name>/widget.ts, kinds/fields/<name>/widget.ts), never listed; so is the script of a
// kind's settings (kinds/tasks/<name>/settings.ts). They reach `@preceptor/ui`, `lit` and each other through the page's
// import map.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.resolve(here, "../src/preceptor");
const target = path.join(source, "static");
const watching = process.argv.includes("--watch");
// A build that fails leaves the last good one in place.
const out = watching ? target : path.resolve(here, `../build/static-${process.pid}`);

/** Most bytes, gzipped, that a first visit to the workbench may fetch. The Python side may add its page to that. */
export const FIRST_VISIT_LIMIT = 150_000;

const hashOf = (content) => createHash("sha256").update(content).digest("hex").slice(0, 10).toUpperCase();

async function foldersWith(file, kind) {
  const root = path.join(source, "kinds", kind);
  const entries = await readdir(root, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(path.join(root, entry.name, file)))
    .map((entry) => entry.name)
    .sort();
}

/** Copies `content` to `<name>-<hash><extension>` and returns that name. */
async function keep(name, content) {
  const { name: stem, ext } = path.parse(name);
  const hashed = `${stem}-${hashOf(content)}${ext}`;
  await writeFile(path.join(out, hashed), content);
  return hashed;
}

/** KaTeX's stylesheet and the one font format that every browser we serve reads. Loaded only where there is maths. */
async function copyKatex() {
  const dist = path.join(here, "node_modules/katex/dist");
  const css = (await readFile(path.join(dist, "katex.min.css"), "utf8")).replace(
    /,url\(fonts\/[^)]+\.(woff|ttf)\) format\("[^"]+"\)/g,
    "",
  );
  await mkdir(path.join(out, "fonts"), { recursive: true });
  const fonts = (await readdir(path.join(dist, "fonts"))).filter((font) => font.endsWith(".woff2"));
  await Promise.all(fonts.map((font) => cp(path.join(dist, "fonts", font), path.join(out, "fonts", font))));
  return keep("katex.css", css);
}

async function entryPoints() {
  const fields = await foldersWith("widget.ts", "fields");
  const tasks = await foldersWith("widget.ts", "tasks");
  const editors = await foldersWith("settings.ts", "tasks");
  const entries = { base: path.join(source, "lib/ui/base.ts"), ui: path.join(source, "lib/ui/index.ts") };
  entries.early = path.join(source, "lib/ui/early.ts");
  entries.host = path.join(source, "kinds/host.ts");
  const workbench = path.join(source, "web/trainer/workbench/workbench.ts");
  if (existsSync(workbench)) entries.workbench = workbench;
  entries.held = path.join(source, "web/reviewer/held.ts");
  entries["review-desk"] = path.join(source, "web/reviewer/desk.ts");
  for (const name of fields) entries[`fields/${name}`] = path.join(source, "kinds/fields", name, "widget.ts");
  for (const name of tasks) entries[`kinds/${name}`] = path.join(source, "kinds/tasks", name, "widget.ts");
  for (const name of editors) entries[`settings/${name}`] = path.join(source, "kinds/tasks", name, "settings.ts");
  return Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file)));
}

function options(entries, names) {
  return {
    absWorkingDir: here,
    bundle: true,
    format: "esm",
    target: ["es2022"],
    nodePaths: [path.join(here, "node_modules")],
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } },
    outdir: out,
    entryPoints: entries,
    entryNames: "[dir]/[name]-[hash]",
    chunkNames: "parts/[name]-[hash]",
    splitting: true,
    minify: !watching,
    sourcemap: watching ? "linked" : false,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    loader: { ".css": "text" },
    define: { __ICONS__: JSON.stringify(names.icons), __KATEX_CSS__: JSON.stringify(names.katex) },
    plugins: [sharedModules],
  };
}

// What the import map resolves in the page stays an import in the bundle. Only `lib/ui` itself takes Lit in.
const sharedModules = {
  name: "shared-modules",
  setup(build) {
    const inUi = path.join(source, "lib/ui") + path.sep;
    build.onResolve({ filter: /^entities$/ }, () => ({ path: path.join(inUi, "rich/entities.ts") }));
    build.onResolve({ filter: /^@preceptor\// }, (args) => ({ path: args.path, external: true }));
    build.onResolve({ filter: /^lit$/ }, (args) =>
      args.importer.startsWith(inUi) || args.importer.includes("node_modules") ? undefined : { path: "lit", external: true },
    );
    // Minified stylesheets as text, for widgets.
    build.onLoad({ filter: /\.css$/ }, async (args) => {
      const text = await readFile(args.path, "utf8");
      const { code } = await esbuild.transform(text, { loader: "css", minify: !watching });
      return { contents: code, loader: "text" };
    });
  },
};

async function buildStylesheet() {
  const result = await esbuild.build({
    absWorkingDir: here,
    entryPoints: [path.join(source, "lib/ui/styles/app.css")],
    bundle: true,
    minify: !watching,
    write: false,
    outdir: out,
    target: ["chrome123", "firefox120", "safari17.5"],
    logLevel: "warning",
  });
  return keep("app.css", result.outputFiles[0].contents);
}

/** Every file a module imports at once, itself left out, as modulepreload needs it. */
function importedBy(file, outputs, imports, seen = new Set()) {
  for (const imported of outputs[file]?.imports ?? []) {
    if (imported.kind !== "import-statement") continue;
    const target = imported.external ? imports[imported.path] : imported.path;
    if (!target || seen.has(target)) continue;
    seen.add(target);
    importedBy(target, outputs, imports, seen);
  }
  return [...seen];
}

/** The texts that scripts may ask the page's catalogue for. As in `extract.py`. */
async function messagesOf(result) {
  const call = /(?<![\w.$])tn?\(\s*("(?:[^"\\\n]|\\.)*")/g;
  const found = new Set();
  for (const file of Object.keys(result.metafile.inputs)) {
    if (!file.endsWith(".ts") || file.includes("node_modules")) continue;
    const text = await readFile(path.resolve(here, file), "utf8");
    for (const [, message] of text.matchAll(call)) found.add(JSON.parse(message));
  }
  return [...found].sort();
}

async function writeManifest(result, names) {
  const outputs = {};
  const relative = (file) => path.relative(out, path.resolve(here, file)).split(path.sep).join("/");
  for (const [file, value] of Object.entries(result.metafile.outputs)) {
    const imports = value.imports.map((one) => (one.external ? one : { ...one, path: relative(one.path) }));
    outputs[relative(file)] = { ...value, imports };
  }
  const files = { "app.css": names.styles, "icons.svg": names.icons, "katex.css": names.katex };
  const imports = {};
  for (const [file, value] of Object.entries(outputs)) {
    if (!value.entryPoint || file.startsWith("parts/")) continue;
    const key = file.replace(/-[A-Z0-9]{8}\.js$/, "");
    files[`${key}.js`] = file;
    if (key === "ui") imports["@preceptor/ui"] = imports.lit = file;
    else if (key.includes("/")) imports[`@preceptor/${key}`] = file;
  }
  const preload = {};
  for (const [key, file] of Object.entries(files)) {
    if (file.endsWith(".js")) preload[key] = importedBy(file, outputs, imports);
  }
  const manifest = { files, imports, preload, messages: await messagesOf(result) };
  await writeFile(path.join(out, "manifest.json"), JSON.stringify(manifest, null, 1));
  return manifest;
}

/** Prints what each kind's first visit costs and returns the largest, in bytes gzipped. */
async function measure(manifest) {
  const gzipped = async (file) => gzipSync(await readFile(path.join(out, file)), { level: 9 }).length;
  const brotli = async (file) => brotliCompressSync(await readFile(path.join(out, file))).length;
  const always = ["app.css", "icons.svg", "early.js", "base.js", "workbench.js"].map((key) => manifest.files[key]).filter(Boolean);
  let most = 0;
  for (const key of Object.keys(manifest.files).filter((name) => name.startsWith("kinds/"))) {
    const needed = [...new Set([
      ...always,
      manifest.files[key],
      ...["base.js", "workbench.js", key].flatMap((name) => manifest.preload[name] ?? []),
    ])];
    let total = 0;
    let small = 0;
    for (const file of needed) {
      const size = await gzipped(file);
      total += size;
      small += await brotli(file);
      console.log(`${String(size).padStart(8)}  ${file}`);
    }
    console.log(`${String(total).padStart(8)}  bytes gzipped (${small} with brotli): first visit to the workbench, ${key}`);
    most = Math.max(most, total);
  }
  return most;
}

/**
 * Moves the finished build to where it is served. The manifest comes last, and what pages opened before may still ask for
 * stays for a day, so that nobody who works meanwhile meets a missing file.
 */
async function putInPlace() {
  const files = (await readdir(out, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(out, path.join(entry.parentPath ?? entry.path, entry.name)));
  const last = files.filter((file) => file === "manifest.json");
  for (const file of [...files.filter((one) => !last.includes(one)), ...last]) {
    await mkdir(path.dirname(path.join(target, file)), { recursive: true });
    await rename(path.join(out, file), path.join(target, file));
  }
  const current = new Set(files);
  const yesterday = Date.now() - 86_400_000;
  for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    if (!entry.isFile() || current.has(path.relative(target, file))) continue;
    if ((await stat(file)).mtimeMs < yesterday) await rm(file);
  }
}

async function main() {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const names = {
    icons: await keep("icons.svg", await readFile(path.join(source, "lib/ui/icons.svg"))),
    katex: await copyKatex(),
    styles: await buildStylesheet(),
  };
  const entries = await entryPoints();
  if (!watching) {
    const manifest = await writeManifest(await esbuild.build(options(entries, names)), names);
    const most = await measure(manifest);
    if (most > FIRST_VISIT_LIMIT) {
      console.error(`The first visit costs ${most} bytes; the limit is ${FIRST_VISIT_LIMIT}.`);
      process.exitCode = 1;
    }
    await putInPlace();
    await rm(out, { recursive: true });
    return;
  }
  const rewrite = {
    name: "manifest",
    setup(build) {
      build.onEnd(async (result) => {
        if (result.errors.length > 0) return;
        names.styles = await buildStylesheet();
        await writeManifest(result, names);
        console.log(new Date().toLocaleTimeString(), "built");
      });
    },
  };
  const settings = options(entries, names);
  const context = await esbuild.context({ ...settings, plugins: [...settings.plugins, rewrite] });
  await context.watch();
}

await main();
