/** Maths for markdown-it: `$…$`, `$$…$$`, `\(…\)` and `\[…\]` become `span.math` and `div.math` that hold the source. */
import type { MarkdownIt, StateBlock, StateInline } from "markdown-it";

const PAIRS: readonly (readonly [open: string, close: string, display: boolean])[] = [
  ["$$", "$$", true],
  ["\\[", "\\]", true],
  ["\\(", "\\)", false],
  ["$", "$", false],
];

// A price is not maths: after the opening `$` and before the closing one stands no space, and no digit follows.
function looksLikeMaths(source: string, after: string, open: string): boolean {
  if (source.trim() === "") return false;
  if (open !== "$") return true;
  return !/^\s|\s$/.test(source) && !/^\d/.test(after) && !source.includes("\n\n");
}

function inline(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state;
  for (const [open, close, display] of PAIRS) {
    if (!src.startsWith(open, pos)) continue;
    const from = pos + open.length;
    const to = src.indexOf(close, from);
    if (to < 0 || to >= state.posMax + close.length) continue;
    const source = src.slice(from, to);
    if (!looksLikeMaths(source, src.slice(to + close.length, to + close.length + 1), open)) continue;
    if (!silent) {
      const token = state.push(display ? "math_display" : "math_inline", "math", 0);
      token.content = source.trim();
    }
    state.pos = to + close.length;
    return true;
  }
  return false;
}

// Display maths on lines of its own, which may hold empty lines and Markdown's own characters.
function block(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const start = (state.bMarks[startLine] ?? 0) + (state.tShift[startLine] ?? 0);
  const first = state.src.slice(start, state.eMarks[startLine]);
  const open = first.startsWith("$$") ? "$$" : first.startsWith("\\[") ? "\\[" : null;
  if (open === null) return false;
  const close = open === "$$" ? "$$" : "\\]";
  let line = startLine;
  let text = first.slice(open.length);
  while (!text.includes(close)) {
    line += 1;
    if (line >= endLine) return false;
    text += `\n${state.src.slice(state.bMarks[line], state.eMarks[line])}`;
  }
  const end = text.indexOf(close);
  if (text.slice(end + close.length).trim() !== "") return false;
  if (silent) return true;
  const token = state.push("math_block", "math", 0);
  token.block = true;
  token.content = text.slice(0, end).trim();
  token.map = [startLine, line + 1];
  state.line = line + 1;
  return true;
}

/** A markdown-it plugin. */
export function maths(md: MarkdownIt): void {
  md.inline.ruler.before("escape", "maths", inline);
  md.block.ruler.before("fence", "maths", block, { alt: ["paragraph", "blockquote", "list"] });
  const { escapeHtml } = md.utils;
  const span = (classes: string) => (tokens: { content: string }[], index: number) =>
    `<span class="${classes}">${escapeHtml(tokens[index]?.content ?? "")}</span>`;
  md.renderer.rules.math_inline = span("math");
  md.renderer.rules.math_display = span("math display");
  md.renderer.rules.math_block = (tokens, index) => `<div class="math">${escapeHtml(tokens[index]?.content ?? "")}</div>\n`;
}
