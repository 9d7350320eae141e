import {
  LightElement, addStyles, customElement, html, icon, nothing, property, repeat, state, t, tn, type KeyHelp, type PropertyValues,
} from "@preceptor/ui";
import "@preceptor/fields/ranking";
import "@preceptor/fields/rating";
import "@preceptor/fields/tags";
import "@preceptor/fields/text";
import { TurnRefused, valueChanged, type Assignment, type Bench, type ChangeKind, type Problem, type Progress, type TaskWidget, type Turn, type WidgetMode } from "../../widget.ts";
import type { PromptSent, RateComposer } from "./composer.ts";
import type { RateTurn, TurnChanged } from "./turn.ts";
import { IDEAL, alignedWith, emptyTurn, isWriting, missing, nameOf, progressOf, type Answer, type ItemContent, type Settings, type TurnAnswer } from "./value.ts";
import "./composer.ts";
import "./turn.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "rate-responses-widget";

/** Prompt models, judge their responses side by side, write the ideal one; one turn or many. */
@customElement(tag)
export class RateResponsesWidget extends LightElement implements TaskWidget<Answer> {
  @property({ attribute: false }) assignment: Assignment<ItemContent, Settings, Answer> | null = null;
  @property({ attribute: false }) value: Answer | null = null;
  @property({ attribute: false }) original: Answer | null = null;
  @property() mode: WidgetMode = "work";
  @property({ attribute: false }) bench: Bench | null = null;
  @state() private sending = false;
  @state() private promptProblems: readonly Problem[] = [];
  @state() private shownProblems: readonly Problem[] = [];
  @state() private opened: ReadonlySet<string> = new Set();
  #asked = "";

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("value") && this.shownProblems.length > 0) this.shownProblems = this.problems();
    const before = changed.get("assignment");
    if (changed.has("assignment") && (before?.id !== this.assignment?.id || before?.turns.length !== this.assignment?.turns.length)) {
      this.shownProblems = [];
      this.promptProblems = [];
    }
  }

  override updated(): void {
    void this.#askGivenPrompt();
  }

  override render(): unknown {
    const assignment = this.assignment;
    if (!assignment) return nothing;
    const { turns } = assignment;
    const answer = this.#answer();
    const { content } = assignment.item;
    return html`
      ${this.#before(content)}
      ${repeat(
        turns,
        (turn) => turn.id,
        (turn, index) => this.#turn(turn, answer.turns[index] ?? emptyTurn(turn), index),
      )}
      ${turns.length === 0 && content.prompt ? this.#givenPrompt(content.prompt) : nothing}
      ${this.#composer(answer)} ${turns.length === 0 && !content.prompt ? this.#ahead() : nothing}
    `;
  }

  // What the page asks of a widget.

  problems(): Problem[] {
    if (!this.assignment) return [];
    return missing(this.#settings(), this.assignment.turns, this.#answer());
  }

  showProblems(problems: readonly Problem[]): void {
    this.shownProblems = problems;
  }

  progress(): Progress {
    return this.assignment ? progressOf(this.#settings(), this.assignment.turns, this.#answer()) : { done: 0, all: 0 };
  }

  focusProblem(path: string): void {
    const [head, index, ...rest] = path.split(".");
    if (head !== "turns" || index === undefined) {
      this.#composerElement()?.focus();
      return;
    }
    const turn = this.assignment?.turns[Number(index)];
    if (!turn) return;
    this.opened = new Set([...this.opened, turn.id]);
    void this.updateComplete.then(() => this.#turnElement(turn.id)?.focusPath(rest.join(".")));
  }

  keys(): KeyHelp[] {
    const { points } = this.#settings().scale;
    const moving: KeyHelp[] = [{ keys: [["←"], ["→"], ["J"], ["K"]], does: t("The response before or after") }];
    if (this.mode === "review") return moving;
    return [
      { keys: [[`1–${points}`]], does: t("Rate the response, from the worst to the best") },
      { keys: [["0"]], does: t("Take the rating back") },
      ...moving,
      { keys: [["E"]], does: t("Errors of the response; then a letter for each") },
      { keys: [["C"]], does: t("Comment on the response") },
      { keys: [["Alt", "↑"], ["Alt", "↓"]], does: t("Move the response up or down the ranking; a step ties or unties") },
      { keys: [["A"]], does: t("All are bad") },
      { keys: [["S"]], does: t("Use the response as the start of the ideal one") },
      { keys: [["I"]], does: t("Write the ideal response") },
      { keys: [["V"]], does: t("Edit, preview or changes") },
      { keys: [["R"]], does: t("To the ranking") },
      { keys: [["N"]], does: t("Write a prompt") },
      { keys: [["Mod", "Enter"]], does: t("Send the prompt, while writing it") },
      { keys: [["X"]], does: t("Stop the response that is being written") },
    ];
  }

  handleKey(event: KeyboardEvent): boolean {
    const turn = this.#keyTurn();
    if (event.altKey && turn && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      turn.stepRanking(event.key === "ArrowUp" ? -1 : 1);
      return true;
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const inChoice = event.target instanceof HTMLInputElement && event.target.type === "radio";
    if (event.key.startsWith("Arrow") && inChoice) return false;
    if (event.key === "n" || event.key === "N") return this.#focusComposer();
    return turn ? this.#turnKey(turn, event.key) : false;
  }

  #turnKey(turn: RateTurn, key: string): boolean {
    const actions: Record<string, () => void> = {
      ArrowRight: () => turn.goTo(document.dir === "rtl" ? -1 : 1),
      ArrowLeft: () => turn.goTo(document.dir === "rtl" ? 1 : -1),
      j: () => turn.goTo(1),
      k: () => turn.goTo(-1),
    };
    if (turn.editable) {
      Object.assign(actions, {
        e: () => turn.openErrors(),
        c: () => turn.openComment(turn.current),
        s: () => turn.useAsStart(turn.current),
        i: () => turn.editIdeal(),
        v: () => turn.nextIdealView(),
        r: () => turn.focusRanking(),
        a: () => turn.toggleAllBad(),
        x: () => void turn.stop(turn.current),
        "0": () => turn.rate(turn.current, null),
      });
      const step = Number(key);
      if (step >= 1 && step <= this.#settings().scale.points) actions[key] = () => turn.rate(turn.current, step);
    }
    const action = actions[key.length === 1 ? key.toLowerCase() : key];
    action?.();
    return action !== undefined;
  }

  // Parts.

  #before(content: ItemContent): unknown {
    if (content.messages.length === 0) return nothing;
    return html`<section class="before" aria-label=${t("The conversation so far")}>
      ${content.messages.map((message) =>
        message.role === "system"
          ? html`<details class="fold"><summary>${t("Instructions to the model")}</summary><div class="said model"><rich-text .text=${message.content}></rich-text></div></details>`
          : html`<div class="said ${message.role === "user" ? "" : "model"}"><span class="who">${message.role === "user" ? t("User") : t("Assistant")}</span><rich-text .text=${message.content}></rich-text></div>`,
      )}
    </section>`;
  }

  #turn(turn: Turn, said: TurnAnswer, index: number): unknown {
    const turns = this.assignment?.turns ?? [];
    const last = index === turns.length - 1;
    const body = html`<rate-turn
      data-turn=${turn.id}
      .settings=${this.#settings()}
      .turn=${turn}
      .said=${said}
      .original=${this.mode === "correct" ? (this.original?.turns.find((one) => one.turn_id === turn.id) ?? null) : null}
      .bench=${this.bench}
      .problems=${this.#problemsOf(index)}
      .editable=${this.mode !== "review"}
      .last=${last}
      @turn-changed=${(event: CustomEvent<TurnChanged>) => this.#onTurn(index, event)}
    ></rate-turn>`;
    const prompt = html`<div class="said prompt"><h2 class="who">${turns.length > 1 ? t("Turn {n}", { n: index + 1 }) : this.#who(turn)}</h2><div class="words" dir="auto" data-reading>${turn.prompt}</div></div>`;
    if (last || !this.#isWorking()) return html`<section class="turn" aria-label=${t("Turn {n}", { n: index + 1 })}>${prompt}${body}</section>`;
    return this.#earlier(turn, said, index, body);
  }

  // A turn that another one followed: its prompt and what it went on with; the rest unfolds.
  #earlier(turn: Turn, said: TurnAnswer, index: number, body: unknown): unknown {
    const wrong = this.#problemsOf(index).length;
    const chosen = said.continue_from;
    const text = chosen === IDEAL ? said.ideal : turn.responses.find((one) => one.id === chosen)?.text;
    const from = chosen === IDEAL ? t("your ideal response") : chosen ? nameOf(turn, chosen) : "";
    return html`<section class="turn earlier" aria-label=${t("Turn {n}", { n: index + 1 })}>
      <div class="said prompt"><h2 class="who">${t("Turn {n}", { n: index + 1 })}</h2><div class="words" dir="auto">${turn.prompt}</div></div>
      ${text ? html`<div class="said model"><span class="who">${t("went on from {response}", { response: from })}</span><rich-text .text=${text}></rich-text></div>` : nothing}
      <details class="fold" ?open=${this.opened.has(turn.id)} @toggle=${(event: Event) => this.#onFold(turn.id, event)}>
        <summary>${t("Ratings and ideal response of turn {n}", { n: index + 1 })}${wrong > 0 ? html` <span class="pill warn">${tn("{count} thing missing", "{count} things missing", wrong)}</span>` : nothing}</summary>
        ${this.opened.has(turn.id) ? body : nothing}
      </details>
    </section>`;
  }

  #givenPrompt(prompt: string): unknown {
    return html`<section class="turn">
      <div class="said prompt"><h2 class="who">${t("The prompt")}</h2><div class="words" dir="auto" data-reading>${prompt}</div></div>
      ${this.promptProblems.length > 0
        ? html`<div class="notice warn" role="alert">${icon("alert")}<div class="body">${this.promptProblems.map((one) => html`<p>${one.message}</p>`)}</div>
            <div class="actions"><button type="button" ?disabled=${this.sending} @click=${() => this.#ask(prompt, null)}>${t("Ask the models")}</button></div></div>`
        : html`<p class="muted"><span class="spinner"></span> ${t("Asking the models")}</p>`}
    </section>`;
  }

  // What is to come, before there is anything.
  #ahead(): unknown {
    const { responses, ideal } = this.#settings();
    return html`<div class="ahead">
      <p class="muted">${ideal === "off"
        ? t("{n} responses will be written here side by side. You tag what is wrong in each and rate it.", { n: responses })
        : t("{n} responses will be written here side by side. You tag what is wrong in each, rate it, and write the ideal one.", { n: responses })}</p>
      <div class="ghosts" aria-hidden="true">${Array.from({ length: Math.min(4, responses) }, () => html`<span></span>`)}</div>
    </div>`;
  }

  #composer(answer: Answer): unknown {
    const assignment = this.assignment;
    if (!assignment || this.mode === "review" || this.mode === "correct") return nothing;
    const settings = this.#settings();
    const { turns, item } = assignment;
    const last = turns.at(-1) ?? null;
    if (turns.length >= settings.max_turns || (!last && item.content.prompt)) return nothing;
    const given = item.content.follow_ups[turns.length - 1];
    return html`<rate-composer
      .value=${answer.next_prompt}
      .last=${last}
      .said=${answer.turns.at(-1) ?? null}
      .suggestions=${last && given ? [given] : []}
      .problems=${this.promptProblems.length > 0 ? this.promptProblems : this.shownProblems.filter((one) => one.path === "next_prompt" || one.path === "turns")}
      .sending=${this.sending}
      .optional=${turns.length >= settings.min_turns}
      .withideal=${settings.ideal !== "off"}
      @prompt-changed=${(event: CustomEvent<string>) => this.#onPrompt(event.detail)}
      @continue-changed=${(event: CustomEvent<string>) => this.#onContinue(event.detail)}
      @prompt-sent=${(event: CustomEvent<PromptSent>) => this.#ask(event.detail.prompt, event.detail.continue_from)}
    ></rate-composer>`;
  }

  // Changes.

  #onTurn(index: number, event: CustomEvent<TurnChanged>): void {
    event.stopPropagation();
    const { said, kind, path } = event.detail;
    this.#replaceTurn(index, said, kind, path);
  }

  #replaceTurn(index: number, said: TurnAnswer, kind: ChangeKind, path: string): void {
    const answer = this.#answer();
    this.#change({ ...answer, turns: answer.turns.map((turn, at) => (at === index ? said : turn)) }, kind, `turns.${index}.${path}`);
  }

  #onPrompt(next_prompt: string): void {
    this.promptProblems = [];
    this.#change({ ...this.#answer(), next_prompt }, "text", "next_prompt");
  }

  #onContinue(continue_from: string): void {
    const index = (this.assignment?.turns.length ?? 0) - 1;
    const said = this.#answer().turns[index];
    if (said) this.#replaceTurn(index, { ...said, continue_from }, "mark", "continue_from");
  }

  #onFold(id: string, event: Event): void {
    const next = new Set(this.opened);
    if ((event.target as HTMLDetailsElement).open) next.add(id);
    else next.delete(id);
    if (next.size !== this.opened.size) this.opened = next;
  }

  #change(value: Answer, kind: ChangeKind, path: string): void {
    this.value = value;
    valueChanged(this, { value, kind, path });
  }

  async #ask(prompt: string, from: string | null): Promise<void> {
    if (!this.bench || this.sending) return;
    const answer = this.#answer();
    const last = answer.turns.length - 1;
    const said = answer.turns[last];
    if (said && from && said.continue_from !== from) this.#replaceTurn(last, { ...said, continue_from: from }, "mark", "continue_from");
    this.sending = true;
    this.promptProblems = [];
    try {
      await this.bench.ask({ prompt, continue_from: from, ideal: from === IDEAL ? (said?.ideal ?? null) : null });
      const next = this.#answer();
      if (next.next_prompt !== "") this.#change({ ...next, next_prompt: "" }, "mark", "next_prompt");
      await this.updateComplete;
      const asked = this.assignment?.turns.at(-1);
      if (asked) this.#turnElement(asked.id)?.focusResponse(asked.responses[0]?.id ?? "");
    } catch (error) {
      if (!(error instanceof TurnRefused)) throw error;
      this.promptProblems = error.fields.length > 0 ? error.fields : [{ path: "next_prompt", message: error.message }];
    } finally {
      this.sending = false;
    }
  }

  // A given prompt needs nobody to send it.
  async #askGivenPrompt(): Promise<void> {
    const assignment = this.assignment;
    const prompt = assignment?.item.content.prompt;
    if (!assignment || !prompt || !this.bench || !this.#isWorking()) return;
    if (assignment.turns.length > 0 || assignment.state !== "active" || this.#asked === assignment.id) return;
    this.#asked = assignment.id;
    await this.#ask(prompt, null);
  }

  // Finding things.

  #settings(): Settings {
    return (this.assignment as Assignment<ItemContent, Settings, Answer>).form.settings;
  }

  #answer(): Answer {
    return alignedWith(this.assignment?.turns ?? [], this.value);
  }

  // A try-out looks like work.
  #isWorking(): boolean {
    return this.mode === "work" || this.mode === "preview";
  }

  #who(turn: Turn): string {
    return this.#isWorking() && !turn.shared ? t("You asked") : t("The prompt");
  }

  #problemsOf(index: number): Problem[] {
    const start = `turns.${index}.`;
    return this.shownProblems.filter((one) => one.path.startsWith(start)).map((one) => ({ ...one, path: one.path.slice(start.length) }));
  }

  #turnElement(id: string): RateTurn | null {
    return this.querySelector<RateTurn>(`rate-turn[data-turn="${CSS.escape(id)}"]`);
  }

  // The turn that has the focus, else the one being written or judged last.
  #keyTurn(): RateTurn | null {
    const focused = document.activeElement?.closest<RateTurn>("rate-turn");
    if (focused && this.contains(focused)) return focused;
    const turns = this.assignment?.turns ?? [];
    const open = turns.find((turn) => turn.responses.some(isWriting)) ?? turns.at(-1);
    return open ? this.#turnElement(open.id) : null;
  }

  #composerElement(): RateComposer | null {
    return this.querySelector("rate-composer");
  }

  #focusComposer(): boolean {
    this.#composerElement()?.focus();
    return this.#composerElement() !== null;
  }
}
