import { LightElement, addStyles, countWords, customElement, emit, hasCommand, html, live, nothing, property, query, t, tn, randomId } from "@preceptor/ui";
import type { Problem } from "../../widget.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "text-field";

export const startingValue = (): string => "";
export const isBlank = (value: string): boolean => value.trim() === "";

/** The same rules as on the server. */
export function problemsOf(settings: { min_words?: number | null; max_words?: number | null }, value: string): Problem[] {
  const { min_words: least, max_words: most } = settings;
  const words = value.trim() === "" ? 0 : value.trim().split(/\s+/u).length;
  if (words && least && words < least) return [{ path: "", message: tn("Write at least {count} word.", "Write at least {count} words.", least) }];
  if (words && most && words > most) return [{ path: "", message: tn("Write at most {count} word.", "Write at most {count} words.", most) }];
  return [];
}

/**
 * Free text that grows with what is typed. `field-changed` carries the text on every keystroke; what the person types is
 * never touched: no trimming, no correction. `undo-wanted` and `redo-wanted` ask the page, where the browser has nothing to
 * undo itself.
 */
@customElement(tag)
export class TextField extends LightElement {
  @property() value = "";
  @property() label = "";
  /** True: the label is read out but not shown, because a heading says it already. */
  @property({ type: Boolean }) silent = false;
  @property() placeholder = "";
  @property() name = "";
  @property({ type: Number }) rows = 3;
  @property({ type: Boolean, reflect: true }) small = false;
  @property({ type: Boolean }) readonly = false;
  @property({ type: Boolean }) invalid = false;
  @property({ type: Boolean }) counts = false;
  @property({ attribute: false }) settings: { min_words?: number | null; max_words?: number | null } = {};
  @property() describedby = "";
  @query("textarea") private area!: HTMLTextAreaElement | null;

  override render(): unknown {
    if (this.readonly) return html`<div class="read" dir="auto">${this.value || html`<span class="muted">${t("nothing written")}</span>`}</div>`;
    return html`
      ${this.silent ? nothing : html`<label for=${this.#id}>${this.label}</label>`}
      <textarea
        id=${this.#id}
        name=${this.name || nothing}
        rows=${this.rows}
        dir="auto"
        aria-label=${this.silent ? this.label : nothing}
        aria-invalid=${this.invalid ? "true" : nothing}
        aria-describedby=${this.describedby || nothing}
        placeholder=${this.placeholder || nothing}
        .value=${live(this.value)}
        @input=${this.#onInput}
        @keydown=${this.#onKey}
      ></textarea>
      ${this.counts ? html`<div class="under"><span>${this.#bounds()}</span><span>${this.#count()}</span></div>` : nothing}
    `;
  }

  override willUpdate(): void {
    if (this.area && this.area.value !== this.value) this.#typed = false;
  }

  override updated(): void {
    this.#fit();
  }

  /** Puts the focus into the text, at its end. */
  override focus(options?: FocusOptions): void {
    const area = this.area;
    if (!area) return;
    area.focus(options);
    if (area.selectionStart === 0 && area.selectionEnd === 0) area.setSelectionRange(area.value.length, area.value.length);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("resize", this.#fit);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("resize", this.#fit);
  }

  #id = `text-${randomId()}`;
  #typed = false;

  // A text set from outside has nothing the browser could undo; then the page's own undo is meant.
  #onKey(event: KeyboardEvent): void {
    if (!hasCommand(event) || event.key.toLowerCase() !== "z" || this.#typed) return;
    event.preventDefault();
    event.stopPropagation();
    emit(this, event.shiftKey ? "redo-wanted" : "undo-wanted");
  }

  #onInput(event: Event): void {
    this.#typed = true;
    this.value = (event.target as HTMLTextAreaElement).value;
    emit(this, "field-changed", this.value);
  }

  // `field-sizing: content` does this where it is known; elsewhere the height follows the text by hand.
  #fit = (): void => {
    const area = this.area;
    if (!area || CSS.supports("field-sizing", "content")) return;
    area.style.setProperty("block-size", "auto");
    area.style.setProperty("block-size", `${area.scrollHeight + 2}px`);
  };

  #count(): string {
    const words = countWords(this.value);
    return tn("{count} word", "{count} words", words);
  }

  #bounds(): string {
    const { min_words: least, max_words: most } = this.settings;
    if (least && most) return t("{least} to {most} words", { least, most });
    if (least) return tn("at least {count} word", "at least {count} words", least);
    if (most) return tn("at most {count} word", "at most {count} words", most);
    return "";
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "text-field": TextField;
  }
}
