import { LightElement, customElement, flash, html, icon, nothing, property, state, t } from "@preceptor/ui";
import type { Api } from "./api.ts";
import type { Announcement } from "./types.ts";

/** What this person's teams and projects were told, above the work until they say that they saw it. */
@customElement("bench-announcements")
export class BenchAnnouncements extends LightElement {
  @property({ attribute: false }) announcements: readonly Announcement[] = [];
  @property({ attribute: false }) api: Api | null = null;
  @state() private seen: ReadonlySet<string> = new Set();

  override render(): unknown {
    const left = this.announcements.filter((one) => !this.seen.has(one.id));
    if (left.length === 0) return nothing;
    return left.map(
      (one) => html`<div class="notice info">${icon("bell")}<div class="body"><strong>${one.title}</strong> <span class="small muted">${one.to}</span>
          <rich-text class="prose" .text=${one.markdown} below="3"></rich-text></div>
          <div class="actions"><button type="button" aria-label=${t("Seen: {title}", { title: one.title })} @click=${() => void this.#see(one)}>${t("Seen")}</button></div></div>`,
    );
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
