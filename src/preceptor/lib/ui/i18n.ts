/**
 * Texts people read. `t("…")` and `tn(one, many, n)` take the English source and find the translation in the catalogue
 * that the page carries: `<script type="application/json" id="messages">{"source": "translation" | ["one", "many"]}</script>`.
 * Values stand in braces: `t("Turn {n} of {m}", {n: 1, m: 3})`.
 */

type Catalogue = Record<string, string | string[]>;
type Values = Record<string, string | number>;

let catalogue: Catalogue | null = null;

function messages(): Catalogue {
  if (catalogue === null) {
    const text = document.getElementById("messages")?.textContent;
    catalogue = text ? (JSON.parse(text) as Catalogue) : {};
  }
  return catalogue;
}

/** The language of the page, as in `<html lang>`. */
export function locale(): string {
  return document.documentElement.lang || "en";
}

function filled(text: string, values: Values | undefined): string {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** The text in the page's language. */
export function t(source: string, values?: Values): string {
  const found = messages()[source];
  return filled((Array.isArray(found) ? found[0] : found) || source, values);
}

// Index of a plural form in gettext's order, as preceptor.lib.i18n has it.
function pluralForm(n: number): number {
  const language = locale().split("-")[0];
  if (language === "id") return 0;
  if (language === "fr") return n > 1 ? 1 : 0;
  return n === 1 ? 0 : 1;
}

/** The form for `n`; `{count}` in the text is the number, written as the language writes it. */
export function tn(one: string, many: string, n: number, values?: Values): string {
  const found = messages()[one];
  const forms = Array.isArray(found) ? found : [];
  const text = forms[Math.min(pluralForm(n), forms.length - 1)] || (n === 1 ? one : many);
  return filled(text, { count: formatNumber(n), ...values });
}

/** Gives the catalogue by hand, for tests and for pages that fetch it. */
export function useCatalogue(next: Catalogue): void {
  catalogue = next;
}

/** A number as the language writes it. */
export function formatNumber(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

/** Money in minor units (as the API gives it) as the language writes it. */
export function formatMoney(money: { amount: number; currency: string }): string {
  const format = new Intl.NumberFormat(locale(), { style: "currency", currency: money.currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(money.amount / 10 ** digits);
}

/** Hours and minutes of the day, in the person's own time zone. */
export function formatTime(when: Date): string {
  return new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit" }).format(when);
}

/** The time of day as `formatTime` has it; with the day, where that is not today. */
export function formatWhen(when: Date): string {
  if (when.toDateString() === new Date().toDateString()) return formatTime(when);
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(when);
}

/** Milliseconds as a running clock: `0:07`, `12:41`, `1:02:09`. */
export function formatClock(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Milliseconds in words: `12 min`, `1 h 4 min`, `40 s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return t("{n} s", { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("{n} min", { n: minutes });
  return t("{h} h {m} min", { h: Math.floor(minutes / 60), m: minutes % 60 });
}
