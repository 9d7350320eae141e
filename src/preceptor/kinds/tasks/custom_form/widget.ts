import { LightElement, addStyles, customElement, flash, html, icon, nothing, property, repeat, state, t, type KeyHelp, type PropertyValues } from "@preceptor/ui";
import "@preceptor/fields/text";
import { conversation } from "../../conversation.ts";
import type { FieldModule } from "../../field.ts";
import { TurnRefused, valueChanged, type Assignment, type Bench, type Problem, type Progress, type Response, type TaskWidget, type Turn, type WidgetMode } from "../../widget.ts";
import { ITEM, Situation, isUsable, isWriting, shownData, type Answer, type ItemContent, type Question, type Settings, type TurnTexts } from "./form.ts";
import type { CustomFormQuestion } from "./question.ts";
import "./question.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "custom-form-widget";

/** Any questions about any texts, a conversation, and responses. */
@customElement(tag)
export class CustomFormWidget extends LightElement implements TaskWidget<Answer> {
  @property({ attribute: false }) assignment: Assignment<ItemContent, Settings, Answer> | null = null;
  @property({ attribute: false }) value: Answer | null = null;
  @property({ attribute: false }) original: Answer | null = null;
  @property() mode: WidgetMode = "work";
  @property({ attribute: false }) bench: Bench | null = null;
  @state() private modules: ReadonlyMap<string, FieldModule> = new Map();
  @state() private shownProblems: readonly Problem[] = [];
  @state() private promptProblems: readonly Problem[] = [];
  @state() private sending = false;

  #situation: Situation | null = null;
  #before: Situation | null = null;
  #askedFor = "";

  override willUpdate(changed: PropertyValues<this>): void {
    const { assignment } = this;
    if (!assignment) return;
    if (changed.has("assignment")) void this.#load(assignment.form.settings);
    const { settings } = assignment.form;
    const { content, id } = assignment.item;
    const picture = content.picture && { ...content.picture, source: content.picture.sha256.startsWith("data:") ? content.picture.sha256 : `/api/v1/items/${id}/assets/${content.picture.sha256}` };
    this.#situation = new Situation(settings, content, assignment.turns, this.value, this.modules, picture);
    this.#before = this.mode === "correct" && this.original ? new Situation(settings, content, assignment.turns, this.original, this.modules, picture) : null;
    if (changed.has("assignment") && changed.get("assignment")?.id !== assignment.id) this.shownProblems = this.promptProblems = [];
    else if (this.shownProblems.length > 0 && changed.has("value")) this.shownProblems = this.problems();
  }

  override updated(): void {
    void this.#askGivenPrompt();
  }

