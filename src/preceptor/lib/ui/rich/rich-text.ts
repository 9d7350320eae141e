import { enrich } from "./enrich.ts";
import { renderMarkdown } from "./markdown.ts";

interface Block {
  /** What the parser made, before it was enriched: tells whether the block has changed. */
  raw: string;
  node: ChildNode;
}

/**
 * `<rich-text .text=… .streaming=…>`: Markdown that may still be growing. While text streams in, only the blocks that
 * change are replaced, so that what one has begun to read, select or copy stays where it is. Maths and code are enriched
 * when their block is finished. `below="2"`: the level of the heading it stands under, 3 where it is not said.
 */
export class RichText extends HTMLElement {
  #text = "";
  #streaming = false;
  #blocks: Block[] = [];
  #frame = 0;
  #shownAt = 0;

  get text(): string {
    return this.#text;
  }

  set text(value: string) {
    if (value === this.#text) return;
    this.#text = value;
    this.#schedule();
  }

  get streaming(): boolean {
    return this.#streaming;
  }

  set streaming(value: boolean) {
    if (value === this.#streaming) return;
    this.#streaming = value;
    this.classList.toggle("streaming", value);
    this.#schedule();
  }

  connectedCallback(): void {
    this.classList.add("prose");
    if (this.#text && this.#blocks.length === 0) this.#show();
  }

  disconnectedCallback(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  // At most twelve times a second while it grows: reading does not get faster, and phones stay cool.
  #schedule(): void {
    if (!this.isConnected) return;
    if (!this.#streaming || this.#shownAt === 0) {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#show();
      return;
    }
    if (this.#frame) return;
    const wait = (now: number): void => {
      if (now - this.#shownAt < 80) {
        this.#frame = requestAnimationFrame(wait);
        return;
      }
      this.#frame = 0;
      this.#show();
    };
    this.#frame = requestAnimationFrame(wait);
  }

  #show(): void {
    this.#shownAt = performance.now();
    const fresh = [...renderMarkdown(this.#text, Number(this.getAttribute("below") ?? 3)).childNodes].filter(
      (node) => node.nodeType !== Node.TEXT_NODE || node.textContent?.trim(),
    );
    const raw = fresh.map((node) => (node instanceof Element ? node.outerHTML : (node.textContent ?? "")));
    let same = 0;
    while (same < this.#blocks.length && same < raw.length && this.#blocks[same]?.raw === raw[same]) same += 1;
    for (const block of this.#blocks.slice(same)) this.#standing(block).remove();
    const kept = this.#blocks.slice(0, same);
    const added = fresh.slice(same).map((node, index): Block => ({ raw: raw[same + index] ?? "", node }));
    this.append(...added.map((block) => block.node));
    this.#blocks = [...kept, ...added];
    const finished = this.#streaming ? this.#blocks.slice(0, -1) : this.#blocks;
    for (const { node } of finished) {
      if (node instanceof HTMLElement && node.isConnected && !node.hasAttribute("data-rich")) {
        node.setAttribute("data-rich", "");
        void enrich(node);
      }
    }
  }

  // A code block stands in a frame of its own once it has a copy button.
  #standing({ node }: Block): ChildNode {
    const parent = node.parentElement;
    return parent && parent !== this && parent.classList.contains("code-block") ? parent : node;
  }
}

if (!customElements.get("rich-text")) customElements.define("rich-text", RichText);

declare global {
  interface HTMLElementTagNameMap {
    "rich-text": RichText;
  }
}
