/**
 * Content that can weigh on people, wherever a kind's widget shows it: it is announced before its text, blurred or grey
 * where somebody chose that, and says where help is found.
 */
import { addStyles, html, icon, nothing, t } from "@preceptor/ui";
import type { Reason } from "./widget.ts";

/** How somebody wants things shown, and where help is found. */
export interface ContentChoice {
  blur: boolean;
  greyscale: boolean;
  help_contact: string;
  help_contact_url: string;
}

interface Shown {
  warnings: readonly Reason[];
  choice: ContentChoice | null;
  /** What is blurred is shown just now. */
  shown: boolean;
  /** The widget holds pictures. */
  pictures: boolean;
  /** What leaving such content costs here. */
  leaving: string;
}

addStyles(`
.content-notice { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; margin-block: .5rem .75rem; }
.content-notice > .row { gap: .35rem; }
.content-notice > details { flex-basis: 100%; max-inline-size: var(--measure); }
.content-notice > details p { margin-block: .4rem 0; }
.content-stage.greyscale :is(img, canvas, svg image) { filter: grayscale(1); }
.content-stage.blurred :is(img, canvas, svg image):not(.veil *) { filter: blur(18px); }
.content-stage.blurred.greyscale :is(img, canvas, svg image):not(.veil *) { filter: blur(18px) grayscale(1); }
.content-stage.blurred-texts :is(rich-text, .words, .plain, [data-reading]):not(.veil *, writing-pad *, :is(rich-text, .words, .plain, [data-reading]) *) { filter: blur(9px); user-select: none; -webkit-user-select: none; }
@media (forced-colors: active) { .content-stage.blurred-texts :is(rich-text, .words, .plain, [data-reading]):not(.veil *, writing-pad *) { visibility: hidden; } }
`);

/** What the part with the widget is marked with: see the styles above. */
export function contentClasses(warnings: readonly Reason[], choice: ContentChoice | null, shown: boolean): string {
  const blurred = choice?.blur === true && !shown;
  const marks = { "content-stage": true, greyscale: choice?.greyscale === true, blurred, "blurred-texts": blurred && warnings.length > 0 };
  return Object.entries(marks).filter(([, on]) => on).map(([name]) => name).join(" ");
}

/** What it may show, whether it is blurred, and where to ask for help; nothing where there is nothing to say. */
export function contentNotice({ warnings, choice, shown, pictures, leaving }: Shown, show: (shown: boolean) => void): unknown {
  const blurs = choice?.blur === true && (warnings.length > 0 || pictures);
  if (warnings.length === 0 && !blurs) return nothing;
  return html`<div class="content-notice" role="region" aria-label=${t("About the content")}>
    ${warnings.length > 0
      ? html`<span class="row tight"><span class="pill warn">${icon("alert")}<span>${t("may show")}</span></span>${warnings.map((one) => html`<span class="pill">${one.label}</span>`)}</span>`
      : nothing}
    ${blurs
      ? html`<button type="button" class="tiny" aria-pressed=${shown ? "true" : "false"} @click=${() => show(!shown)}>${icon(shown ? "eye-off" : "eye")}${shown ? t("Blur it again") : t("Show what is blurred")}</button>`
      : nothing}
    ${warnings.length > 0
      ? html`<details class="fold small"><summary>${t("If this weighs on you")}</summary>
          <p>${leaving} <a href="/account/work">${t("How things are shown to me")}</a></p>
          <p>${choice?.help_contact || t("If something you saw stays with you, you need not carry it alone: talk to your team lead or manager, to a doctor, or to a helpline where you live. In danger call the emergency number.")}
          ${choice?.help_contact_url ? html` <a href=${choice.help_contact_url} target="_blank" rel="noopener noreferrer">${t("Get help")}</a>` : nothing}</p></details>`
      : nothing}
  </div>`;
}