  override render(): unknown {
    const situation = this.#situation;
    if (!this.assignment || !situation) return nothing;
    const { content } = this.assignment.item;
    const drawn = situation.drawn();
    const whole = situation.questions("item", ITEM);
    return html`<div class="form">
      ${shownData(situation.settings, content)
        .filter((one) => !drawn.has(one.key))
        .map(
          (one) => html`<section class="data card" aria-label=${one.name || one.key}>
            ${one.name ? html`<h3><bdi>${one.name}</bdi></h3>` : nothing}
            ${one.format === "plain" ? html`<div class="plain" dir="auto" data-reading>${one.text}</div>` : html`<rich-text .text=${one.text} data-reading></rich-text>`}
          </section>`,
        )}
      ${situation.picture && !situation.drawsPicture() ? html`<figure class="picture card"><img src=${situation.picture.source} alt=${situation.picture.name} width=${situation.picture.width} height=${situation.picture.height} /></figure>` : nothing}
      ${this.#talk(situation, drawn)} ${this.#steps(situation)}
      ${whole.length > 0 ? html`<section class="card asking" aria-label=${t("Questions")}>${this.#questions(whole, "")}</section>` : nothing}
    </div>`;
  }

  // What the page asks of a widget.

  problems(): Problem[] {
    return this.#situation?.missing() ?? [];
  }

  showProblems(problems: readonly Problem[]): void {
    this.shownProblems = problems;
  }

  progress(): Progress {
    const situation = this.#situation;
    if (!situation) return { done: 0, all: 0 };
    const asked = situation.all().filter(({ form }) => form.required);
    const done = asked.filter(({ form, target }) => situation.value(form, target) !== null).length;
    const most = situation.settings.max_turns;
    return { done, all: asked.length, ...(most > 1 ? { turn: { n: Math.max(1, situation.asked.length), most } } : {}) };
  }

  focusProblem(path: string): void {
    const found = this.#elements().find((one) => path === one.path || path.startsWith(`${one.path}.`));
    if (found) found.focus();
    else this.querySelector<HTMLElement>(".ask text-field")?.focus();
  }

  keys(): KeyHelp[] {
    return [{ keys: [["J"], ["K"]], does: t("The question after or before") }];
  }

  handleKey(event: KeyboardEvent): boolean {
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return false;
    const all = this.#elements();
    const at = all.findIndex((one) => one.contains(document.activeElement));
    all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + step))]?.focus();
    return true;
  }

  // Parts.

  // The conversation turn by turn, with what is asked of each turn and of each response in it.
  #talk(situation: Situation, drawn: ReadonlySet<string>): unknown {
    const { item, turns } = situation;
    const perTurn = situation.settings.fields.some((form) => form.scope === "turn");
    const before = turns.filter((turn) => turn.live === null);
    const first = situation.asked[0]?.prompt ?? null;
    if (perTurn || situation.asked.length > 1) return html`${turns.map((turn, index) => this.#turn(situation, turn, String(index + 1)))}${this.#asking(situation)}`;
    const all = [...before, ...turns.filter((turn) => turn.live !== null)].flatMap((turn) => turn.keys);
    const shown = all.length > 0 && all.every((key) => drawn.has(key)) ? nothing : conversation({ messages: item.messages, prompt: item.prompt ?? first });
    return html`${shown} ${situation.asked.map((turn) => this.#responses(situation, turn))} ${this.#asking(situation)}`;
  }

  // The steps of a solution one below the other, each with what is asked of it.
  #steps(situation: Situation): unknown {
    const steps = situation.item.steps ?? [];
    if (steps.length === 0) return nothing;
    return html`<section class="steps" aria-label=${t("The solution, step by step")}>
      ${steps.map((text, index) => {
        const name = t("Step {n}", { n: index + 1 });
        const questions = situation.questions("step", `step-${index + 1}`);
        const draws = questions.some(({ form }) => this.modules.get(form.field)?.drawsTexts);
        return html`<article class="card step" aria-label=${name}>
          <h3>${name}</h3>
          ${draws ? nothing : html`<rich-text .text=${text} data-reading></rich-text>`}
          ${questions.length > 0 ? html`<div class="asking">${this.#questions(questions, name)}</div>` : nothing}
        </article>`;
      })}
    </section>`;
  }

  #turn(situation: Situation, turn: TurnTexts, target: string): unknown {
    const { item, asked } = situation;
    const live = turn.live === null ? null : (asked[turn.live] ?? null);
    const messages = turn.keys.filter((key) => key.startsWith("messages.")).map((key) => item.messages[Number(key.slice("messages.".length))]).filter((one) => one !== undefined);
    const prompt = live?.prompt ?? (turn.keys.includes("prompt") ? item.prompt : null);
    const name = t("Turn {n}", { n: target });
    const questions = situation.questions("turn", target);
    const from = live?.continue_from;
    return html`<section class="turn" aria-label=${name}>
      ${situation.turns.length > 1 ? html`<h3 class="number">${name}${from ? html` <span class="pill">${t("goes on from {response}", { response: situation.responseName(from) })}</span>` : nothing}</h3>` : nothing}
      ${conversation({ messages, prompt })} ${live ? this.#responses(situation, live) : nothing}
      ${questions.length > 0 ? html`<div class="card asking">${this.#questions(questions, name)}</div>` : nothing}
    </section>`;
  }

  // Where models are asked: the person's own prompt or a further one, or what became of the given one.
  #asking(situation: Situation): unknown {
    const { assignment, bench } = this;
    if (!assignment || !situation.mayGoOn() || (this.mode !== "work" && this.mode !== "preview" && situation.asked.length > 0)) return nothing;
    const first = situation.asked.length === 0;
    const at = (one: Problem): boolean => one.path === "prompt" || one.path === "next_prompt";
    const problems = this.promptProblems.length > 0 ? this.promptProblems : this.shownProblems.filter(at);
    const wrong = problems.map((one) => html`<p class="bad">${icon("alert")} ${one.message}</p>`);
    if (first && assignment.item.content.prompt !== null) {
      if (this.sending) return html`<p class="muted"><span class="spinner"></span> ${t("Asking the models")}</p>`;
      return problems.length > 0 && bench ? html`<div class="notice warn" role="alert"><div class="body">${wrong}</div><div class="actions"><button type="button" @click=${() => this.#ask(assignment.item.content.prompt ?? "")}>${t("Ask the models")}</button></div></div>` : nothing;
    }
    const title = first ? t("Your prompt") : t("Go on with the conversation");
    const optional = !first && situation.asked.length >= situation.settings.min_turns;
    return html`<form class="ask card" @submit=${this.#onAsk}>
      <h3>${title}${optional ? html` <span class="optional">${t("optional")}</span>` : nothing}</h3>
      ${first ? nothing : this.#goingOn(situation)}
      <text-field silent .label=${title} .value=${this.value?.next_prompt ?? ""} .invalid=${problems.length > 0} @field-changed=${this.#onPrompt}></text-field>
      <div role="alert">${wrong}</div>
      <div class="row"><button class="${first ? "primary" : ""} push" ?disabled=${this.sending || !bench}>${this.sending ? html`<span class="spinner"></span>` : icon("send")}${t("Send")}</button></div>
    </form>`;
  }

  // Which response the next prompt answers; nothing to choose where there is one.
  #goingOn(situation: Situation): unknown {
    const last = situation.turns.at(-1)?.responses ?? [];
    if (last.length < 2) return nothing;
    const chosen = situation.goesOnFrom();
    return html`<fieldset class="from">
      <legend>${t("Go on from")}</legend>
      ${last.map(({ id }) => html`<label><input type="radio" name="from" .checked=${id === chosen} @change=${() => this.#setDraft({ next_from: id }, "mark")} /><span>${situation.responseName(id)}</span></label>`)}
    </fieldset>`;
  }

  #responses(situation: Situation, turn: Turn): unknown {
    if (turn.responses.length === 0) return nothing;
    return html`<section class="responses" aria-label=${t("Responses")}>
      ${repeat(
        turn.responses,
        (one) => one.id,
        (one) => this.#response(situation, one),
      )}
    </section>`;
  }

  #response(situation: Situation, response: Response): unknown {
    const name = situation.responseName(response.id);
    const questions = isUsable(response) ? situation.questions("response", response.id) : [];
    const draws = questions.some(({ form }) => this.modules.get(form.field)?.drawsTexts);
    return html`<article class="card response" aria-label=${name} data-aside>
      <div class="row tight"><h3>${name}</h3><span class="push">${this.#doing(response, name)}</span></div>
      ${draws ? nothing : this.#words(response)}
      ${questions.length > 0 ? html`<div class="asking">${this.#questions(questions, name)}</div>` : nothing}
    </article>`;
  }

  #doing(response: Response, name: string): unknown {
    if (isWriting(response) && this.bench && this.mode !== "review") {
      return html`<button type="button" class="quiet tiny" aria-label=${t("Stop {response}", { response: name })} @click=${() => this.bench?.stop(response.id)}>${icon("stop")}${t("Stop")}</button>`;
    }
    return response.state === "stopped" ? html`<span class="pill warn">${t("stopped")}</span>` : nothing;
  }

  #words(response: Response): unknown {
    if (response.state === "failed") {
      return html`<div class="notice bad">${icon("alert")}<div class="body"><strong>${t("This response failed.")}</strong> ${response.error ?? ""}</div></div>
        ${this.bench && this.mode !== "review" ? html`<p><button type="button" @click=${() => this.bench?.retry(response.id)}>${icon("refresh")}${t("Try again")}</button></p>` : nothing}`;
    }
    if (response.text === "") return isWriting(response) ? html`<div class="skeleton" aria-hidden="true"><span></span><span></span><span></span></div>` : html`<p class="muted">${t("The model answered with nothing.")}</p>`;
    return html`<rich-text .text=${response.text} .streaming=${isWriting(response)} data-reading></rich-text>`;
  }

  #questions(questions: readonly Question[], about: string): unknown {
    const situation = this.#situation;
    if (!situation) return nothing;
    return repeat(
      questions,
      (one) => one.path,
      ({ form, target, path }) => {
        const value = situation.value(form, target);
        const before = this.#before ? (this.#before.isAsked(form, target) ? this.#before.value(form, target) : null) : null;
        return html`<custom-form-question
          .form=${form}
          .about=${about}
          .module=${this.modules.get(form.field) ?? null}
          .value=${value}
          .original=${before}
          .changed=${this.#before !== null && JSON.stringify(before) !== JSON.stringify(value)}
          .subject=${situation.subject(form, target)}
          .problems=${this.shownProblems.filter((one) => one.path === path || one.path.startsWith(`${path}.`))}
          .editable=${this.mode !== "review"}
          .path=${path}
          @answer-changed=${(event: CustomEvent<unknown>) => this.#onAnswer(form.key, target, event)}
        ></custom-form-question>`;
      },
    );
  }

  // Changes.

  #onAnswer(key: string, target: string, event: CustomEvent<unknown>): void {
    event.stopPropagation();
    const values = { ...this.value?.values };
    values[key] = { ...values[key], [target]: event.detail };
    this.value = { ...this.value, values };
    valueChanged(this, { value: this.value, kind: typeof event.detail === "string" ? "text" : "mark", path: `values.${key}.${target}` });
  }

  #onPrompt(event: CustomEvent<string>): void {
    event.stopPropagation();
    this.promptProblems = [];
    this.#setDraft({ next_prompt: event.detail }, "text");
  }

  #setDraft(next: Partial<Pick<Answer, "next_prompt" | "next_from">>, kind: "text" | "mark"): void {
    this.value = { ...this.value, values: this.value?.values ?? {}, ...next };
    valueChanged(this, { value: this.value, kind, path: kind === "text" ? "next_prompt" : "next_from" });
  }

  #onAsk(event: Event): void {
    event.preventDefault();
    const prompt = this.value?.next_prompt ?? "";
    const situation = this.#situation;
    const last = situation?.asked.at(-1);
    const refused = (message: string): void => {
      this.promptProblems = [{ path: "prompt", message }];
    };
    if (prompt.trim() === "") refused(t("Write a prompt and send it."));
    else if (last?.responses.some(isWriting)) refused(t("A response is still being written. Wait for it, or stop it."));
    else if (last && situation?.goesOnFrom() === null) refused(t("Choose one of the responses to go on from."));
    else void this.#ask(prompt);
  }

  async #ask(prompt: string): Promise<void> {
    if (!this.bench || this.sending) return;
    this.sending = true;
    this.promptProblems = [];
    try {
      const continue_from = this.#situation?.goesOnFrom() ?? null;
      await this.bench.ask({ prompt, continue_from, ideal: null });
      if (this.value?.next_prompt) this.#setDraft({ next_prompt: "", next_from: "" }, "text");
    } catch (error) {
      if (!(error instanceof TurnRefused)) throw error;
      this.promptProblems = error.fields.length > 0 ? error.fields : [{ path: "prompt", message: error.message }];
    } finally {
      this.sending = false;
    }
  }

  // A given prompt needs nobody to send it.
  async #askGivenPrompt(): Promise<void> {
    const { assignment } = this;
    const prompt = assignment?.item.content.prompt;
    if (!assignment || !prompt || !this.bench || this.mode === "review" || this.mode === "correct") return;
    if (assignment.form.settings.responses === 0 || assignment.turns.length > 0 || assignment.state !== "active" || this.#askedFor === assignment.id) return;
    this.#askedFor = assignment.id;
    await this.#ask(prompt);
  }

  // Each field is a module of its own, a plug-in's too; only those that the form uses are fetched.
  async #load(settings: Settings): Promise<void> {
    const wanted = [...new Set(settings.fields.map((form) => form.field))].filter((key) => !this.modules.has(key));
    if (wanted.length === 0) return;
    const found = await Promise.allSettled(wanted.map((key) => import(fieldModule(key)) as Promise<FieldModule>));
    const modules = new Map(this.modules);
    found.forEach((one, index) => {
      const key = wanted[index];
      if (one.status === "fulfilled" && key) modules.set(key, one.value);
    });
    if (found.some((one) => one.status === "rejected")) flash(t("A part of this form could not be loaded. Load the page again."), "bad");
    this.modules = modules;
  }

  #elements(): CustomFormQuestion[] {
    return [...this.querySelectorAll<CustomFormQuestion>("custom-form-question")];
  }
}

const fieldModule = (key: string): string => `@preceptor/fields/${key}`;

declare global {
  interface HTMLElementTagNameMap {
    "custom-form-widget": CustomFormWidget;
  }
}
