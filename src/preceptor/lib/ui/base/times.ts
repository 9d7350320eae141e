/** Moments in the reader's own time zone. The server writes them in UTC, for readers without scripts. */
import { locale } from "../i18n.ts";

const STYLES: Record<string, Intl.DateTimeFormatOptions> = {
  short: { dateStyle: "short", timeStyle: "short" },
  medium: { dateStyle: "medium", timeStyle: "short" },
  long: { dateStyle: "long", timeStyle: "long" },
  date: { dateStyle: "medium" },
};

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

function ago(when: Date): string {
  const seconds = (when.getTime() - Date.now()) / 1000;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? (["second", 1] as const);
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

function show(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-style]")) {
    const when = new Date(element.dateTime);
    if (Number.isNaN(when.getTime())) continue;
    const style = element.dataset.style ?? "medium";
    element.textContent = style === "ago" ? ago(when) : new Intl.DateTimeFormat(locale(), STYLES[style] ?? STYLES.medium).format(when);
    element.title = new Intl.DateTimeFormat(locale(), STYLES.long).format(when);
  }
}

show(document);
document.addEventListener("htmx:after:settle", (event) => show((event.target as Element).parentNode ?? document));
setInterval(() => show(document), 60_000);
