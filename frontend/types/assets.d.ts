/** A stylesheet imported by a widget is its text; `addStyles` puts it on the page. */
declare module "*.css" {
  const text: string;
  export default text;
}

/** Names of built files, set by `build.mjs`. */
declare const __ICONS__: string;
declare const __KATEX_CSS__: string;
