// Bundles one TypeScript module for Node, with the little of a browser that pure code asks for.
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const source = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../src/preceptor");

globalThis.document ??= { getElementById: () => null, documentElement: { lang: "en" }, cookie: "" };

export async function load(file) {
  const built = await esbuild.build({
    entryPoints: [path.join(source, file)],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    loader: { ".css": "text" },
    nodePaths: [path.resolve(source, "../../frontend/node_modules")],
    plugins: [
      {
        name: "ui",
        setup(build) {
          // Pure modules take only texts, words and types from the library.
          const parts = ["i18n.ts", "words.ts"].map((name) => `export * from ${JSON.stringify(path.join(source, "lib/ui", name))};`);
          build.onResolve({ filter: /^@preceptor\/ui$/ }, () => ({ path: "ui", namespace: "pure" }));
          build.onLoad({ filter: /.*/, namespace: "pure" }, () => ({ contents: parts.join("\n"), resolveDir: source }));
        },
      },
    ],
  });
  const code = Buffer.from(built.outputFiles[0].contents).toString("base64");
  return import(`data:text/javascript;base64,${code}`);
}
