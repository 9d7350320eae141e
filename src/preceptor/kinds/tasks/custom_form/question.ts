import { LightElement, customElement, emit, html, icon, nothing, property, t, type PropertyValues } from "@preceptor/ui";
import type { FieldElement, FieldModule, FieldSubject } from "../../field.ts";
import { labelIn, type Problem } from "../../widget.ts";
import type { FormField } from "./form.ts";

/** One question with the element of its field, whichever that is. `answer-changed` carries the new value. */
@customElement("custom-form-question")
export class CustomFormQuestion extends LightElement {
  @property({ attribute: false }) form!: FormField;
  /** What is asked about, where that is not the whole: "Response 2". */
  @property() about = "";
  @property({ attribute: false }) module: FieldModule | null = null;
  @property({ attribute: false }) value: unknown = null;
  @property({ attribute: false }) original: unknown = null;
  @property({ attribute: false }) subject: FieldSubject = { things: [], texts: [], picture: null };
  @property({ attribute: false }) problems: readonly Problem[] = [];
  @property({ type: Boolean }) editable = true;
  /** In a correction: was answered otherwise. */
  @property({ type: Boolean }) changed = false;
  @property() path = "";

  #element: FieldElement | null = null;
  #key = "";
  #shown: { of: unknown; as: unknown } | null = null;
  #picture = "";

  override render(): unknown {
    const { form } = this;
    const question = labelIn(form.label);
    const help = labelIn(form.help);
    const id = this.path.replaceAll(".", "-");
    return html`<div class="question ${this.problems.length > 0 ? "wrong" : ""} ${this.changed ? "changed" : ""}" data-path=${this.path}>
      <h4 id="${id}-label"><bdi>${question}</bdi>${form.required || !this.editable ? nothing : html` <span class="optional">${t("optional")}</span>`}${this.changed ? html` <span class="pill accent">${t("changed")}</span>` : nothing}</h4>
      ${help ? html`<p class="help" id="${id}-help" dir="auto">${help}</p>` : nothing}
      <div class="holder"></div>
      ${this.module ? nothing : html`<p class="bad">${icon("alert")} ${t("The field for this question could not be loaded. Load the page again.")}</p>`}
      <div id="${id}-problems" role="alert">${this.problems.map((one) => html`<p class="bad">${icon("alert")} ${one.message}</p>`)}</div>
    </div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const { module, form } = this;
    const holder = this.querySelector(".holder");
    if (!module || !holder) return;
    if (!this.#element || this.#key !== module.tag) {
      this.#element = document.createElement(module.tag) as FieldElement;
      this.#key = module.tag;
      this.#element.addEventListener("field-changed", (event) => {
        event.stopPropagation();
        const { detail } = event as CustomEvent<never>;
        emit(this, "answer-changed", this.module?.given ? this.module.given(detail) : detail);
      });
      holder.replaceChildren(this.#element);
    }
    const id = this.path.replaceAll(".", "-");
    const question = labelIn(form.label);
    const start = module.startingValue?.(form.settings, this.subject) ?? null;
    const value = this.value ?? start;
    // What says the same stays the same object, so that the element does not begin anew.
    if (!this.#shown || this.#shown.of !== value) this.#shown = { of: value, as: module.shown ? module.shown(value) : value };
    const picture = JSON.stringify(this.subject.picture);
    if (picture !== this.#picture && module.propertiesOf) Object.assign(this.#element, module.propertiesOf(this.subject));
    this.#picture = picture;
    Object.assign(this.#element, {
      settings: form.settings,
      things: this.subject.things,
      texts: this.subject.texts,
      value: this.#shown.as,
      original: this.original ?? (module.shown ? [] : null),
      label: this.about ? t("{about}: {question}", { about: this.about, question }) : question,
      silent: true,
      readonly: !this.editable,
      invalid: this.problems.length > 0,
      describedby: [labelIn(form.help) ? `${id}-help` : "", this.problems.length > 0 ? `${id}-problems` : ""].join(" ").trim(),
    });
  }

  /** Into view, and the focus into its field. */
  override focus(): void {
    this.scrollIntoView({ block: "nearest", behavior: "smooth" });
    void this.updateComplete.then(() => this.#element?.focus({ preventScroll: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "custom-form-question": CustomFormQuestion;
  }
}
