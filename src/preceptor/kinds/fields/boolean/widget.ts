import { LightElement, addStyles, customElement, emit, html, live, nothing, property, randomId } from "@preceptor/ui";
import { labelIn, type Labels } from "../../widget.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "boolean-field";

export interface BooleanSettings {
  yes: Labels;
  no: Labels;
}

/** Yes or no, as radio buttons: nothing said is neither. `field-changed` carries it, null where it was cleared (Delete). */
@customElement(tag)
export class BooleanField extends LightElement {
  @property({ attribute: false }) settings: BooleanSettings = { yes: {}, no: {} };
  @property({ attribute: false }) value: boolean | null = null;
  /** In a correction: the answer given before. */
  @property({ attribute: false }) original: boolean | null = null;
  /** What is asked, for screen readers. */
  @property() label = "";
  @property({ type: Boolean, reflect: true }) readonly = false;
  @property({ type: Boolean }) invalid = false;
  @property() describedby = "";

  #name = `boolean-${randomId()}`;

  override render(): unknown {
    const answers: [boolean, Labels][] = [[true, this.settings.yes], [false, this.settings.no]];
    return html`<fieldset
      role="radiogroup"
      ?disabled=${this.readonly}
      aria-invalid=${this.invalid ? "true" : nothing}
      aria-describedby=${this.describedby || nothing}
      @keydown=${this.#onKey}
    >
      <legend class="sr-only">${this.label}</legend>
      <div class="answers">
        ${answers.map(
          ([answer, words]) => html`<label class=${this.original === answer && this.value !== answer ? "was" : ""}><input
            type="radio"
            name=${this.#name}
            .checked=${live(this.value === answer)}
            @change=${() => this.#choose(answer)}
          /><bdi>${labelIn(words)}</bdi></label>`,
        )}
      </div>
    </fieldset>`;
  }

  override focus(options?: FocusOptions): void {
    (this.querySelector<HTMLElement>("input:checked") ?? this.querySelector<HTMLElement>("input"))?.focus(options);
  }

  #choose(answer: boolean | null): void {
    this.value = answer;
    emit(this, "field-changed", answer);
  }

  #onKey(event: KeyboardEvent): void {
    if ((event.key !== "Delete" && event.key !== "Backspace") || this.value === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.#choose(null);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "boolean-field": BooleanField;
  }
}
