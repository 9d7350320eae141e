/**
 * The form builder: questions on the left, the form as people see it on the right. Stands in a project's form as one hidden
 * field that holds the settings as JSON; nothing else in it is sent along.
 */
import { LightElement, addStyles, customElement, flash, hasCommand, html, icon, isTyping, locale, nothing, property, repeat, state, t, tn } from "@preceptor/ui";
import type { Problem } from "../../widget.ts";
import type { FormField } from "./form.ts";
import { questionCard } from "./builder/card.ts";
import { newQuestion, withAdded, withChanged, withCopied, withMoved, withoutQuestion, type Edited, type Example, type FieldEntry, type Surroundings } from "./builder/model.ts";
import { modelsEditor, shownEditor } from "./builder/parts.ts";
import { keepApart } from "./builder/preview.ts";
import { idFor, wrong } from "./builder/schema.ts";
import styles from "./settings.css";

addStyles(styles);

interface Given {
  name: string;
  values: Edited;
  problems: Problem[];
  languages: [string, string][];
  models: [string, string][];
  editor: { fields: FieldEntry[]; example: Example };
}

interface ReadSettings {
  settings: Edited;
  left_out: string[];
  problems: Problem[];
}

const READ = "/api/v1/kinds/custom_form/settings";
const CHECK_AFTER_MS = 500;
const TYPING_MS = 1_200;
const MOST_STEPS = 200;

/** Settings that came back because they would not do may lack anything. */
function whole(values: Partial<Edited>): Edited {
  const list = <One>(one: readonly One[] | undefined): readonly One[] => (Array.isArray(one) ? one : []);
  const fields = list(values.fields).map((one) => ({ label: {}, help: {}, required: false, scope: "item" as const, settings: {}, default: null, conditions: [], match: "all" as const, about: [], ...(one as Partial<FormField> & Pick<FormField, "key" | "field">) }));
  return { version: 1, fields, shown: list(values.shown), responses: Number(values.responses) || 0, min_turns: Number(values.min_turns) || 1, max_turns: Number(values.max_turns) || 1, positions: list(values.positions) };
}

@customElement("custom-form-builder")
export class CustomFormBuilder extends LightElement {
  @property({ attribute: false }) settings!: Edited;
  @state() private open: ReadonlySet<number> = new Set();
  @state() private problems: readonly Problem[] = [];
  @state() private past: readonly Edited[] = [];
  @state() private future: readonly Edited[] = [];
  @state() private dragged: number | null = null;
  @state() private leftOut: readonly string[] = [];
  @state() private said = "";
  @state() private view: "edit" | "preview" = "edit";

  #given!: Given;
  #typed = { path: "", at: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch = new MutationObserver(() => this.#keepApart());

