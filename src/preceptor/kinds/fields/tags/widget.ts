import { LightElement, addStyles, customElement, emit, html, icon, nothing, placeAside, placeBeside, property, query, repeat, state, t, tn, randomId } from "@preceptor/ui";
import { labelIn, type Labels } from "../../widget.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "tags-field";

export const startingValue = (): readonly string[] => [];

export interface Tag {
  key: string;
  label: Labels;
  shortcut: string | null;
  severity: "major" | "minor";
  sensitive: boolean;
}

/**
 * Any number of tags out of a taxonomy: a button that opens a list of check boxes, each with a letter of its own, and a
 * chip per tag chosen. The list opens beside an ancestor marked `data-aside`, so that it does not cover what is tagged.
 * `field-changed` carries the keys, in the taxonomy's order.
 */
@customElement(tag)
export class TagsField extends LightElement {
  @property({ attribute: false }) tags: readonly Tag[] = [];
  @property({ attribute: false }) value: readonly string[] = [];
  /** In a correction: the keys given before. */
  @property({ attribute: false }) original: readonly string[] | null = null;
  /** What the button says: "Errors". */
  @property() caption = "";
  /** What is tagged, for screen readers: "Response 2, errors". */
  @property() label = "";
  @property({ type: Boolean, reflect: true }) readonly = false;
  @query(".list") private list!: HTMLElement | null;
  @query(".opener") private opener!: HTMLElement | null;
  @state() private isOpen = false;

  /** As a form of fields sets them. */
  set settings(settings: { tags: readonly Tag[] }) {
    this.tags = settings.tags;
  }

  override render(): unknown {
    return html`
      <div class="line">
        ${this.readonly ? nothing : this.#openerButton()} ${this.#chips()}
      </div>
      ${this.readonly ? nothing : this.#listBox()}
    `;
  }

  /** Opens the list with the focus in it. */
  open(): void {
    if (this.readonly || !this.list || this.list.matches(":popover-open")) return;
    this.list.showPopover();
    // At once: a letter typed right after must find the list.
    this.#arrange();
  }

  override focus(options?: FocusOptions): void {
    this.opener?.focus(options);
  }

  #id = `tags-${randomId()}`;

  #openerButton(): unknown {
    return html`<button
      type="button"
      class="opener tiny"
      popovertarget=${this.#id}
      aria-haspopup="dialog"
      aria-expanded=${String(this.isOpen)}
      aria-label=${this.value.length ? tn("{label}: {count} chosen", "{label}: {count} chosen", this.value.length, { label: this.label }) : t("{label}: none chosen", { label: this.label })}
    >
      ${this.caption || t("Choose")}${icon("chevron-down")}
    </button>`;
  }

  #chips(): unknown {
    const before = this.original;
    const shown = this.tags.filter((tag) => this.value.includes(tag.key) || before?.includes(tag.key));
    if (shown.length === 0) return html`<span class="pill">${t("none")}</span>`;
    return repeat(
      shown,
      (one) => one.key,
      (one) => {
        const chosen = this.value.includes(one.key);
        const change = before === null ? "" : !chosen ? "gone" : before.includes(one.key) ? "" : "added";
        const name = labelIn(one.label);
        return html`<span class="chip ${one.severity} ${change} ${this.readonly ? "still" : ""}">
          <bdi class="truncate">${name}</bdi>
          ${this.readonly || !chosen
            ? nothing
            : html`<button type="button" aria-label=${t("Remove {tag}", { tag: name })} @click=${() => this.#toggle(one.key, false)}>${icon("x")}</button>`}
        </span>`;
      },
    );
  }

  #listBox(): unknown {
    return html`<div
      id=${this.#id}
      class="menu list"
      popover
      role="dialog"
      aria-label=${this.label}
      @toggle=${this.#onToggle}
      @keydown=${this.#onKey}
    >
      <div class="head"><span>${t("Tick what you found")}</span><button type="button" class="quiet tiny icon-only" aria-label=${t("Close")} popovertarget=${this.#id} popovertargetaction="hide">${icon("x")}</button></div>
      ${this.tags.map(
        (one) => html`<label class=${one.severity}>
          <input type="checkbox" .checked=${this.value.includes(one.key)} @change=${(event: Event) => this.#toggle(one.key, (event.target as HTMLInputElement).checked)} />
          <span class="name">${labelIn(one.label)}</span>
          ${one.shortcut ? html`<kbd aria-hidden="true">${one.shortcut.toUpperCase()}</kbd>` : nothing}
        </label>`,
      )}
    </div>`;
  }

  #toggle(key: string, on: boolean): void {
    const wanted = new Set(this.value);
    if (on) wanted.add(key);
    else wanted.delete(key);
    this.value = this.tags.map((one) => one.key).filter((one) => wanted.has(one));
    emit(this, "field-changed", this.value);
  }

  #onToggle(event: ToggleEvent): void {
    this.isOpen = event.newState === "open";
    if (this.isOpen && !this.list?.contains(document.activeElement)) this.#arrange();
  }

  #arrange(): void {
    if (!this.list || !this.opener) return;
    const card = this.closest<HTMLElement>("[data-aside]");
    if (!card || !placeAside(this.list, this.opener, card)) placeBeside(this.list, this.opener);
    this.list.querySelector<HTMLElement>("input")?.focus({ preventScroll: true });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // What is typed here is meant for the list, not for the page's own keys.
    event.stopPropagation();
    const inputs = [...(this.list?.querySelectorAll<HTMLInputElement>("input") ?? [])];
    const at = inputs.indexOf(document.activeElement as HTMLInputElement);
    const step = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      inputs.at(step % inputs.length)?.focus();
      return;
    }
    if (event.key === "Enter") {
      event.preventDefault();
      this.list?.hidePopover();
      this.opener?.focus();
      return;
    }
    const found = this.tags.find((one) => one.shortcut === event.key.toLowerCase());
    if (found) {
      event.preventDefault();
      this.#toggle(found.key, !this.value.includes(found.key));
      inputs[this.tags.indexOf(found)]?.focus();
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tags-field": TagsField;
  }
}
