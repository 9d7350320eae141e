/**
 * `<writing-pad>`: a longer text with a preview and, in a correction, the difference to what was written before. On a wide
 * page both stand beside the text, so that they follow every keystroke. `text-changed` carries the text as it is typed.
 */
import { LightElement, addStyles, customElement, diffFigures, diffWords, emit, html, nothing, property, query, state, t, tn, type DiffSegment } from "@preceptor/ui";
import "@preceptor/fields/text";
import styles from "./writing.css";

addStyles(styles);

type View = "edit" | "preview" | "changes";

@customElement("writing-pad")
export class WritingPad extends LightElement {
  @property() value = "";
  /** In a correction: what was written before. */
  @property({ attribute: false }) original: string | null = null;
  @property() label = "";
  @property() placeholder = "";
  /** Bounds in words, as the field of texts takes them. */
  @property({ attribute: false }) settings: { min_words?: number | null; max_words?: number | null } = {};
  @property({ type: Boolean }) editable = false;
  @property({ type: Boolean }) optional = false;
  @property({ type: Boolean }) invalid = false;
  @property() describedby = "";
  @state() private view: View = "edit";
  @state() private segments: DiffSegment[] = [];
  @query("text-field") private field!: HTMLElement | null;
  #compared = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.original !== null && this.original !== this.value) this.view = "changes";
    else if (!this.editable) this.view = "preview";
  }

  override updated(): void {
    const key = `${this.original}\u0000${this.value}`;
    if (this.view !== "changes" || this.original === null || key === this.#compared) return;
    this.#compared = key;
    const before = this.original;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const segments = await diffWords(before, this.value);
      if (this.#compared === key) this.segments = segments;
    }, this.segments.length > 0 ? 120 : 0);
  }

  override render(): unknown {
    return html`
      <div class="head">
        <h3>${this.label}${this.optional && this.editable ? html` <span class="optional">${t("optional")}</span>` : nothing}</h3>
        <div class="views" role="group" aria-label=${t("How to show it")}>
          ${this.#views().length > 1 ? this.#views().map((view) => this.#viewButton(view)) : nothing}
        </div>
      </div>
      <div class="panes ${this.view}">
        ${this.editable
          ? html`<text-field
              class="tall"
              silent
              counts
              .label=${this.label}
              .value=${this.value}
              .settings=${this.settings}
              .invalid=${this.invalid}
              .placeholder=${this.placeholder}
              .describedby=${this.describedby}
              @field-changed=${(event: CustomEvent<string>) => emit(this, "text-changed", event.detail)}
            ></text-field>`
          : nothing}
        ${this.view === "preview" ? this.#preview() : this.view === "changes" ? this.#changes() : nothing}
      </div>
    `;
  }

  override focus(): void {
    if (!this.editable) return;
    if (this.view !== "edit" && !this.#isWide()) this.view = "edit";
    void this.updateComplete.then(() => this.field?.focus());
  }

  /** The next of edit, preview and changes. */
  nextView(): void {
    const views = this.#views();
    this.view = views[(views.indexOf(this.view) + 1) % views.length] ?? "preview";
  }

  #views(): View[] {
    return [...(this.editable ? (["edit"] as const) : []), "preview", ...(this.original === null ? [] : (["changes"] as const))];
  }

  // As in the stylesheet: the text and what belongs to it stand side by side.
  #isWide(): boolean {
    return this.offsetWidth > 60 * parseFloat(getComputedStyle(document.documentElement).fontSize);
  }

  #viewButton(view: View): unknown {
    const words = { edit: t("Edit"), preview: this.editable ? t("Preview") : t("Text"), changes: t("Changes") }[view];
    return html`<button type="button" aria-pressed=${String(this.view === view)} @click=${() => (this.view = view)}>${words}</button>`;
  }

  #preview(): unknown {
    return html`<div class="pane card" tabindex="0" role="region" aria-label=${t("{text}, as it will be read", { text: this.label })}>
      ${this.value.trim() ? html`<rich-text .text=${this.value}></rich-text>` : html`<span class="muted">${t("Nothing written yet.")}</span>`}
    </div>`;
  }

  #changes(): unknown {
    const { added, removed } = diffFigures(this.segments);
    return html`<div class="pane card" tabindex="0" role="region" aria-label=${t("Changes")}>
      <div class="diff-summary">
        <span class="good">${tn("+{count} word", "+{count} words", added)}</span>
        <span class="bad">${tn("−{count} word", "−{count} words", removed)}</span>
      </div>
      <div class="diff" dir="auto">${this.segments.map(({ kind, text }) => (kind === "ins" ? html`<ins>${text}</ins>` : kind === "del" ? html`<del>${text}</del>` : text))}</div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "writing-pad": WritingPad;
  }
}
