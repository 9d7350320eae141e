/** One question in the builder: a line that says what it asks and when, and below it, unfolded, everything that can be set. */
import { html, icon, live, nothing, t } from "@preceptor/ui";
import type { FormField, Scope } from "../form.ts";
import { conditionsEditor } from "./conditions.ts";
import { nameOfQuestion, sentence, type Edited, type FieldEntry, type Surroundings } from "./model.ts";
import { idFor, problemAt, settingControls, wordsControl, wrong, type Place } from "./schema.ts";

/** What a card can do to the form. `path`: what is typed into, so that stretches of typing are undone together. */
export interface CardActions {
  open: boolean;
  dragged: boolean;
  toggle(): void;
  change(change: Partial<FormField>, path?: string): void;
  move(by: -1 | 1): void;
  copy(): void;
  remove(): void;
  grab(event: PointerEvent): void;
}

function scopeName(scope: Scope): string {
  switch (scope) {
    case "item":
      return t("Once");
    case "turn":
      return t("For each turn");
    case "response":
      return t("For each response");
    case "step":
      return t("For each step of a solution");
  }
}

export function questionCard(settings: Edited, at: number, around: Surroundings, actions: CardActions): unknown {
  const form = settings.fields[at];
  if (!form) return nothing;
  const entry = around.fields.find((one) => one.key === form.field);
  const path = `fields.${at}`;
  const problems = around.problems.filter((one) => one.path === path || one.path.startsWith(`${path}.`));
  const name = nameOfQuestion(form);
  const when = sentence(form, settings, around.fields);
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || step === undefined) return;
    event.preventDefault();
    actions.move(step as -1 | 1);
  };
  return html`<li class="question-card ${actions.open ? "open" : ""} ${problems.length > 0 ? "wrong" : ""} ${actions.dragged ? "dragged" : ""}" data-at=${at} id=${idFor(path)}>
    <div class="head">
      <span class="grip" aria-hidden="true" @pointerdown=${actions.grab}>${icon("grip")}</span>
      <button type="button" class="name quiet" aria-expanded=${String(actions.open)} aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown" @click=${actions.toggle} @keydown=${keys}>
        <span class="number">${at + 1}</span><bdi class="words">${name}</bdi>${form.required ? html`<span class="star" title=${t("Required")}>*</span>` : nothing}
      </button>
      <span class="does">
        <button type="button" class="quiet tiny icon-only" aria-label=${t("Move {thing} up", { thing: name })} title=${t("Move up")} ?disabled=${at === 0} @click=${() => actions.move(-1)}>${icon("arrow-up")}</button>
        <button type="button" class="quiet tiny icon-only" aria-label=${t("Move {thing} down", { thing: name })} title=${t("Move down")} ?disabled=${at === settings.fields.length - 1} @click=${() => actions.move(1)}>${icon("arrow-down")}</button>
        <button type="button" class="quiet tiny icon-only" aria-label=${t("Duplicate {thing}", { thing: name })} title=${t("Duplicate")} @click=${actions.copy}>${icon("copy")}</button>
        <button type="button" class="quiet tiny icon-only" aria-label=${t("Delete {thing}", { thing: name })} title=${t("Delete")} @click=${actions.remove}>${icon("trash")}</button>
      </span>
    </div>
    <p class="about"><span class="pill">${entry?.title ?? form.field}</span>${form.scope === "item" ? nothing : html`<span class="pill">${scopeName(form.scope)}</span>`}${when ? html`<span class="when">${when}</span>` : nothing}${problems.length > 0 && !actions.open ? html`<span class="pill bad">${icon("alert")}${problems[0]?.message}</span>` : nothing}</p>
    ${actions.open ? editor(settings, form, at, entry, around, actions) : nothing}
  </li>`;
}

