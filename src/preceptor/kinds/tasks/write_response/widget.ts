import { LightElement, addStyles, customElement, html, icon, live, locale, nothing, property, state, t, type KeyHelp, type PropertyValues } from "@preceptor/ui";
import "@preceptor/fields/text";
import { conversation } from "../../conversation.ts";
import { valueChanged, type Assignment, type Bench, type ChangeKind, type Problem, type Progress, type TaskWidget, type WidgetMode } from "../../widget.ts";
import "../../writing.ts";
import { MOST_SOURCES, filled, isAddress, missing, progressOf, type Answer, type ItemContent, type Settings, type Source } from "./value.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "write-response-widget";

/** A given conversation and the response to it: outline, text with preview, sources. */
@customElement(tag)
export class WriteResponseWidget extends LightElement implements TaskWidget<Answer> {
  @property({ attribute: false }) assignment: Assignment<ItemContent, Settings, Answer> | null = null;
  @property({ attribute: false }) value: Answer | null = null;
  @property({ attribute: false }) original: Answer | null = null;
  @property() mode: WidgetMode = "work";
  @property({ attribute: false }) bench: Bench | null = null;
  @state() private shownProblems: readonly Problem[] = [];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("value") && this.shownProblems.length > 0) this.shownProblems = this.problems();
    if (changed.has("assignment") && changed.get("assignment")?.id !== this.assignment?.id) this.shownProblems = [];
  }

  override render(): unknown {
    if (!this.assignment) return nothing;
    const answer = this.#answer();
    return html`
      ${conversation(this.assignment.item.content)} ${this.#language()} ${this.#outline(answer)} ${this.#response(answer)} ${this.#sources(answer)}
    `;
  }

  // What the page asks of a widget.

  problems(): Problem[] {
    return this.assignment ? missing(this.#settings(), this.#answer()) : [];
  }

  showProblems(problems: readonly Problem[]): void {
    this.shownProblems = problems;
  }

  focusProblem(path: string): void {
    const [what, index, part] = path.split(".");
    if (what === "outline") return this.#focus(".outline text-field");
    if (what !== "sources") return this.#focus("writing-pad");
    this.#focus(index === undefined ? ".sources .add" : `.sources [data-source="${index}"] [data-part="${part ?? "url"}"]`);
  }

  progress(): Progress {
    return this.assignment ? progressOf(this.#settings(), this.#answer()) : { done: 0, all: 0 };
  }

  keys(): KeyHelp[] {
    const { outline, sources } = this.#settings();
    if (!this.#editable()) return [];
    return [
      { keys: [["I"]], does: t("Write the response") },
      { keys: [["V"]], does: t("Edit or preview") },
      ...(outline === "off" ? [] : [{ keys: [["O"]], does: t("Write the outline") }]),
      ...(sources === "off" ? [] : [{ keys: [["N"]], does: t("Add a source") }]),
    ];
  }

  handleKey(event: KeyboardEvent): boolean {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.#editable()) return false;
    const { outline, sources } = this.#settings();
    switch (event.key.toLowerCase()) {
      case "i":
        this.#focus("writing-pad");
        return true;
      case "v":
        this.querySelector("writing-pad")?.nextView();
        return true;
      case "o":
        if (outline !== "off") this.#focus(".outline text-field");
        return outline !== "off";
      case "n":
        if (sources !== "off") this.#add();
        return sources !== "off";
      default:
        return false;
    }
  }

  // Parts.

  #language(): unknown {
    const code = this.#wantedLanguage();
    return code && this.#editable() ? html`<p class="wanted"><span class="pill accent">${t("Write in {language}", { language: languageName(code) })}</span></p>` : nothing;
  }

  #outline(answer: Answer): unknown {
    const asked = this.#settings().outline;
    if (asked === "off" || (!this.#editable() && !answer.outline)) return nothing;
    return html`<section class="outline" aria-label=${t("Outline")}>
      <h3>${t("Outline")}${this.#optional(asked)}</h3>
      <text-field
        silent
        .rows=${3}
        .label=${t("Outline")}
        .value=${answer.outline}
        .invalid=${this.#wrong("outline") !== undefined}
        .placeholder=${t("The points you are going to make, in a few words each.")}
        ?readonly=${!this.#editable()}
        @field-changed=${(event: CustomEvent<string>) => this.#change({ ...answer, outline: event.detail }, "text", "outline")}
      ></text-field>
      ${this.#problem("outline")}
    </section>`;
  }

  #response(answer: Answer): unknown {
    const { min_words, max_words } = this.#settings();
    return html`<section class="response" aria-label=${t("Response")} lang=${this.#wantedLanguage() || nothing}>
      <writing-pad
        .label=${t("Response")}
        .value=${answer.response}
        .original=${this.mode === "correct" && this.original ? filled(this.original).response : null}
        .settings=${{ min_words, max_words }}
        .editable=${this.#editable()}
        .invalid=${this.#wrong("response") !== undefined}
        .placeholder=${t("Write the response you would wish for.")}
        @text-changed=${(event: CustomEvent<string>) => this.#change({ ...answer, response: event.detail }, "text", "response")}
      ></writing-pad>
      ${this.#problem("response")}
    </section>`;
  }

  #sources(answer: Answer): unknown {
    const asked = this.#settings().sources;
    const editable = this.#editable();
    if (asked === "off" || (!editable && answer.sources.length === 0)) return nothing;
    return html`<section class="sources" aria-label=${t("Sources")}>
      <h3>${t("Sources")}${this.#optional(asked)}</h3>
      ${answer.sources.length > 0 ? html`<ol>${answer.sources.map((source, index) => (editable ? this.#row(answer, source, index) : this.#read(source)))}</ol>` : nothing}
      ${editable && answer.sources.length < MOST_SOURCES ? html`<div><button type="button" class="tiny add" @click=${() => this.#add()}>${icon("plus")}${t("Add a source")}</button></div>` : nothing}
      ${this.#problem("sources")}
    </section>`;
  }

  #row(answer: Answer, source: Source, index: number): unknown {
    const wrong = this.#wrong(`sources.${index}.url`) ?? this.#wrong(`sources.${index}.title`);
    const input = (part: keyof Source, label: string, type: string): unknown => html`<label>${label}
      <input type=${type} data-part=${part} dir=${part === "url" ? "ltr" : "auto"} maxlength=${part === "url" ? 2000 : 300} autocomplete="off" spellcheck=${part === "url" ? "false" : nothing} aria-invalid=${wrong && part === "url" ? "true" : nothing} aria-describedby=${wrong ? `source-${index}-problem` : nothing} .value=${live(source[part])} @input=${(event: Event) => this.#type(answer, index, part, event)} /></label>`;
    return html`<li data-source=${index}>
      <fieldset class="source"><legend class="sr-only">${t("Source {n}", { n: index + 1 })}</legend>
        ${input("url", t("Address"), "url")} ${input("title", t("Title"), "text")}
        <button type="button" class="quiet icon-only" aria-label=${t("Remove source {n}", { n: index + 1 })} title=${t("Remove")} @click=${() => this.#remove(answer, index)}>${icon("trash")}</button>
      </fieldset>
      ${wrong ? html`<p class="bad small" id="source-${index}-problem">${icon("alert")} ${wrong}</p>` : nothing}
    </li>`;
  }

  // What a person typed becomes a link only where it is a web address.
  #read(source: Source): unknown {
    const words = source.title.trim() || source.url.trim();
    return html`<li dir="auto">${isAddress(source.url) ? html`<a href=${source.url.trim()} target="_blank" rel="noopener noreferrer nofollow">${words}</a>` : words}
      ${source.title.trim() && source.url.trim() ? html`<small class="muted"><bdi>${source.url}</bdi></small>` : nothing}</li>`;
  }

  #optional(asked: string): unknown {
    return asked === "optional" && this.#editable() ? html` <span class="optional">${t("optional")}</span>` : nothing;
  }

  #problem(path: string): unknown {
    const wrong = this.shownProblems.find((one) => one.path === path)?.message;
    return wrong ? html`<p class="bad small" role="alert">${icon("alert")} ${wrong}</p>` : nothing;
  }

  // What the person does.

  #add(): void {
    const answer = this.#answer();
    if (answer.sources.length >= MOST_SOURCES) return;
    this.#change({ ...answer, sources: [...answer.sources, { url: "", title: "" }] }, "mark", "sources");
    const at = answer.sources.length;
    void this.updateComplete.then(() => this.#focus(`.sources [data-source="${at}"] input`));
  }

  #type(answer: Answer, index: number, part: keyof Source, event: Event): void {
    const text = (event.target as HTMLInputElement).value;
    const sources = answer.sources.map((source, at) => (at === index ? { ...source, [part]: text } : source));
    this.#change({ ...answer, sources }, "text", `sources.${index}.${part}`);
  }

  #remove(answer: Answer, index: number): void {
    this.#change({ ...answer, sources: answer.sources.filter((_, at) => at !== index) }, "mark", "sources");
    void this.updateComplete.then(() => this.#focus(".sources .add"));
  }

  #change(value: Answer, kind: ChangeKind, path: string): void {
    this.value = value;
    valueChanged(this, { value, kind, path });
  }

  // Finding things.

  #focus(selector: string): void {
    const element = this.querySelector<HTMLElement>(selector);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  #wantedLanguage(): string {
    return this.assignment?.item.content.language || this.#settings().language;
  }

  #settings(): Settings {
    return (this.assignment as Assignment<ItemContent, Settings, Answer>).form.settings;
  }

  #answer(): Answer {
    return filled(this.value);
  }

  #editable(): boolean {
    return this.mode !== "review";
  }

  #wrong(path: string): string | undefined {
    return this.shownProblems.find((one) => one.path === path)?.message;
  }
}

/** A language in the words of the page's language. */
function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([locale()], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
