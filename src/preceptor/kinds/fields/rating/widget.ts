import { LightElement, addStyles, customElement, emit, html, live, nothing, property, t, randomId } from "@preceptor/ui";
import { labelIn, type Labels } from "../../widget.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "rating-field";

export interface RatingSettings {
  points: number;
  low: Labels;
  high: Labels;
}

/**
 * One step on a scale with words at both ends: a group of radio buttons, so that a form takes it (with `name`) and arrows
 * work. `field-changed` carries the step, or null where it was cleared (Delete, Backspace or 0).
 */
@customElement(tag)
export class RatingField extends LightElement {
  @property({ attribute: false }) settings: RatingSettings = { points: 7, low: {}, high: {} };
  @property({ attribute: false }) value: number | null = null;
  /** In a correction: the step given before. */
  @property({ attribute: false }) original: number | null = null;
  /** What is rated, for screen readers: "Response 2, rating". */
  @property() label = "";
  @property() name = "";
  @property({ type: Boolean, reflect: true }) readonly = false;
  @property({ type: Boolean }) invalid = false;

  override render(): unknown {
    const { points, low, high } = this.settings;
    const steps = Array.from({ length: points }, (_, index) => index + 1);
    const ends: Record<number, string> = { 1: labelIn(low), [points]: labelIn(high) };
    return html`
      <fieldset ?disabled=${this.readonly} role="radiogroup" aria-invalid=${this.invalid ? "true" : nothing} @keydown=${this.#onKey}>
        <legend class="sr-only">${this.label}</legend>
        <div class="scale">
          ${steps.map(
            (step) => html`<label class=${step === this.original && step !== this.value ? "was" : ""}>
              <input
                type="radio"
                name=${this.name || `rating-${this.#id}`}
                .value=${String(step)}
                .checked=${live(step === this.value)}
                aria-label=${ends[step] ? t("{step}, {meaning}", { step, meaning: ends[step] }) : nothing}
                @change=${() => this.#choose(step)}
              />${step}
            </label>`,
          )}
        </div>
      </fieldset>
      <div class="ends" aria-hidden="true"><span>${ends[1]}</span><span>${ends[points]}</span></div>
    `;
  }

  /** Puts the focus on the chosen step, or on the first. */
  override focus(options?: FocusOptions): void {
    (this.querySelector<HTMLElement>("input:checked") ?? this.querySelector<HTMLElement>("input"))?.focus(options);
  }

  #id = randomId();

  #choose(step: number | null): void {
    this.value = step;
    emit(this, "field-changed", step);
  }

  #onKey(event: KeyboardEvent): void {
    if (["Delete", "Backspace", "0"].includes(event.key) && this.value !== null) {
      event.preventDefault();
      event.stopPropagation();
      this.#choose(null);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "rating-field": RatingField;
  }
}
