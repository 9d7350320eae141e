/** The form as people will see it, in the real widget, on an example; and a field by itself, to give a default in. */
import { LightElement, customElement, emit, html, property, t, type PropertyValues } from "@preceptor/ui";
import type { FieldElement, FieldModule } from "../../../field.ts";
import { labelIn, type Assignment, type TaskWidget, type Turn } from "../../../widget.ts";
import type { Answer, FormField, ItemContent, Settings } from "../form.ts";
import type { Edited, Example, FieldEntry } from "./model.ts";

/** Nothing in here belongs to the form around it: it is neither sent nor checked with it. */
export function keepApart(root: HTMLElement, own: HTMLElement | null): void {
  for (const control of root.querySelectorAll("input, select, textarea, button")) {
    if (control !== own && !control.hasAttribute("form")) control.setAttribute("form", "nowhere");
  }
}

const IDLE = { active_ms: 0, waiting_ms: 0, idle_ms: 0, paused_ms: 0, paid_ms: 0, amount: { amount: 0, currency: "EUR" } };

function exampleItem(settings: Edited, fields: readonly FieldEntry[], example: Example): { content: ItemContent; turns: Turn[] } {
  const scopes = new Set(settings.fields.map((form) => form.scope));
  const orders = settings.fields.some((form) => fields.find((one) => one.key === form.field)?.needs === "things");
  const answered = scopes.has("response") || settings.responses > 0 || orders;
  const talks = answered || scopes.has("turn") || scopes.has("step");
  const draws = settings.fields.some((form) => fields.find((one) => one.key === form.field)?.needs === "pictures");
  const data: Record<string, string> = Object.fromEntries(settings.shown.map((one) => [one.key, example.text]));
  if (settings.shown.length === 0 && !talks) data.text = example.text;
  const texts = Array.from({ length: Math.max(2, settings.responses) }, (_one, index) => example.responses[index % example.responses.length] ?? "");
  const turn: Turn = {
    id: "example",
    position: 0,
    prompt: example.prompt,
    parent: null,
    continue_from: null,
    state: "complete",
    shared: true,
    responses: texts.map((text, index) => ({ id: `example-${index + 1}`, state: "complete", text, error: null, tokens: null })),
  };
  return { content: { prompt: talks ? example.prompt : null, messages: talks ? example.messages : [], steps: scopes.has("step") ? example.steps : [], data, picture: draws ? examplePicture() : null }, turns: answered ? [turn] : [] };
}

let drawn: ItemContent["picture"] = null;

/** A house under the sun, drawn here so that there is something to draw on. */
function examplePicture(): ItemContent["picture"] {
  if (drawn) return drawn;
  const [width, height] = [480, 320];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const brush = canvas.getContext("2d");
  if (!brush) return null;
  const fill = (color: string, ...box: [number, number, number, number]): void => {
    brush.fillStyle = color;
    brush.fillRect(...box);
  };
  fill("#bcd9ea", 0, 0, width, height);
  fill("#86a873", 0, 240, width, 80);
  fill("#d9b38c", 150, 140, 160, 120);
  fill("#7a4b3a", 215, 200, 30, 60);
  brush.fillStyle = "#a0522d";
  brush.fill(new Path2D("M130 145 L230 70 L330 145 Z"));
  brush.fillStyle = "#f4c542";
  brush.fill(new Path2D("M400 70 m-32 0 a32 32 0 1 0 64 0 a32 32 0 1 0 -64 0"));
  drawn = { sha256: canvas.toDataURL(), name: "", width, height };
  return drawn;
}

@customElement("custom-form-preview")
export class CustomFormPreview extends LightElement {
  @property({ attribute: false }) settings!: Edited;
  @property({ attribute: false }) fields: readonly FieldEntry[] = [];
  @property({ attribute: false }) example!: Example;
  #widget: TaskWidget<Answer> | null = null;
  #value: Answer = { values: {} };
  /** The kind of answer each question had when it was tried, so that none gets a value of another. */
  #kinds = new Map<string, string>();

  override render(): unknown {
    return html`<div class="holder"></div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    void this.#show();
  }

  async #show(): Promise<void> {
    if (!this.#widget) {
      await import(WIDGET);
      if (this.#widget) return;
      this.#widget = document.createElement("custom-form-widget") as TaskWidget<Answer>;
      this.#widget.mode = "preview";
      this.#widget.addEventListener("value-changed", (event) => {
        event.stopPropagation();
        this.#value = (event as CustomEvent<{ value: Answer }>).detail.value;
        if (this.#widget) this.#widget.value = this.#value;
      });
      this.querySelector(".holder")?.append(this.#widget);
    }
    const { content, turns } = exampleItem(this.settings, this.fields, this.example);
    const kinds = new Map(this.settings.fields.map((form) => [form.key, `${form.field} ${JSON.stringify(form.settings)}`]));
    const values = Object.entries(this.#value.values).filter(([key]) => !this.#kinds.has(key) || this.#kinds.get(key) === kinds.get(key));
    this.#kinds = kinds;
    this.#value = { values: Object.fromEntries(values) };
    const settings: Settings = this.settings;
    this.#widget.assignment = {
      id: "example",
      project: { slug: "", title: "", kind: "", rate_per_hour: null, estimated_minutes: null, cap_minutes: null, currency: "EUR" },
      state: "active",
      item: { id: "example", brief: null, topic: null, content },
      form: { version: 1, settings },
      guidelines: { version: 1, acknowledged_version: 1 },
      turns,
      draft: null,
      clock: IDLE,
      lease_until: null,
      rework_round: 0,
      skip_reasons: [],
      report_reasons: [],
    } satisfies Assignment<ItemContent, Settings>;
    this.#widget.value = this.#value;
  }
}

const WIDGET: string = "@preceptor/kinds/custom_form";

/** One field by itself; `default-changed` carries what was given in it. */
@customElement("custom-form-default")
export class CustomFormDefault extends LightElement {
  @property({ attribute: false }) form!: FormField;
  #element: FieldElement | null = null;
  #key = "";

  override render(): unknown {
    return html`<div class="holder"></div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    void this.#show();
  }

  async #show(): Promise<void> {
    const specifier: string = `@preceptor/fields/${this.form.field}`;
    const module = (await import(specifier)) as FieldModule;
    if (!this.#element || this.#key !== module.tag) {
      this.#key = module.tag;
      const element = document.createElement(module.tag) as FieldElement;
      element.addEventListener("field-changed", (event) => {
        event.stopPropagation();
        const value = (event as CustomEvent<unknown>).detail;
        const blank = value === null || value === "" || (Array.isArray(value) && value.length === 0);
        emit(this, "default-changed", blank ? null : value);
      });
      this.#element = element;
      this.querySelector(".holder")?.replaceChildren(element);
    }
    const { form } = this;
    const start = module.startingValue?.(form.settings, { things: [], texts: [], picture: null }) ?? null;
    Object.assign(this.#element, { settings: form.settings, value: form.default ?? start, label: t("{question}: the answer to start from", { question: labelIn(form.label) || form.key }), silent: true });
  }
}
