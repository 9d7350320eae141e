import { LightElement, customElement, emit, hasCommand, html, icon, nothing, property, query, shownKeys, state, t } from "@preceptor/ui";
import type { Problem, Turn } from "../../widget.ts";
import { IDEAL, bestOf, isUsable, isWriting, nameOf, type TurnAnswer } from "./value.ts";

export interface PromptSent {
  prompt: string;
  continue_from: string | null;
}

/**
 * The box a prompt is written in: the first of a conversation, or the next one with what it goes on from. `prompt-changed`
 * carries the text as it is typed, `continue-changed` the choice, `prompt-sent` both.
 */
@customElement("rate-composer")
export class RateComposer extends LightElement {
  @property() value = "";
  /** The turn before, and what was said about it; null for the first prompt. */
  @property({ attribute: false }) last: Turn | null = null;
  @property({ attribute: false }) said: TurnAnswer | null = null;
  @property({ attribute: false }) suggestions: readonly string[] = [];
  @property({ attribute: false }) problems: readonly Problem[] = [];
  @property({ type: Boolean }) sending = false;
  @property({ type: Boolean }) optional = false;
  @property({ type: Boolean }) withideal = true;
  @state() private asked = false;
  @query("text-field") private field!: HTMLElement | null;

  override render(): unknown {
    const first = this.last === null;
    const title = first ? t("Your prompt") : t("Go on with the conversation");
    return html`
      <form class="composer ${first ? "first" : ""}" @submit=${this.#onSubmit} @keydown=${this.#onKey}>
        <h2>${title}${this.optional && !first ? html` <span class="optional">${t("optional")}</span>` : nothing}</h2>
        ${first ? nothing : this.#choice()}
        <text-field
          silent
          .label=${title}
          .value=${this.value}
          .rows=${first ? 4 : 2}
          .invalid=${this.problems.length > 0}
          .placeholder=${first ? t("Ask for anything the task describes. Write as you would to an assistant.") : t("Your next message")}
          describedby="composer-problems"
          @field-changed=${this.#onText}
        ></text-field>
        ${this.#suggestions()}
        <div class="foot">
          <div id="composer-problems" class="problems" role="alert">
            ${this.problems.map((problem) => html`<p class="bad">${icon("alert")} ${problem.message}</p>`)}
          </div>
          <span class="muted hide-small">${shownKeys(["Mod", "Enter"]).map((key) => html`<kbd>${key}</kbd> `)}</span>
          <button class=${first ? "primary" : ""} ?disabled=${this.sending} aria-disabled=${String(!this.#ready())}>
            ${this.sending ? html`<span class="spinner"></span>` : icon("send")}${t("Send")}
          </button>
        </div>
      </form>
    `;
  }

  override focus(): void {
    this.field?.focus();
  }

  #chosen(): string | null {
    if (!this.last || !this.said) return null;
    return this.said.continue_from ?? bestOf(this.last, this.said);
  }

  #ready(): boolean {
    return this.value.trim() !== "" && !this.#waiting() && (this.last === null || this.#chosen() !== null);
  }

  #waiting(): boolean {
    return this.last?.responses.some(isWriting) ?? false;
  }

  #choice(): unknown {
    const { last, said } = this;
    if (!last || !said) return nothing;
    const chosen = this.#chosen();
    const options = last.responses.filter(isUsable).map(({ id }) => ({ id, name: nameOf(last, id) }));
    const hasIdeal = this.withideal && (said.ideal ?? "").trim() !== "";
    if (hasIdeal || chosen === IDEAL) options.push({ id: IDEAL, name: t("your ideal response") });
    return html`<fieldset class="choice">
      <legend>${t("Go on from")}</legend>
      ${options.map(
        (one) => html`<label><input type="radio" name="continue" .checked=${one.id === chosen} @change=${() => emit(this, "continue-changed", one.id)} /><span>${one.name}</span></label>`,
      )}
      ${this.withideal && !hasIdeal ? html`<small>${t("or write the ideal response first")}</small>` : nothing}
      ${this.asked && this.#waiting() ? html`<small class="warn" role="status">${t("Wait until every response is complete, or stop it.")}</small>` : nothing}
    </fieldset>`;
  }

  #suggestions(): unknown {
    if (this.value !== "" || this.suggestions.length === 0) return nothing;
    return html`<div class="suggestions"><small>${t("Suggested for this turn")}</small>
      ${this.suggestions.map((text) => html`<button type="button" class="tiny" @click=${() => this.#suggest(text)}><bdi class="truncate">${text}</bdi></button>`)}</div>`;
  }

  #suggest(text: string): void {
    emit(this, "prompt-changed", text);
    this.focus();
  }

  #onText(event: CustomEvent<string>): void {
    event.stopPropagation();
    emit(this, "prompt-changed", event.detail);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Enter" && hasCommand(event)) {
      event.preventDefault();
      event.stopPropagation();
      this.#send();
    }
  }

  #onSubmit(event: Event): void {
    event.preventDefault();
    this.#send();
  }

  #send(): void {
    this.asked = true;
    if (this.sending) return;
    if (!this.#ready()) {
      this.focus();
      return;
    }
    this.asked = false;
    emit<PromptSent>(this, "prompt-sent", { prompt: this.value, continue_from: this.#chosen() });
  }
}
