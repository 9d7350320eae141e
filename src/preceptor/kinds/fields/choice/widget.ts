import { LightElement, addStyles, customElement, emit, html, live, nothing, property, state, t, randomId } from "@preceptor/ui";
import { labelIn, type Labels } from "../../widget.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "choice-field";

export interface Option {
  key: string;
  label: Labels;
  shortcut: string | null;
  options: readonly Option[];
}

export interface ChoiceSettings {
  options: readonly Option[];
  multiple: boolean;
  groups: boolean;
  layout: "list" | "menu";
}

/** From this many options on, they can be searched. */
const MANY = 16;
/** Up to this many short options stand side by side. */
const FEW = 6;

/** One or several options out of a list or a tree. `field-changed` carries the keys, in the order of the form. */
@customElement(tag)
export class ChoiceField extends LightElement {
  @property({ attribute: false }) settings: ChoiceSettings = { options: [], multiple: false, groups: false, layout: "list" };
  @property({ attribute: false }) value: readonly string[] | null = null;
  /** In a correction: the keys given before. */
  @property({ attribute: false }) original: readonly string[] | null = null;
  /** What is asked, for screen readers. */
  @property() label = "";
  @property({ type: Boolean, reflect: true }) readonly = false;
  @property({ type: Boolean }) invalid = false;
  @property() describedby = "";
  @state() private sought = "";

  #name = `choice-${randomId()}`;

  override render(): unknown {
    const { options, layout, multiple } = this.settings;
    const all = [...walk(options)];
    const nested = options.some((one) => one.options.length > 0);
    if (layout === "menu" && !nested && !multiple) return this.#menu();
    const short = all.length <= FEW && !nested && all.every((one) => labelIn(one.label).length <= 24);
    return html`<fieldset
      role=${multiple ? "group" : "radiogroup"}
      ?disabled=${this.readonly}
      aria-invalid=${this.invalid ? "true" : nothing}
      aria-describedby=${this.describedby || nothing}
      @keydown=${this.#onKey}
    >
      <legend class="sr-only">${this.label}</legend>
      ${all.length >= MANY && !this.readonly
        ? html`<input type="search" aria-label=${t("Search the options")} placeholder=${t("Search")} .value=${live(this.sought)} @input=${(event: Event) => (this.sought = (event.target as HTMLInputElement).value)} />`
        : nothing}
      ${this.#list(options, short ? "flat" : "")}
    </fieldset>`;
  }

  override focus(options?: FocusOptions): void {
    (this.querySelector<HTMLElement>("input:checked, select") ?? this.querySelector<HTMLElement>("input:not([type=search])"))?.focus(options);
  }

  #list(options: readonly Option[], kind: string): unknown {
    const shown = options.filter((one) => this.#isSought(one));
    return html`<ul class=${kind} role="presentation">
      ${shown.map((one) => html`<li role="presentation">${this.#option(one)}${one.options.length > 0 ? this.#list(one.options, "") : nothing}</li>`)}
    </ul>`;
  }

  #isSought(option: Option): boolean {
    const wanted = this.sought.trim().toLocaleLowerCase();
    return (
      wanted === "" ||
      this.#isChosen(option) ||
      labelIn(option.label).toLocaleLowerCase().includes(wanted) ||
      option.options.some((one) => this.#isSought(one))
    );
  }

  #isChosen(option: Option): boolean {
    return this.value?.includes(option.key) ?? false;
  }

  #option(option: Option): unknown {
    const name = labelIn(option.label);
    if (option.options.length > 0 && !this.settings.groups) return html`<span class="group"><bdi>${name}</bdi></span>`;
    const before = this.original !== null && this.original.includes(option.key) !== this.#isChosen(option);
    return html`<label class=${before ? "was" : nothing}>
      <input
        type=${this.settings.multiple ? "checkbox" : "radio"}
        name=${this.#name}
        value=${option.key}
        .checked=${live(this.#isChosen(option))}
        @change=${(event: Event) => this.#choose(option.key, (event.target as HTMLInputElement).checked)}
      /><bdi>${name}</bdi>${option.shortcut && !this.readonly ? html`<kbd aria-hidden="true">${option.shortcut.toUpperCase()}</kbd>` : nothing}
    </label>`;
  }

  #menu(): unknown {
    const chosen = this.value?.[0] ?? "";
    return html`<select
      aria-label=${this.label}
      aria-invalid=${this.invalid ? "true" : nothing}
      aria-describedby=${this.describedby || nothing}
      ?disabled=${this.readonly}
      .value=${live(chosen)}
      @change=${(event: Event) => this.#set((event.target as HTMLSelectElement).value)}
    >
      <option value="" ?selected=${chosen === ""}>${t("Choose …")}</option>
      ${this.settings.options.map((one) => html`<option value=${one.key} ?selected=${one.key === chosen}>${labelIn(one.label)}</option>`)}
    </select>`;
  }

  #set(key: string): void {
    this.#change(key === "" ? [] : [key]);
  }

  #choose(key: string, on: boolean): void {
    if (!this.settings.multiple) {
      this.#change(on ? [key] : []);
      return;
    }
    const wanted = new Set(this.value ?? []);
    if (on) wanted.add(key);
    else wanted.delete(key);
    this.#change([...walk(this.settings.options)].map((one) => one.key).filter((one) => wanted.has(one)));
  }

  #change(keys: string[]): void {
    this.value = keys.length > 0 ? keys : null;
    emit(this, "field-changed", this.value);
  }

  #onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLInputElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target.type === "search" || this.readonly) return;
    if ((event.key === "Delete" || event.key === "Backspace") && this.value) {
      event.preventDefault();
      event.stopPropagation();
      this.#change([]);
      return;
    }
    const found = [...walk(this.settings.options)].find((one) => one.shortcut === event.key.toLowerCase());
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    this.#choose(found.key, !this.#isChosen(found));
    this.querySelector<HTMLElement>(`input[value="${CSS.escape(found.key)}"]`)?.focus();
  }
}

function* walk(options: readonly Option[]): Generator<Option> {
  for (const option of options) {
    yield option;
    yield* walk(option.options);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "choice-field": ChoiceField;
  }
}
