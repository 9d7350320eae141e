import {
  LightElement, customElement, diffFigures, diffWords, emit, html, icon, nothing, property, query, state, t, tn, type DiffSegment, type PropertyValues,
} from "@preceptor/ui";
import type { Turn } from "../../widget.ts";
import { isUsable, nameOf } from "./value.ts";

type View = "edit" | "preview" | "changes";

/** The trainer's own text, as a base to compare a correction with. */
const ORIGINAL = "original";

export interface IdealChanged {
  ideal: string;
  start: string | null;
  kind: "text" | "mark";
}

/**
 * The ideal response: written from scratch or from one of the responses, with a preview and the live difference in words.
 * On a wide page preview and difference stand beside the text, so that they follow every keystroke.
 */
@customElement("rate-ideal")
export class RateIdeal extends LightElement {
  @property({ attribute: false }) turn!: Turn;
  @property() value = "";
  @property({ attribute: false }) start: string | null = null;
  /** In a correction: what the trainer wrote. */
  @property({ attribute: false }) original: string | null = null;
  @property({ type: Boolean }) editable = false;
  @property({ type: Boolean }) required = false;
  @property({ type: Boolean }) invalid = false;
  @property({ attribute: false }) continued = false;
  @state() private view: View = "edit";
  @state() private base = "";
  @state() private segments: DiffSegment[] = [];
  @query("text-field") private field!: HTMLElement | null;

  #timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.editable) this.view = this.start || this.original !== null ? "changes" : "preview";
    else if (this.original !== null) this.view = "changes";
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("start") || changed.has("original") || this.base === "") {
      this.base = this.original !== null ? ORIGINAL : (this.start ?? this.turn.responses.find(isUsable)?.id ?? "");
      // Changes are what one wants to see once there is something to compare with.
      if (changed.has("start") && this.start && changed.get("start") !== undefined && this.view === "edit" && this.#isWide()) this.view = "changes";
    }
  }

  override updated(): void {
    if (this.view !== "changes") return;
    const [before, after] = [this.#baseText(), this.value];
    const key = `${this.base}\u0000${before}\u0000${after}`;
    if (key === this.#compared) return;
    this.#compared = key;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const segments = await diffWords(before, after);
      if (this.#compared === key) this.segments = segments;
    }, this.segments.length > 0 ? 120 : 0);
  }

  override render(): unknown {
    const label = t("Ideal response");
    return html`
      <div class="head">
        <h3>${label}${this.required && this.editable ? nothing : this.editable ? html` <span class="optional">${t("optional")}</span>` : nothing}</h3>
        ${this.continued ? html`<span class="pill">${t("the next turn went on from this")}</span>` : nothing}
        <div class="views" role="group" aria-label=${t("How to show it")}>
          ${this.editable ? this.#viewButton("edit", t("Edit")) : nothing}
          ${this.#viewButton("preview", this.editable ? t("Preview") : t("Text"))}
          ${this.#bases().length > 0 ? this.#viewButton("changes", t("Changes to {base}", { base: this.#baseName(this.base) })) : nothing}
        </div>
      </div>
      ${this.editable ? this.#starts() : nothing}
      <div class="panes ${this.view}">
        ${this.editable
          ? html`<text-field
              class="tall"
              silent
              counts
              .label=${label}
              .value=${this.value}
              .invalid=${this.invalid}
              .placeholder=${t("Write the response you would have wished for.")}
              @field-changed=${this.#onText}
            ></text-field>`
          : nothing}
        ${this.view === "preview" ? this.#preview() : this.view === "changes" ? this.#changes() : nothing}
      </div>
    `;
  }

  override focus(): void {
    if (!this.editable) return;
    this.field?.focus();
  }

  /** Shows the text itself, where it can be typed. */
  edit(): void {
    if (!this.#isWide()) this.view = "edit";
    void this.updateComplete.then(() => this.field?.focus());
  }

  /** The next of edit, preview and changes. */
  nextView(): void {
    const views: View[] = [...(this.editable ? (["edit"] as const) : []), "preview", ...(this.#bases().length ? (["changes"] as const) : [])];
    this.view = views[(views.indexOf(this.view) + 1) % views.length] ?? "preview";
  }

  #compared = "";

  // As in the stylesheet: the text and what belongs to it stand side by side.
  #isWide(): boolean {
    return this.offsetWidth > 60 * parseFloat(getComputedStyle(document.documentElement).fontSize);
  }

  #viewButton(view: View, text: string): unknown {
    return html`<button type="button" aria-pressed=${String(this.view === view)} @click=${() => (this.view = view)}>${text}</button>`;
  }

  #bases(): { id: string; name: string }[] {
    const responses = this.turn.responses.filter(isUsable).map(({ id }) => ({ id, name: nameOf(this.turn, id) }));
    return this.original === null ? responses : [{ id: ORIGINAL, name: t("the trainer’s") }, ...responses];
  }

  #baseName(id: string): string {
    if (id === ORIGINAL) return t("the trainer’s");
    return String(this.turn.responses.findIndex((one) => one.id === id) + 1 || "…");
  }

  #baseText(): string {
    if (this.base === ORIGINAL) return this.original ?? "";
    return this.turn.responses.find((one) => one.id === this.base)?.text ?? "";
  }

  #starts(): unknown {
    if (this.start) {
      return html`<p class="start"><span>${t("Started from {response}.", { response: nameOf(this.turn, this.start) })}</span>
        <button type="button" class="link" @click=${() => this.#change("", null, "mark")}>${t("Clear and write from scratch")}</button></p>`;
    }
    if (this.value !== "") return nothing;
    const usable = this.turn.responses.filter(isUsable);
    if (usable.length === 0) return nothing;
    return html`<p class="start"><span>${t("Write it from scratch, or start from")}</span>
      ${usable.map((one) => html`<button type="button" class="tiny" @click=${() => emit(this, "start-wanted", one.id)}>${nameOf(this.turn, one.id)}</button>`)}</p>`;
  }

  #preview(): unknown {
    return html`<div class="pane card" tabindex="0" role="region" aria-label=${t("Ideal response, as it will be read")}>
      ${this.value.trim() ? html`<rich-text .text=${this.value}></rich-text>` : html`<span class="muted">${t("Nothing written yet.")}</span>`}
    </div>`;
  }

  #changes(): unknown {
    const { added, removed } = diffFigures(this.segments);
    return html`<div class="pane card" tabindex="0" role="region" aria-label=${t("Changes")}>
      <div class="diff-summary">
        <label class="muted">${t("Compared with")}
          <select @change=${(event: Event) => (this.base = (event.target as HTMLSelectElement).value)}>
            ${this.#bases().map((one) => html`<option value=${one.id} ?selected=${one.id === this.base}>${one.name}</option>`)}
          </select>
        </label>
        <span class="good">${tn("+{count} word", "+{count} words", added)}</span>
        <span class="bad">${tn("−{count} word", "−{count} words", removed)}</span>
        ${added === 0 && removed === 0 && this.segments.length ? html`<span class="muted">${icon("check")} ${t("no change")}</span>` : nothing}
      </div>
      <div class="diff" dir="auto">${this.segments.map(({ kind, text }) =>
        kind === "ins" ? html`<ins>${text}</ins>` : kind === "del" ? html`<del>${text}</del>` : text,
      )}</div>
    </div>`;
  }

  #onText(event: CustomEvent<string>): void {
    event.stopPropagation();
    this.#change(event.detail, this.start, "text");
  }

  #change(ideal: string, start: string | null, kind: IdealChanged["kind"]): void {
    emit<IdealChanged>(this, "ideal-changed", { ideal, start, kind });
  }
}
