import { LightElement, customElement, emit, html, nothing, property, query, state, t, type PropertyValues } from "@preceptor/ui";
import { cut, placed, sentencesOf, tidied, wordsOf, type Mark, type Piece, type Span, type Stretch } from "./marks.ts";

export interface ShownLabel {
  key: string;
  name: string;
  /** One of eight colours. */
  tone: number;
  shortcut: string | null;
  /** What it stands under; empty for nothing. */
  group: string;
}

/** What was chosen in a text, and how; null where it was let go. */
export interface StretchChosen {
  stretch: Stretch | null;
  by: "pointer" | "touch" | "keys";
}

/**
 * One text that can be marked: draws it with its marks, and says what was chosen in it (`stretch-chosen`), which mark was
 * pointed at (`mark-chosen`) and which of the keys for a label was pressed (`label-wanted`, `removal-wanted`).
 */
@customElement("spans-text")
export class SpansText extends LightElement {
  @property() key = "";
  @property() name = "";
  @property() text = "";
  @property({ attribute: false }) spans: readonly Span[] = [];
  @property({ attribute: false }) labels: readonly ShownLabel[] = [];
  @property({ attribute: false }) held: Stretch | null = null;
  @property({ type: Boolean }) wholewords = true;
  @property({ type: Boolean }) editable = false;
  @property() describedby = "";
  @state() private marking = false;
  @state() private said = "";
  @query(".words") private words!: HTMLElement | null;

