import { LightElement, addStyles, customElement, emit, html, live, locale, nothing, property, t } from "@preceptor/ui";
import type { Problem } from "../../widget.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "date-field";

export interface DateSettings {
  earliest: string | null;
  latest: string | null;
  time: boolean;
}

/** The same rules as on the server. */
export function problemsOf(settings: DateSettings, value: string): Problem[] {
  const day = value.slice(0, 10);
  const { earliest, latest } = settings;
  if (earliest !== null && day < earliest) return [{ path: "", message: t("Give a day from {earliest} on.", { earliest }) }];
  if (latest !== null && day > latest) return [{ path: "", message: t("Give a day up to {latest}.", { latest }) }];
  return [];
}

/** A day, with or without the time of day. `field-changed` carries it as ISO 8601, or null where there is none. */
@customElement(tag)
export class DateField extends LightElement {
  @property({ attribute: false }) settings: DateSettings = { earliest: null, latest: null, time: false };
  @property({ attribute: false }) value: string | null = null;
  /** In a correction: the day given before. */
  @property({ attribute: false }) original: string | null = null;
  /** What is asked, for screen readers. */
  @property() label = "";
  @property({ type: Boolean, reflect: true }) readonly = false;
  @property({ type: Boolean }) invalid = false;
  @property() describedby = "";

  override render(): unknown {
    const { earliest, latest, time } = this.settings;
    const before =
      this.original !== null && this.original !== this.value ? html`<span class="before">${t("before: {value}", { value: this.#words(this.original) })}</span>` : nothing;
    if (this.readonly) {
      return html`<span class="read">${this.value === null ? html`<span class="muted">${t("nothing given")}</span>` : this.#words(this.value)}</span> ${before}`;
    }
    const bound = (day: string | null, hour: string): unknown => (day === null ? nothing : time ? `${day}T${hour}` : day);
    return html`<input
        type=${time ? "datetime-local" : "date"}
        aria-label=${this.label}
        aria-invalid=${this.invalid ? "true" : nothing}
        aria-describedby=${this.describedby || nothing}
        min=${bound(earliest, "00:00")}
        max=${bound(latest, "23:59")}
        .value=${live(this.value ?? "")}
        @input=${this.#onInput}
      />${before}`;
  }

  override focus(options?: FocusOptions): void {
    this.querySelector<HTMLElement>("input")?.focus(options);
  }

  #words(value: string): string {
    const found = new Date(this.settings.time ? `${value}Z` : `${value}T00:00Z`);
    if (Number.isNaN(found.getTime())) return value;
    return found.toLocaleString(locale(), { dateStyle: "medium", timeZone: "UTC", ...(this.settings.time ? { timeStyle: "short" } : {}) });
  }

  #onInput(event: Event): void {
    this.value = (event.target as HTMLInputElement).value || null;
    emit(this, "field-changed", this.value);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "date-field": DateField;
  }
}
