/**
 * Markdown into nodes that are safe to show, whoever wrote it. Twice over: the parser lets no raw HTML through, and what
 * it makes passes DOMPurify with a short list of elements and attributes. Pictures become links: fetching one would tell
 * a stranger that, and when, somebody reads.
 */
import DOMPurify from "dompurify";
import createParser, { type MarkdownIt } from "markdown-it";
import { maths } from "./maths.ts";

/** Longer texts are shown as they stand: parsing takes longer the longer they are. As on the server. */
const MAX_CHARACTERS = 200_000;

const BLOCKS = new Set(["paragraph_open", "heading_open", "list_item_open", "td_open", "th_open", "blockquote_open"]);

const ALLOWED = {
  ALLOWED_TAGS: [
    ..."a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr li ol p pre s span strong sub sup".split(" "),
    ..."table tbody td th thead tr ul".split(" "),
  ],
  ALLOWED_ATTR: ["href", "class", "dir", "start", "title", "align", "rel", "target", "aria-level"],
  // DOMPurify holds every attribute against this that is not said to be free of addresses.
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ADD_URI_SAFE_ATTR: ["dir", "start", "align", "rel", "target", "aria-level"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

// Classes come from us alone (`language-…`, `math`); a fence's info string must not borrow the page's own styles.
const OWN_CLASS = /^(?:language-[\w+#.-]{1,30}|math|math display)$/;

let parser: MarkdownIt | null = null;

function theParser(): MarkdownIt {
  if (parser) return parser;
  const md = createParser("commonmark", { html: false, linkify: true, breaks: false });
  md.enable(["table", "strikethrough", "linkify"]);
  md.disable(["image", "html_block", "html_inline"]);
  md.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  md.use(maths);
  // Every block finds its own direction, so that one right-to-left paragraph does not turn the others.
  md.core.ruler.push("direction", (state) => {
    for (const token of state.tokens) if (BLOCKS.has(token.type)) token.attrSet("dir", "auto");
  });
  // Its headings stand below the page's own, whatever level the text begins with.
  md.core.ruler.push("levels", (state) => {
    const headings = state.tokens.filter((token) => token.type === "heading_open");
    const top = Math.min(...headings.map((token) => Number(token.tag[1])));
    const below = Number((state.env as { below?: number }).below ?? 1);
    for (const token of headings) token.attrSet("aria-level", String(Math.min(6, below + 1 + Number(token.tag[1]) - top)));
  });
  const plain = md.renderer.rules.link_open;
  md.renderer.rules.link_open = (tokens, index, options, env, self) => {
    tokens[index]?.attrSet("rel", "noopener noreferrer nofollow");
    tokens[index]?.attrSet("target", "_blank");
    return plain ? plain(tokens, index, options, env, self) : self.renderToken(tokens, index, options);
  };
  parser = md;
  return md;
}

function purified(html: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(html, { ...ALLOWED, RETURN_DOM_FRAGMENT: true });
  for (const element of fragment.querySelectorAll("[class]")) {
    if (!OWN_CLASS.test(element.className)) element.removeAttribute("class");
  }
  for (const element of fragment.querySelectorAll("[target]")) {
    if (element.getAttribute("target") !== "_blank") element.removeAttribute("target");
  }
  return fragment;
}

/**
 * `source` as nodes: CommonMark with tables, strike-through, links and maths; neither raw HTML nor pictures. `below` is the
 * level of the page's heading that it stands under.
 */
export function renderMarkdown(source: string, below = 1): DocumentFragment {
  if (source.length > MAX_CHARACTERS) {
    const fragment = document.createDocumentFragment();
    const pre = document.createElement("pre");
    pre.textContent = source;
    fragment.append(pre);
    return fragment;
  }
  return purified(theParser().render(source, { below }));
}
