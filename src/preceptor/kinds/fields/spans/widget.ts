import { LightElement, addStyles, customElement, emit, html, icon, nothing, property, repeat, state, t, tn, randomId } from "@preceptor/ui";
import type { FieldText } from "../../field.ts";
import { labelIn, type Labels } from "../../widget.ts";
import { sameSpan, toPoints, toUnits, withSpan, type Span, type Stretch } from "./marks.ts";
import type { ShownLabel, SpansText, StretchChosen } from "./marked-text.ts";
import "./marked-text.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "spans-field";
export const drawsTexts = true;
export type { Span } from "./marks.ts";

export interface SpansSettings {
  /** Labels of one `group`, which has to be in the reader's language, stand together under its name. */
  labels: readonly { key: string; label: Labels; shortcut: string | null; group?: string }[];
  whole_words: boolean;
  overlap: boolean;
}

const TONES = 8;

/** What stands below a text may be a field too: its changes are no marks. */
const stop = (event: Event): void => event.stopPropagation();

interface Held extends Stretch {
  text: string;
  /** By touch the browser draws it. */
  fleeting: boolean;
}

/**
 * Words marked in one or several texts. Words first and then a label, or a label first (it stays down) and then words; by
 * mouse, touch or keyboard. Every mark also stands in a list. `field-changed` carries the marks in the order of the texts.
 */
@customElement(tag)
export class SpansField extends LightElement {
  @property({ attribute: false }) settings: SpansSettings = { labels: [], whole_words: true, overlap: true };
  @property({ attribute: false }) value: readonly Span[] | null = [];
  /** In a correction: the marks given before. */
  @property({ attribute: false }) original: readonly Span[] | null = null;
  @property({ attribute: false }) texts: readonly FieldText[] = [];
  /** What is marked, for screen readers. */
  @property() label = "";
  @property({ type: Boolean, reflect: true }) readonly = false;
  @property({ type: Boolean, reflect: true }) invalid = false;
  @property() describedby = "";
  /** Draws what belongs to one text, below it. */
  @property({ attribute: false }) below: ((text: FieldText) => unknown) | null = null;
  @state() private held: Held | null = null;
  @state() private chosen: Span | null = null;
  /** The label that words are marked with as soon as they are chosen. */
  @state() private active: string | null = null;
  @state() private said = "";

  #id = `spans-${randomId()}`;