  override connectedCallback(): void {
    const text = this.querySelector("script")?.textContent;
    if (text && !this.#given) {
      this.#given = JSON.parse(text) as Given;
      const language = locale();
      this.#given.languages.sort(([one], [other]) => Number(other === language) - Number(one === language));
      this.settings = whole(this.#given.values);
      this.problems = this.#given.problems;
      this.open = new Set(this.#given.problems.map((one) => /^fields\.(\d+)/.exec(one.path)?.[1]).filter((one) => one !== undefined).map(Number));
      this.replaceChildren();
    }
    super.connectedCallback();
    this.#watch.observe(this, { childList: true, subtree: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch.disconnect();
  }

  override render(): unknown {
    const { settings } = this;
    const around = this.#around();
    return html`
      <input type="hidden" name=${this.#given.name} .value=${JSON.stringify(settings)} />
      <div class="tools" role="toolbar" aria-label=${t("The form")} @keydown=${this.#onKey}>
        <div class="segmented only-narrow" role="group" aria-label=${t("What to look at")}>
          <button type="button" aria-pressed=${String(this.view === "edit")} @click=${() => (this.view = "edit")}>${t("Edit")}</button>
          <button type="button" aria-pressed=${String(this.view === "preview")} @click=${() => (this.view = "preview")}>${t("Preview")}</button>
        </div>
        <button type="button" class="quiet tiny" ?disabled=${this.past.length === 0} @click=${this.#undo}>${icon("undo")}${t("Undo")}</button>
        <button type="button" class="quiet tiny" ?disabled=${this.future.length === 0} @click=${this.#redo}>${icon("redo")}${t("Redo")}</button>
        <span class="push"></span>
        <label class="button quiet tiny import">${icon("folder")}${t("Import")}<input class="sr-only" type="file" accept=".json,.xml,.txt,application/json,text/xml" @change=${this.#onFile} /></label>
        <button type="button" class="quiet tiny" @click=${this.#export}>${icon("download")}${t("Export")}</button>
      </div>
      ${this.#importReport()}
      <div class="sides ${this.view}">
        <div class="making" @keydown=${this.#onKey}>
          ${shownEditor(settings, around, (next, path) => this.#change(next, path))}
          <h4 class="title">${t("Questions")} <span class="count">${settings.fields.length}</span></h4>
          ${wrong(around, "fields")}
          <ol class="cards" id=${idFor("fields")}>${repeat(
            settings.fields,
            (_form, at) => at,
            (_form, at) => this.#card(at, around),
          )}</ol>
          <div class="adding card flat" role="group" aria-label=${t("Add a question")}><h4>${t("Add a question")}</h4>
            <div class="kinds">${this.#given.editor.fields.map((entry) => html`<button type="button" class="tiny" title=${entry.description} @click=${() => this.#add(entry)}>${icon("plus")}${entry.title}</button>`)}</div>
          </div>
          ${modelsEditor(settings, around, (next, path) => this.#change(next, path))}
        </div>
        <section class="seeing" aria-label=${t("Preview")}>
          <div class="sheet"><p class="muted small">${t("As people see it, with an example. Try it: nothing is kept.")}</p>
          <custom-form-preview .settings=${settings} .fields=${this.#given.editor.fields} .example=${this.#given.editor.example}></custom-form-preview></div>
        </section>
      </div>
      <div class="sr-only" role="status">${this.said}</div>
    `;
  }

  #around(): Surroundings {
    const { languages, models, editor } = this.#given;
    return { fields: editor.fields, languages, models, problems: this.problems };
  }

  #card(at: number, around: Surroundings): unknown {
    return questionCard(this.settings, at, around, {
      open: this.open.has(at),
      dragged: this.dragged === at,
      toggle: () => (this.open = this.open.has(at) ? new Set([...this.open].filter((one) => one !== at)) : new Set([...this.open, at])),
      change: (change, path) => this.#change(withChanged(this.settings, at, change), path),
      move: (by) => this.#move(at, at + by, true),
      copy: () => {
        this.open = new Set([at + 1]);
        this.#change(withCopied(this.settings, at));
        this.#focus(at + 1);
      },
      remove: () => {
        this.open = new Set();
        this.#change(withoutQuestion(this.settings, at));
        this.said = t("Deleted. Undo brings it back.");
        this.#focus(Math.min(at, this.settings.fields.length - 1));
      },
      grab: (event) => this.#grab(event, at),
    });
  }

  #importReport(): unknown {
    if (this.leftOut.length === 0) return nothing;
    return html`<div class="notice warn" role="status">${icon("alert")}<div class="body">
        <strong>${tn("{count} thing could not be carried over as it was:", "{count} things could not be carried over as they were:", this.leftOut.length)}</strong>
        <ul>${this.leftOut.map((one) => html`<li>${one}</li>`)}</ul></div>
      <div class="actions"><button type="button" class="quiet tiny" @click=${() => (this.leftOut = [])}>${t("Close")}</button></div></div>`;
  }

  // Changes, each of which can be undone; typing in one place counts as one.

  #change(next: Edited, path = ""): void {
    if (next === this.settings) return;
    const now = Date.now();
    const goesOn = path !== "" && path === this.#typed.path && now - this.#typed.at < TYPING_MS;
    this.#typed = { path, at: now };
    if (!goesOn) this.past = [...this.past.slice(-MOST_STEPS), this.settings];
    this.future = [];
    this.settings = next;
    this.#check();
  }

  #undo = (): void => {
    const before = this.past.at(-1);
    if (!before) return;
    this.future = [...this.future, this.settings];
    this.past = this.past.slice(0, -1);
    this.#return(before, t("Undone"));
  };

  #redo = (): void => {
    const after = this.future.at(-1);
    if (!after) return;
    this.past = [...this.past, this.settings];
    this.future = this.future.slice(0, -1);
    this.#return(after, t("Redone"));
  };

  #return(settings: Edited, said: string): void {
    this.#typed = { path: "", at: 0 };
    this.settings = settings;
    this.said = said;
    this.#check();
  }

  #add(entry: FieldEntry): void {
    const at = this.settings.fields.length;
    this.open = new Set([at]);
    this.#change(withAdded(this.settings, newQuestion(entry, this.settings), at));
    void this.updateComplete.then(() => {
      const card = this.querySelector<HTMLElement>(`#${idFor(`fields.${at}`)}`);
      card?.scrollIntoView({ block: "nearest", behavior: "smooth" });
      card?.querySelector<HTMLElement>("textarea")?.focus({ preventScroll: true });
    });
  }

  #move(from: number, to: number, follow: boolean): void {
    if (to < 0 || to >= this.settings.fields.length || from === to) return;
    const wasOpen = this.open.has(from);
    this.open = wasOpen ? new Set([to]) : new Set();
    this.#change(withMoved(this.settings, from, to));
    this.said = t("Question {place} of {places}", { place: to + 1, places: this.settings.fields.length });
    if (follow) this.#focus(to);
  }

  #focus(at: number): void {
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-at="${at}"] .name`)?.focus());
  }

  #onKey(event: KeyboardEvent): void {
    if (!hasCommand(event) || event.key.toLowerCase() !== "z" || isTyping(event.target)) return;
    event.preventDefault();
    if (event.shiftKey) this.#redo();
    else this.#undo();
  }

  // By pointer: the card follows where it would come to stand.
  #grab(down: PointerEvent, from: number): void {
    if (down.button !== 0) return;
    down.preventDefault();
    let at = from;
    this.dragged = from;
    const move = (event: PointerEvent): void => {
      const under = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>(".question-card");
      if (!under || !this.contains(under)) return;
      const to = Number(under.dataset.at);
      const box = under.getBoundingClientRect();
      const past = to > at ? event.clientY > box.top + box.height / 2 : event.clientY < box.top + box.height / 2;
      if (to === at || !past) return;
      this.#move(at, to, false);
      this.dragged = at = to;
    };
    const end = (): void => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      this.dragged = null;
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }

  // What the server finds wrong, while one is at it.

  #check(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const checked = this.settings;
      const found = await this.#read(JSON.stringify(checked));
      if (found && checked === this.settings) this.problems = Array.isArray(found) ? found : found.problems;
    }, CHECK_AFTER_MS);
  }

  /** Settings from a document; the problems alone where it cannot be read; null where nobody answers. */
  async #read(text: string): Promise<ReadSettings | Problem[] | null> {
    const token = /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
    try {
      const answer = await fetch(READ, { method: "POST", headers: { "content-type": "application/json", "X-CSRF-Token": decodeURIComponent(token) }, body: JSON.stringify({ document: text }) });
      const body: unknown = await answer.json();
      if (answer.ok) return body as ReadSettings;
      const { fields, title } = body as { fields?: Problem[]; title?: string };
      return fields?.length ? fields : [{ path: "", message: title ?? "" }];
    } catch {
      return null;
    }
  }

  #onFile = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (!file) return;
    const found = await this.#read(await file.text());
    input.value = "";
    if (!found) flash(t("The file could not be read just now. Try again."), "bad");
    else if (Array.isArray(found)) flash(found.map((one) => one.message).join(" "), "bad");
    else {
      this.open = new Set();
      this.leftOut = found.left_out;
      this.#change(found.settings);
      this.problems = found.problems;
      flash(tn("{count} question is read from the file.", "{count} questions are read from the file.", found.settings.fields.length));
    }
  };

  #export = (): void => {
    const address = URL.createObjectURL(new Blob([JSON.stringify(this.settings, null, 2)], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = "form.json";
    link.click();
    URL.revokeObjectURL(address);
  };

  #keepApart(): void {
    keepApart(this, this.querySelector<HTMLElement>(":scope > input[type=hidden]"));
  }
}
