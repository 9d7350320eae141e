import { LightElement, customElement, flash, html, icon, nothing, property, state, t } from "@preceptor/ui";
import type { Api } from "./api.ts";
import type { Announcement } from "./types.ts";

const isNarrow = (): boolean => matchMedia("(width <= 40rem)").matches;

/** What this person's teams and projects were told, above the work until they say that they saw it. */
@customElement("bench-announcements")
export class BenchAnnouncements extends LightElement {
  @property({ attribute: false }) announcements: readonly Announcement[] = [];
  @property({ attribute: false }) api: Api | null = null;
  @state() private seen: ReadonlySet<string> = new Set();

  override render(): unknown {
    const left = this.announcements.filter((one) => !this.seen.has(one.id));
    if (left.length === 0) return nothing;
    return left.map((one) => html`<div class="notice info">${icon("bell")}${isNarrow() ? this.#folded(one) : this.#whole(one)}</div>`);
  }

  #whole(one: Announcement): unknown {
    return html`<div class="body">${this.#title(one)} ${this.#text(one)}</div><div class="actions">${this.#button(one)}</div>`;
  }

  // On a phone its title alone, so that what the work is about, and is warned of, stays on the first screen.
  #folded(one: Announcement): unknown {
    return html`<details class="body fold"><summary><span>${this.#title(one)}</span></summary>${this.#text(one)}<div class="row">${this.#button(one)}</div></details>`;
  }

  #title(one: Announcement): unknown {
    return html`<strong>${one.title}</strong> <span class="small muted">${one.to}</span>`;
  }

  #text(one: Announcement): unknown {
    return html`<rich-text class="prose" .text=${one.markdown} below="3"></rich-text>`;
  }

  #button(one: Announcement): unknown {
    return html`<button type="button" aria-label=${t("Seen: {title}", { title: one.title })} @click=${() => void this.#see(one)}>${t("Seen")}</button>`;
  }

  async #see(one: Announcement): Promise<void> {
    this.seen = new Set([...this.seen, one.id]);
    try {
      await this.api?.post(`/announcements/${one.id}/seen`, { version: one.version });
    } catch {
      flash(t("This could not be kept; it is shown again next time."), "warn");
    }
  }
}
