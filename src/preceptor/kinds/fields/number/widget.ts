import { LightElement, addStyles, customElement, emit, formatNumber, html, live, nothing, property, t } from "@preceptor/ui";
import { labelIn, type Labels, type Problem } from "../../widget.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "number-field";

export interface NumberSettings {
  least: number | null;
  most: number | null;
  step: number | null;
  unit: Labels;
}

/** The same rules as on the server, but for the step, which the server reckons in decimals. */
export function problemsOf(settings: NumberSettings, value: number): Problem[] {
  const { least, most, step } = settings;
  if (least !== null && value < least) return [{ path: "", message: t("Give a number of at least {least}.", { least }) }];
  if (most !== null && value > most) return [{ path: "", message: t("Give a number of at most {most}.", { most }) }];
  if (step === 1 && Number.isInteger(least ?? 0) && !Number.isInteger(value)) return [{ path: "", message: t("Give a whole number.") }];
  return [];
}

/** A number. `field-changed` carries it, or null where there is none. */
@customElement(tag)
export class NumberField extends LightElement {
  @property({ attribute: false }) settings: NumberSettings = { least: null, most: null, step: 1, unit: {} };
  @property({ attribute: false }) value: number | null = null;
  /** In a correction: the number given before. */
  @property({ attribute: false }) original: number | null = null;
  /** What is asked, for screen readers. */
  @property() label = "";
  @property({ type: Boolean, reflect: true }) readonly = false;
  @property({ type: Boolean }) invalid = false;
  @property() describedby = "";

  // What is typed is left alone while it says the same number: "1." is on its way to "1.5".
  #typed = "";

  override render(): unknown {
    const unit = labelIn(this.settings.unit);
    const before = this.original !== null && this.original !== this.value ? html`<span class="before">${t("before: {value}", { value: formatNumber(this.original) })}</span>` : nothing;
    if (this.readonly) {
      const shown = this.value === null ? html`<span class="muted">${t("nothing given")}</span>` : `${formatNumber(this.value)} ${unit}`;
      return html`<span class="read">${shown}</span> ${before}`;
    }
    const input = html`<input
      type="number"
      inputmode="decimal"
      aria-label=${this.label}
      aria-invalid=${this.invalid ? "true" : nothing}
      aria-describedby=${this.describedby || nothing}
      min=${this.settings.least ?? nothing}
      max=${this.settings.most ?? nothing}
      step=${this.settings.step ?? "any"}
      .value=${live(this.#shown())}
      @input=${this.#onInput}
    />`;
    return html`${unit ? html`<div class="with-unit">${input}<span class="unit">${unit}</span></div>` : input}${before}`;
  }

  override focus(options?: FocusOptions): void {
    this.querySelector<HTMLElement>("input")?.focus(options);
  }

  #shown(): string {
    const typed = this.#typed.trim() === "" ? null : Number(this.#typed);
    return typed === this.value && this.#typed !== "" ? this.#typed : this.value === null ? "" : String(this.value);
  }

  #onInput(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    this.#typed = value;
    const number = value.trim() === "" ? null : Number(value);
    this.value = number === null || Number.isNaN(number) ? null : number;
    emit(this, "field-changed", this.value);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "number-field": NumberField;
  }
}
