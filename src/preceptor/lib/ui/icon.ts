import { html, nothing, type TemplateResult } from "lit";

const sprite = new URL(__ICONS__, import.meta.url).href;

/** A drawing of `icons.svg`, as the template macro of the same name makes it. */
export function icon(name: string, options: { label?: string; turns?: boolean } = {}): TemplateResult {
  return html`<svg
    class=${options.turns ? "icon turns" : "icon"}
    viewBox="0 0 24 24"
    role=${options.label ? "img" : nothing}
    aria-label=${options.label ?? nothing}
    aria-hidden=${options.label ? nothing : "true"}
  >
    <use href=${`${sprite}#${name}`}></use>
  </svg>`;
}
