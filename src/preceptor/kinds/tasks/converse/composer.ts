import { LightElement, customElement, emit, hasCommand, html, icon, nothing, property, query, shownKeys, t } from "@preceptor/ui";
import type { Problem } from "../../widget.ts";

/** The box a message is written in. `message-changed` carries the text as it is typed, `message-sent` when it is to be sent. */
@customElement("converse-composer")
export class ConverseComposer extends LightElement {
  @property() value = "";
  /** What the message follows, in words; empty for the first one. */
  @property() follows = "";
  @property({ attribute: false }) suggestions: readonly string[] = [];
  @property({ attribute: false }) problems: readonly Problem[] = [];
  @property({ type: Boolean }) sending = false;
  /** Why it cannot be sent yet. */
  @property() waits = "";
  @property({ type: Boolean }) first = false;
  @query("text-field") private field!: HTMLElement | null;

  override render(): unknown {
    const label = this.first ? t("Your first message") : t("Your next message");
    return html`<form class="composer" @submit=${this.#onSubmit} @keydown=${this.#onKey}>
      ${this.follows ? html`<p class="follows muted small">${this.follows}</p>` : nothing}
      <text-field
        silent
        .label=${label}
        .value=${this.value}
        .rows=${this.first ? 3 : 2}
        .invalid=${this.problems.length > 0}
        .placeholder=${label}
        describedby="converse-problems"
        @field-changed=${this.#onText}
      ></text-field>
      ${this.value === "" && this.suggestions.length > 0
        ? html`<div class="suggestions">${this.suggestions.map((text) => html`<button type="button" class="tiny" @click=${() => this.#suggest(text)}><bdi class="truncate">${text}</bdi></button>`)}</div>`
        : nothing}
      <div class="foot">
        <div id="converse-problems" class="problems" role="alert">${this.problems.map((problem) => html`<p class="bad">${icon("alert")} ${problem.message}</p>`)}</div>
        ${this.waits ? html`<span class="muted small" role="status">${this.waits}</span>` : html`<span class="muted hide-small">${shownKeys(["Mod", "Enter"]).map((key) => html`<kbd>${key}</kbd> `)}</span>`}
        <button class=${this.first ? "primary" : ""} ?disabled=${this.sending} aria-disabled=${String(!this.#ready())}>
          ${this.sending ? html`<span class="spinner"></span>` : icon("send", { turns: true })}${t("Send")}
        </button>
      </div>
    </form>`;
  }

  override focus(): void {
    this.field?.focus();
  }

  #ready(): boolean {
    return this.value.trim() !== "" && this.waits === "";
  }

  #suggest(text: string): void {
    emit(this, "message-changed", text);
    this.focus();
  }

  #onText(event: CustomEvent<string>): void {
    event.stopPropagation();
    emit(this, "message-changed", event.detail);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !hasCommand(event)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#send();
  }

  #onSubmit(event: Event): void {
    event.preventDefault();
    this.#send();
  }

  #send(): void {
    if (this.sending) return;
    if (this.#ready()) emit(this, "message-sent");
    else this.focus();
  }
}
