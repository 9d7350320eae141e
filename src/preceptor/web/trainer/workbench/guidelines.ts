import { LightElement, customElement, diffWords, emit, html, icon, nothing, property, state, t, tn, type DiffSegment, type PropertyValues } from "@preceptor/ui";
import type { Api } from "./api.ts";
import type { Guidelines } from "./types.ts";

/** The guidelines beside the work: what changed since this person read them, and a button that says they were read. */
@customElement("bench-guidelines")
export class BenchGuidelines extends LightElement {
  @property({ attribute: false }) guidelines: Guidelines | null = null;
  @property() heading = "";
  @property({ type: Boolean }) busy = false;
  @state() private changes: DiffSegment[] = [];
  @state() private tab: "changes" | "all" = "all";

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("guidelines") || !this.guidelines) return;
    const { text, previous_text } = this.guidelines;
    const before = changed.get("guidelines");
    if (before?.version === this.guidelines.version) return;
    this.changes = [];
    this.tab = previous_text === null ? "all" : "changes";
    if (previous_text !== null) void diffWords(previous_text, text).then((changes) => (this.changes = changes));
  }

  override render(): unknown {
    const guidelines = this.guidelines;
    if (!guidelines) return nothing;
    const unread = isUnread(guidelines);
    const hasChanges = guidelines.previous_text !== null;
    return html`
      <header>
        <h2 tabindex="-1">${t("Guidelines")} <span class="pill">${t("version {n}", { n: guidelines.version })}</span></h2>
        <button type="button" class="quiet icon-only" aria-label=${t("Close the guidelines")} @click=${() => emit(this, "close-wanted")}>${icon("x")}</button>
      </header>
      ${hasChanges
        ? html`<div class="tabs" role="group" aria-label=${t("What to show")}>
            <button type="button" aria-pressed=${String(this.tab === "changes")} @click=${() => (this.tab = "changes")}>${t("What changed")}</button>
            <button type="button" aria-pressed=${String(this.tab === "all")} @click=${() => (this.tab = "all")}>${t("All of it")}</button>
          </div>`
        : nothing}
      <div class="scroll" tabindex="0" data-reading>
        ${this.tab === "changes" ? this.#changed(guidelines) : html`<rich-text below="2" .text=${guidelines.text}></rich-text>`}
      </div>
      ${unread
        ? html`<footer><p class="small">${guidelines.acknowledged_version === null ? t("Please read them before you go on. Reading is paid.") : t("They changed since you read them. Reading is paid.")}</p>
            <button type="button" class="primary" ?disabled=${this.busy} @click=${() => emit(this, "read", guidelines.version)}>${t("I have read version {n}", { n: guidelines.version })}</button></footer>`
        : nothing}
    `;
  }

  override focus(): void {
    this.querySelector<HTMLElement>("h2")?.focus();
  }

  #changed(guidelines: Guidelines): unknown {
    const notes = (guidelines.notes ?? []).filter((one) => one.note !== "");
    return html`
      ${notes.length > 0 ? html`<ul class="notes">${notes.map((one) => html`<li><strong>${t("Version {n}", { n: one.version })}</strong> ${one.note}</li>`)}</ul>` : nothing}
      <div class="diff" dir="auto">${shortened(this.changes).map((part) =>
        part.kind === "ins" ? html`<ins>${part.text}</ins>` : part.kind === "del" ? html`<del>${part.text}</del>` : part.text,
      )}</div>
    `;
  }
}

/** True until this version has been acknowledged. */
export function isUnread(guidelines: Guidelines): boolean {
  return (guidelines.acknowledged_version ?? 0) < guidelines.version;
}

/** What the button that opens them says. */
export function guidelinesLabel(guidelines: Guidelines): string {
  if (!isUnread(guidelines)) return t("Guidelines");
  return guidelines.acknowledged_version === null
    ? t("Guidelines: please read")
    : tn("Guidelines: {count} new version", "Guidelines: {count} new versions", guidelines.version - guidelines.acknowledged_version);
}

const AROUND = 160;

// Long stretches that stayed the same are cut to what stands around a change.
function shortened(segments: readonly DiffSegment[]): DiffSegment[] {
  return segments.map((segment, index) => {
    if (segment.kind !== "same" || segment.text.length <= 2 * AROUND + 40) return segment;
    const head = index === 0 ? "" : segment.text.slice(0, AROUND);
    const tail = index === segments.length - 1 ? "" : segment.text.slice(-AROUND);
    return { kind: "same", text: `${head}\n […]\n${tail}` };
  });
}

/** The newest guidelines of a project, beside what was read so far. */
export async function newestGuidelines(api: Api, slug: string, known: Guidelines | null): Promise<Guidelines> {
  const { version, markdown } = await api.get<{ version: number; markdown: string }>(`/projects/${slug}/guidelines`);
  const read = known?.acknowledged_version ?? null;
  return { version, text: markdown, acknowledged_version: read, previous_text: known?.text ?? null };
}