  override render(): unknown {
    const labels = this.#labels();
    return html`<div role="group" aria-label=${this.label || t("Marked words")}>
      ${this.readonly ? nothing : this.#palette(labels)}
      <div class="texts">
        ${repeat(
          this.texts,
          (one) => one.key,
          (one) => html`<spans-text
            .key=${one.key}
            .name=${one.name}
            .text=${one.text}
            .spans=${this.value ?? []}
            .labels=${labels}
            .held=${this.held && this.held.text === one.key && !this.held.fleeting ? this.held : null}
            .wholewords=${this.settings.whole_words}
            .editable=${!this.readonly}
            .describedby=${this.readonly ? "" : `${this.#id}-help ${this.describedby}`.trim()}
            @stretch-chosen=${(event: CustomEvent<StretchChosen>) => this.#onStretch(one, event)}
            @mark-chosen=${(event: CustomEvent<Span>) => this.#choose(event.detail)}
            @label-wanted=${(event: CustomEvent<string | null>) => this.#onLabelKey(event)}
            @removal-wanted=${this.#removeHere}
          ></spans-text>${this.below ? html`<div @field-changed=${stop}>${this.below(one)}</div>` : nothing}`,
        )}
      </div>
      ${this.#list(labels)}
      <span class="sr-only" role="status">${this.said}</span>
    </div>`;
  }

  override focus(): void {
    this.querySelector<SpansText>("spans-text")?.focusAt(null);
  }

  /** Puts the focus into one text, by its key. */
  focusText(key: string): void {
    this.#textElement(key)?.focusAt(null);
  }

  #labels(): ShownLabel[] {
    return this.settings.labels.map((one, index) => ({
      key: one.key,
      name: labelIn(one.label) || one.key,
      tone: index % TONES,
      shortcut: one.shortcut,
      group: one.group ?? "",
    }));
  }

  #palette(labels: readonly ShownLabel[]): unknown {
    const words = this.held ? this.#words(this.held) : "";
    return html`<div class="palette" role="toolbar" aria-label=${t("Labels")}>
      <p class="now" id="${this.#id}-help">${
        this.chosen
          ? t("“{words}”: choose another label, or remove the mark.", { words })
          : this.held
            ? t("“{words}”: choose a label.", { words })
            : this.active
              ? t("Choose words to mark them.")
              : html`${t("Choose words in the text, then a label.")} <span class="keyboard">${t("By keyboard, arrows go from word to word, and Shift chooses several.")}</span>`
      }</p>
      <div class="labels">
        ${[...new Set(labels.map((one) => one.group))].map((group) => {
          const inside = labels.filter((one) => one.group === group).map((one) => this.#label(one));
          return group ? html`<div class="set" role="group" aria-label=${group}><span class="group" aria-hidden="true">${group}</span>${inside}</div>` : inside;
        })}
        ${this.chosen
          ? html`<button type="button" class="quiet" @pointerdown=${(event: Event) => event.preventDefault()} @click=${this.#removeHere}>${icon("trash")}${t("Remove the mark")}</button>`
          : nothing}
        ${this.held
          ? html`<button type="button" class="quiet icon-only" aria-label=${t("Let go")} title=${t("Let go")} @click=${() => this.#letGo(true)}>${icon("x")}</button>`
          : nothing}
      </div>
    </div>`;
  }

  #label(one: ShownLabel): unknown {
    return html`<button
      type="button"
      class="tone-${one.tone}"
      data-label=${one.key}
      aria-pressed=${String(this.chosen ? this.chosen.label === one.key : this.active === one.key)}
      @pointerdown=${(event: Event) => event.preventDefault()}
      @click=${() => this.#press(one.key)}
    ><span class="swatch" aria-hidden="true"></span><bdi>${one.name}</bdi>${one.shortcut ? html`<kbd aria-hidden="true">${one.shortcut.toUpperCase()}</kbd>` : nothing}</button>`;
  }

  #list(labels: readonly ShownLabel[]): unknown {
    const value = this.value ?? [];
    const before = this.original;
    const gone = before?.filter((one) => !value.some((other) => sameSpan(one, other))) ?? [];
    if (value.length + gone.length === 0) return html`<p class="none muted">${t("Nothing is marked.")}</p>`;
    return html`<div class="found">
      <p class="muted" id="${this.#id}-found">${tn("{count} mark", "{count} marks", value.length)}</p>
      <ul aria-labelledby="${this.#id}-found">
        ${value.map((span) => this.#entry(span, labels, before !== null && !before.some((one) => sameSpan(one, span)) ? "added" : ""))}
        ${gone.map((span) => this.#entry(span, labels, "gone"))}
      </ul>
    </div>`;
  }

  #entry(span: Span, labels: readonly ShownLabel[], change: "" | "added" | "gone"): unknown {
    const label = labels.find((one) => one.key === span.label);
    const text = this.texts.find((one) => one.key === span.text);
    const words = this.#words(this.#stretch(span));
    const name = label?.name ?? span.label;
    const where = this.texts.length > 1 && text?.name ? text.name : "";
    return html`<li class="tone-${label?.tone ?? 0} ${change} ${this.chosen && sameSpan(this.chosen, span) ? "here" : ""}">
      <button type="button" class="quiet tiny go" ?disabled=${change === "gone"} @click=${() => this.#choose(span, true)}>
        <span class="swatch" aria-hidden="true"></span><b>${name}</b><bdi class="quote truncate">${words}</bdi>${where ? html`<small>${where}</small>` : nothing}
      </button>
      ${this.readonly || change === "gone"
        ? nothing
        : html`<button type="button" class="quiet tiny icon-only" aria-label=${t("Remove the mark {label}: {words}", { label: name, words })} @click=${() => this.#remove(span)}>${icon("x")}</button>`}
    </li>`;
  }

  #text(key: string): string {
    return this.texts.find((one) => one.key === key)?.text ?? "";
  }

  #stretch(span: Span): Held {
    const text = this.#text(span.text);
    return { text: span.text, start: toUnits(text, span.start), end: toUnits(text, span.end), fleeting: false };
  }

  #words(held: Held): string {
    const words = this.#text(held.text).slice(held.start, held.end);
    return words.length > 60 ? `${words.slice(0, 40)} … ${words.slice(-15)}` : words;
  }

  #textElement(key: string): SpansText | undefined {
    return [...this.querySelectorAll<SpansText>("spans-text")].find((one) => one.key === key);
  }

  #onStretch(text: FieldText, event: CustomEvent<StretchChosen>): void {
    event.stopPropagation();
    const { stretch, by } = event.detail;
    if (!stretch) {
      this.#letGo(false);
      return;
    }
    this.held = { text: text.key, ...stretch, fleeting: by === "touch" };
    // Coming by with the keyboard, a mark that is exactly here can be changed or removed.
    this.chosen = by === "keys" ? (this.#exactly(this.held) ?? null) : null;
    if (this.active && by === "pointer") this.#mark(this.active);
  }

  #exactly(held: Held): Span | undefined {
    return (this.value ?? []).find((span) => {
      const at = this.#stretch(span);
      return at.text === held.text && at.start === held.start && at.end === held.end;
    });
  }

  #choose(span: Span, go = false): void {
    const held = this.#stretch(span);
    this.held = held;
    this.chosen = span;
    if (go) void this.updateComplete.then(() => this.#textElement(span.text)?.focusAt(held));
  }

  #onLabelKey(event: CustomEvent<string | null>): void {
    event.stopPropagation();
    const [only, second] = this.settings.labels;
    const key = event.detail ?? this.active ?? (second ? null : (only?.key ?? null));
    if (key) this.#mark(key);
    else this.querySelector<HTMLElement>(".labels button")?.focus();
  }

  #press(key: string): void {
    if (this.held) {
      const { text } = this.held;
      const inLabels = document.activeElement?.closest(".labels");
      this.#mark(key);
      if (inLabels) void this.updateComplete.then(() => this.focusText(text));
    } else this.active = this.active === key ? null : key;
  }

  #mark(label: string): void {
    const held = this.held;
    if (!held || this.readonly) return;
    const text = this.#text(held.text);
    const span: Span = { text: held.text, start: toPoints(text, held.start), end: toPoints(text, held.end), label };
    const rest = (this.value ?? []).filter((one) => !this.chosen || !sameSpan(one, this.chosen));
    this.said = t("{words}, marked as {labels}", { words: this.#words(held), labels: this.#labels().find((one) => one.key === label)?.name ?? label });
    getSelection()?.removeAllRanges();
    this.chosen = null;
    this.held = null;
    this.#change(withSpan(rest, span, this.texts.map((one) => one.key), this.settings.overlap));
  }

  #removeHere = (): void => {
    const { chosen, held } = this;
    if (chosen) this.#remove(chosen);
    else if (held) {
      const inside = (this.value ?? []).find((span) => {
        const at = this.#stretch(span);
        return at.text === held.text && at.start < held.end && held.start < at.end;
      });
      if (inside) this.#remove(inside);
    }
  };

  #remove(span: Span): void {
    this.said = t("Mark removed");
    this.chosen = null;
    this.#change((this.value ?? []).filter((one) => !sameSpan(one, span)));
  }

  #letGo(back: boolean): void {
    const text = this.held?.text;
    this.held = null;
    this.chosen = null;
    getSelection()?.removeAllRanges();
    if (back && text !== undefined) this.focusText(text);
  }

  #change(value: Span[]): void {
    this.value = value;
    emit(this, "field-changed", value);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "spans-field": SpansField;
  }
}