  #marks: Mark[] = [];
  #anchor: Stretch | null = null;
  /** The word the keyboard is at: the end of the stretch that moves. */
  #edge: Stretch | null = null;
  #dragging = false;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("selectionchange", this.#onSelection);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("selectionchange", this.#onSelection);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("spans") || changed.has("text") || changed.has("key")) this.#marks = placed(this.key, this.text, this.spans);
  }

  // Nothing may stand between the pieces, not even a space: places are counted in what stands inside `.words`.
  override render(): unknown {
    const cutUp = cut(this.text, this.#marks, this.held);
    return html`${this.name ? html`<span class="who">${this.name}</span>` : nothing}
      <div
        class="words"
        dir="auto"
        data-reading
        role=${this.editable ? (this.marking ? "application" : "group") : nothing}
        aria-label=${this.editable ? (this.name ? t("{name}: words to mark", { name: this.name }) : t("Words to mark")) : nothing}
        aria-describedby=${this.describedby || nothing}
        tabindex=${this.editable ? 0 : nothing}
        @focus=${() => (this.marking = true)}
        @blur=${() => (this.marking = false)}
        @keydown=${this.#onKey}
        @pointerdown=${this.#onDown}
        @pointerup=${this.#onUp}
      >${cutUp.map((piece) => this.#piece(piece))}</div>
      <span class="sr-only" role="status">${this.said}</span>`;
  }

  /** Puts the focus into the words, and what is held to a stretch. */
  focusAt(stretch: Stretch | null): void {
    this.words?.focus({ preventScroll: true });
    const piece = this.querySelector<HTMLElement>(stretch ? `[data-from="${stretch.start}"]` : ".words");
    piece?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  #piece(piece: Piece): unknown {
    let inner: unknown = this.text.slice(piece.start, piece.end);
    for (const mark of piece.marks) {
      const label = this.labels.find((one) => one.key === mark.span.label);
      inner = html`<mark class="tone-${label?.tone ?? 0} lane-${Math.min(mark.lane, 4)}" data-tag=${mark.end === piece.end ? (label?.name ?? mark.span.label) : nothing}>${inner}</mark>`;
    }
    return html`<span data-from=${piece.start} class=${piece.held ? "held" : nothing}>${inner}</span>`;
  }

  // By mouse: what is chosen is held and drawn by us, so that the browser's own selection is not needed any more.
  #onDown(event: PointerEvent): void {
    this.#dragging = event.pointerType === "mouse" && event.button === 0;
  }

  #onUp(event: PointerEvent): void {
    if (!this.editable) return;
    const wasDragging = this.#dragging;
    this.#dragging = false;
    setTimeout(() => {
      const chosen = this.#selected();
      if (chosen && wasDragging) {
        getSelection()?.removeAllRanges();
        this.#choose(chosen, "pointer");
      } else if (!chosen) this.#pointAt(event);
    });
  }

  // By touch, and with a caret of the browser's own: the selection stays with the browser, which has handles for it.
  #onSelection = (): void => {
    if (!this.editable || this.#dragging) return;
    const chosen = this.#selected();
    if (chosen) emit<StretchChosen>(this, "stretch-chosen", { stretch: chosen, by: "touch" });
  };

  #selected(): Stretch | null {
    const selection = getSelection();
    const words = this.words;
    if (!words || !selection || selection.isCollapsed || selection.rangeCount === 0) return null;
    const range = selection.getRangeAt(0);
    if (!words.contains(range.startContainer) || !words.contains(range.endContainer)) {
      // A triple click, or a drag past the end, reaches out of the text: what is inside counts.
      if (!range.intersectsNode(words) || !this.#dragging) return null;
    }
    const inside = document.createRange();
    inside.selectNodeContents(words);
    const whole = inside.toString().length;
    if (words.contains(range.endContainer)) inside.setEnd(range.endContainer, range.endOffset);
    const end = Math.min(whole, inside.toString().length);
    inside.selectNodeContents(words);
    let start = 0;
    if (words.contains(range.startContainer)) {
      inside.setEnd(range.startContainer, range.startOffset);
      start = inside.toString().length;
    }
    return tidied(this.text, { start, end }, this.wholewords);
  }

  #pointAt(event: PointerEvent): void {
    const piece = (event.target as Element).closest<HTMLElement>("[data-from]");
    const at = piece ? Number(piece.dataset.from) : -1;
    const under = this.#marksAt(at);
    const shortest = under.sort((a, b) => a.end - a.start - (b.end - b.start))[0];
    if (shortest) emit<Span>(this, "mark-chosen", shortest.span);
    else emit<StretchChosen>(this, "stretch-chosen", { stretch: null, by: "pointer" });
  }

  #marksAt(at: number): Mark[] {
    return this.#marks.filter((mark) => mark.start <= at && at < mark.end);
  }

  #choose(stretch: Stretch | null, by: StretchChosen["by"]): void {
    this.#anchor = this.#edge = stretch;
    emit<StretchChosen>(this, "stretch-chosen", { stretch, by });
  }

  // By keyboard: what is held is where the keyboard is.
  #onKey(event: KeyboardEvent): void {
    if (!this.editable || event.ctrlKey || event.metaKey) return;
    const handled = this.#moved(event) || this.#acted(event);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #acted(event: KeyboardEvent): boolean {
    if (event.altKey) return false;
    if (event.key === "Escape" && this.held) {
      this.#choose(null, "keys");
      return true;
    }
    if (!this.held) return false;
    const label = this.labels.find((one) => one.shortcut === event.key.toLowerCase());
    if (event.key === "Delete" || event.key === "Backspace") emit(this, "removal-wanted");
    else if (event.key === "Enter" || event.key === " ") emit(this, "label-wanted", null);
    else if (label) emit(this, "label-wanted", label.key);
    else return false;
    return true;
  }

  #moved(event: KeyboardEvent): boolean {
    const rtl = this.words !== null && getComputedStyle(this.words).direction === "rtl";
    const steps: Record<string, number> = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 };
    const step = steps[event.key];
    const next =
      step !== undefined
        ? event.altKey && !this.wholewords
          ? this.#character(step)
          : this.#word(step)
        : event.altKey
          ? null
          : this.#jump(event.key);
    if (!next) return step !== undefined;
    const anchor = event.shiftKey ? (this.#anchor ?? next) : next;
    const held = event.shiftKey ? { start: Math.min(anchor.start, next.start), end: Math.max(anchor.end, next.end) } : next;
    this.#choose(held, "keys");
    this.#anchor = anchor;
    this.#edge = next;
    this.#say(held);
    void this.updateComplete.then(() => this.querySelector(".held")?.scrollIntoView({ block: "nearest" }));
    return true;
  }

  #word(step: number): Stretch | null {
    const words = wordsOf(this.text);
    const at = this.held ? (this.#edge ?? this.held) : null;
    if (!at) return (step > 0 ? words[0] : words.at(-1)) ?? null;
    return (step > 0 ? words.find((word) => word.start >= at.end) : words.filter((word) => word.end <= at.start).at(-1)) ?? null;
  }

  #character(step: number): Stretch | null {
    const at = this.held ? (this.#edge ?? this.held) : { start: 0, end: 0 };
    const start = step > 0 ? at.end : at.start - 1;
    return start < 0 || start >= this.text.length ? null : { start, end: start + 1 };
  }

  #jump(key: string): Stretch | null {
    const words = wordsOf(this.text);
    const at = (this.#edge ?? this.held)?.start ?? 0;
    const from = { Home: 0, ArrowDown: sentencesOf(this.text).find((one) => one > at), ArrowUp: sentencesOf(this.text).filter((one) => one < at).at(-1) }[key];
    if (key === "End") return words.at(-1) ?? null;
    return from === undefined ? null : (words.find((word) => word.start >= from) ?? null);
  }

  #say(held: Stretch): void {
    const words = this.text.slice(held.start, held.end);
    const names = this.#marks
      .filter((mark) => mark.start < held.end && held.start < mark.end)
      .map((mark) => this.labels.find((one) => one.key === mark.span.label)?.name ?? mark.span.label);
    this.said = names.length > 0 ? t("{words}, marked as {labels}", { words, labels: names.join(", ") }) : words;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "spans-text": SpansText;
  }
}