function editor(settings: Edited, form: FormField, at: number, entry: FieldEntry | undefined, around: Surroundings, actions: CardActions): unknown {
  const path = `fields.${at}`;
  const place: Place = {
    path: `${path}.settings`,
    around,
    defs: entry?.schema.$defs ?? {},
    names: entry?.names ?? {},
    setting: "",
    change: (value) => actions.change({ settings: value as Record<string, unknown> }, `${path}.settings`),
  };
  return html`<div class="editor fields">
    ${wordsControl(t("Question"), form.label, `${path}.label`, around, (label) => actions.change({ label }, `${path}.label`), true)}
    ${wordsControl(t("Help text"), form.help, `${path}.help`, around, (help) => actions.change({ help }, `${path}.help`), true)}
    <div class="fields two">
      <div class="field">
        <label for=${idFor(`${path}.field`)}>${t("Kind of answer")}</label>
        <select id=${idFor(`${path}.field`)} @change=${(event: Event) => changeKind(around, actions, (event.target as HTMLSelectElement).value)}>
          ${entry ? nothing : html`<option selected value=${form.field}>${form.field}</option>`}
          ${around.fields.map((one) => html`<option value=${one.key} ?selected=${one.key === form.field}>${one.title}</option>`)}
        </select>
        ${entry ? html`<p class="help">${entry.description}</p>` : nothing}${wrong(around, `${path}.field`)}
      </div>
      <div class="field">
        <label for=${idFor(`${path}.scope`)}>${t("Asked")}</label>
        <select id=${idFor(`${path}.scope`)} @change=${(event: Event) => actions.change({ scope: (event.target as HTMLSelectElement).value as Scope })}>
          ${(["item", "turn", "response", "step"] as const).map((one) => html`<option value=${one} ?selected=${one === form.scope}>${scopeName(one)}</option>`)}
        </select>
      </div>
    </div>
    <label class="check"><input type="checkbox" .checked=${live(form.required)} @change=${(event: Event) => actions.change({ required: (event.target as HTMLInputElement).checked })} /><span>${t("Required")}</span></label>
    ${entry ? html`<div class="settings">${settingControls(entry.schema, { ...entry.defaults, ...form.settings }, place)}</div>` : nothing}
    ${wrong(around, `${path}.settings`)}
    ${entry && entry.needs === "" ? defaultControl(form, path, around, actions) : nothing}
    ${entry && entry.needs !== "" && settings.shown.length > 1 ? aboutControl(settings, form, path, actions) : nothing}
    ${conditionsEditor(settings, at, around, (change) => actions.change(change, `${path}.conditions`))}
    <details class="fold" ?open=${problemAt(around, `${path}.key`) !== ""}>
      <summary>${t("Name in the data")}</summary>
      <div class="field short">
        <label for=${idFor(`${path}.key`)}>${t("Key")}</label>
        <input id=${idFor(`${path}.key`)} autocapitalize="none" spellcheck="false" aria-invalid=${problemAt(around, `${path}.key`) ? "true" : nothing} .value=${live(form.key)} @change=${(event: Event) => actions.change({ key: (event.target as HTMLInputElement).value.trim() })} />
        <p class="help">${t("Released data calls the answers this.")}</p>${wrong(around, `${path}.key`)}
      </div>
    </details>
  </div>`;
}

function changeKind(around: Surroundings, actions: CardActions, key: string): void {
  const entry = around.fields.find((one) => one.key === key);
  if (entry) actions.change({ field: key, settings: structuredClone(entry.defaults), default: null, about: [] });
}

// The answer a form starts from is given in the field itself.
function defaultControl(form: FormField, path: string, around: Surroundings, actions: CardActions): unknown {
  const set = form.default !== null;
  return html`<details class="fold" id=${idFor(`${path}.default`)} ?open=${set || problemAt(around, `${path}.default`) !== ""}>
    <summary>${t("Start from an answer")}</summary>
    <custom-form-default .form=${form} @default-changed=${(event: CustomEvent<unknown>) => actions.change({ default: event.detail }, `${path}.default`)}></custom-form-default>
    ${set ? html`<div class="row"><button type="button" class="quiet tiny" @click=${() => actions.change({ default: null })}>${t("Start from nothing")}</button></div>` : nothing}
    ${wrong(around, `${path}.default`)}
  </details>`;
}

function aboutControl(settings: Edited, form: FormField, path: string, actions: CardActions): unknown {
  const toggle = (key: string, on: boolean): void => {
    const wanted = new Set(form.about);
    if (on) wanted.add(key);
    else wanted.delete(key);
    actions.change({ about: settings.shown.map((one) => one.key).filter((one) => wanted.has(one)) });
  };
  return html`<fieldset class="field" id=${idFor(`${path}.about`)}><legend>${t("About")}</legend>
    <p class="help">${t("Nothing ticked: about everything that is shown.")}</p>
    <div class="checks">${settings.shown.map((one) => html`<label class="check"><input type="checkbox" .checked=${live(form.about.includes(one.key))} @change=${(event: Event) => toggle(one.key, (event.target as HTMLInputElement).checked)} /><span>${one.key}</span></label>`)}</div>
  </fieldset>`;
}
