import { LightElement, MediaController, NARROW, addStyles, customElement, html, icon, live, nothing, property, repeat, state, t, type KeyHelp, type PropertyValues } from "@preceptor/ui";
import "@preceptor/fields/ranking";
import "@preceptor/fields/rating";
import "@preceptor/fields/text";
import { conversation } from "../../conversation.ts";
import { placeOf } from "../../fields/ranking/order.ts";
import { labelIn, valueChanged, type Assignment, type Bench, type ChangeKind, type Problem, type Progress, type Response, type TaskWidget, type Turn, type WidgetMode } from "../../widget.ts";
import { STRENGTHS, allTied, chosenNext, filled, firstWords, missing, nameOf, prefers, progressOf, waiting, withRanking, type Answer, type ItemContent, type Settings } from "./value.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "compare-responses-widget";

/** Longer texts are cut off on a phone until they are opened. Characters. */
const LONG = 700;

/** Given responses side by side, to be put in order; on a phone below each other. */
@customElement(tag)
export class CompareResponsesWidget extends LightElement implements TaskWidget<Answer> {
  @property({ attribute: false }) assignment: Assignment<ItemContent, Settings, Answer> | null = null;
  @property({ attribute: false }) value: Answer | null = null;
  @property({ attribute: false }) original: Answer | null = null;
  @property() mode: WidgetMode = "work";
  @property({ attribute: false }) bench: Bench | null = null;
  @state() private current = "";
  @state() private opened: ReadonlySet<string> = new Set();
  @state() private shownProblems: readonly Problem[] = [];
  #narrow = new MediaController(this, NARROW);

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("value") && this.shownProblems.length > 0) this.shownProblems = this.problems();
    if (changed.has("assignment") && changed.get("assignment")?.id !== this.assignment?.id) {
      this.shownProblems = [];
      this.opened = new Set();
      this.current = this.#turn()?.responses[0]?.id ?? "";
    }
  }

  override render(): unknown {
    const turn = this.#turn();
    if (!this.assignment || !turn) return nothing;
    const answer = this.#answer();
    return html`
      ${conversation(this.assignment.item.content)}
      <section class="responses" aria-label=${t("Responses")}>
        <div class="answers of-${turn.responses.length}">
          ${repeat(
            turn.responses,
            (one) => one.id,
            (one) => this.#card(turn, one, answer),
          )}
        </div>
      </section>
      ${this.#order(turn, answer)} ${this.#strength(answer)} ${this.#rationale(answer)}
    `;
  }

  // What the page asks of a widget.

  problems(): Problem[] {
    return this.assignment ? missing(this.#settings(), this.#turn(), this.#answer()) : [];
  }

  showProblems(problems: readonly Problem[]): void {
    this.shownProblems = problems;
  }

  focusProblem(path: string): void {
    const [what = ""] = path.split(".");
    const target = { strength: "rating-field", rationale: "text-field" }[what] ?? "ranking-field";
    const element = this.querySelector<HTMLElement>(target);
    element?.scrollIntoView({ block: "center", behavior: "smooth" });
    element?.focus({ preventScroll: true });
  }

  progress(): Progress {
    return this.assignment ? progressOf(this.#settings(), this.#turn(), this.#answer()) : { done: 0, all: 0 };
  }

  keys(): KeyHelp[] {
    const count = this.#turn()?.responses.length ?? 2;
    const moving: KeyHelp[] = [{ keys: [["←"], ["→"], ["J"], ["K"]], does: t("The response before or after") }];
    if (!this.#editable()) return moving;
    const { ties, all_bad, strength, rationale } = this.#settings();
    return [
      { keys: [[`1–${count}`]], does: t("Give this response the next place, or take its place back") },
      ...moving,
      { keys: [["Alt", "↑"], ["Alt", "↓"]], does: ties ? t("Move the response up or down the ranking; a step ties or unties") : t("Move the response up or down the ranking") },
      ...(ties ? [{ keys: [["="]], does: t("All are equally good") }] : []),
      ...(all_bad ? [{ keys: [["A"]], does: t("All are bad") }] : []),
      ...(strength === "off" ? [] : [{ keys: [["Shift", `1–${STRENGTHS}`]], does: t("How much better the best response is") }]),
      ...(rationale === "off" ? [] : [{ keys: [["C"]], does: t("Say why") }]),
      { keys: [["R"]], does: t("To the ranking") },
    ];
  }

  handleKey(event: KeyboardEvent): boolean {
    const turn = this.#turn();
    if (!turn || event.ctrlKey || event.metaKey) return false;
    if (event.altKey) return this.#altKey(event.key);
    const inChoice = event.target instanceof HTMLInputElement && event.target.type === "radio";
    const by = inChoice ? undefined : { ArrowRight: document.dir === "rtl" ? -1 : 1, ArrowLeft: document.dir === "rtl" ? 1 : -1, j: 1, k: -1, J: 1, K: -1 }[event.key];
    if (by !== undefined) return this.#goTo(turn, by);
    if (!this.#editable()) return false;
    // With Shift the layout decides which sign a digit's key makes; the key itself counts.
    const digit = Number(/^Digit(\d)$/.exec(event.code)?.[1] ?? event.key);
    if (event.shiftKey && digit >= 1 && digit <= STRENGTHS) return this.#setStrength(digit);
    const response = turn.responses[digit - 1];
    if (!event.shiftKey && response) {
      this.#place(turn, response.id);
      return true;
    }
    const { ties, all_bad } = this.#settings();
    switch (event.key.toLowerCase()) {
      case "=":
        if (ties) this.#setRanking(allTied(turn));
        return ties;
      case "a":
        if (all_bad) this.#change({ ...this.#answer(), all_bad: !this.#answer().all_bad }, "mark", "all_bad");
        return all_bad;
      case "c":
        this.querySelector<HTMLElement>("text-field")?.focus();
        return true;
      case "r":
        this.querySelector<HTMLElement>("ranking-field")?.focus();
        return true;
      default:
        return false;
    }
  }

  // Parts.

  #card(turn: Turn, response: Response, answer: Answer): unknown {
    const name = nameOf(turn, response.id);
    const place = placeOf(answer.ranking, response.id);
    const tied = (answer.ranking[place]?.length ?? 0) > 1;
    const long = this.#narrow.matches && response.text.length > LONG;
    const isOpen = !long || this.opened.has(response.id);
    return html`<article
      class="answer card ${this.current === response.id ? "current" : ""}"
      id="response-${response.id}"
      data-response=${response.id}
      tabindex="-1"
      aria-label=${name}
      @focusin=${() => (this.current = response.id)}
      @pointerdown=${() => (this.current = response.id)}
    >
      <div class="top"><h3>${name}</h3>${place >= 0 && !answer.all_bad ? html`<span class="pill ${place === 0 ? "good" : ""}">${tied ? t("Place {place}, shared", { place: place + 1 }) : t("Place {place}", { place: place + 1 })}</span>` : nothing}</div>
      <div class="text ${isOpen ? "" : "cut"}" data-reading>
        ${response.text.trim() ? html`<rich-text .text=${response.text}></rich-text>` : html`<p class="muted">${t("This response is empty.")}</p>`}
      </div>
      ${long ? html`<button type="button" class="quiet tiny more" aria-expanded=${String(isOpen)} @click=${() => this.#toggle(response.id)}>${icon("chevron-down")}${isOpen ? t("Show less") : t("Show all of it")}</button>` : nothing}
      ${this.#editable() ? this.#placeButton(turn, response, answer, name) : nothing}
    </article>`;
  }

  #placeButton(turn: Turn, response: Response, answer: Answer, name: string): unknown {
    const placed = placeOf(answer.ranking, response.id) >= 0;
    const next = answer.ranking.length + 1;
    const label = placed ? t("Take the place of {response} back", { response: name }) : t("Give {thing} place {place}", { thing: name, place: next });
    const words = placed ? t("Take back") : next === 1 ? t("This one is best") : t("Place {place}", { place: next });
    return html`<div class="foot"><button type="button" class=${placed ? "quiet" : ""} aria-label=${label} @click=${() => this.#place(turn, response.id)}>${placed ? icon("undo", { turns: true }) : nothing}${words}</button></div>`;
  }

  #order(turn: Turn, answer: Answer): unknown {
    const settings = this.#settings();
    const things = turn.responses.map((one) => ({ id: one.id, name: nameOf(turn, one.id), about: firstWords(one.text) }));
    const editable = this.#editable();
    const wrong = this.#wrong("ranking") ?? this.#wrong("all_bad");
    return html`<section class="order" aria-label=${t("Order")}>
      <div class="head">
        <h3>${labelIn(settings.question)}</h3>
        ${editable && settings.ties ? html`<button type="button" class="tiny" @click=${() => this.#setRanking(allTied(turn))}>${t("All equally good")}</button>` : nothing}
        ${editable && answer.ranking.length > 0 ? html`<button type="button" class="quiet tiny" @click=${() => this.#setRanking([])}>${t("Start anew")}</button>` : nothing}
        ${settings.all_bad && (editable || answer.all_bad)
          ? html`<label class="check bad-all"><input type="checkbox" .checked=${live(answer.all_bad)} ?disabled=${!editable} @change=${(event: Event) => this.#change({ ...answer, all_bad: (event.target as HTMLInputElement).checked }, "mark", "all_bad")} /><span>${t("All are bad")}</span></label>`
          : nothing}
      </div>
      <ranking-field
        class=${answer.all_bad ? "faded" : ""}
        takes
        .ties=${settings.ties}
        .things=${things}
        .value=${answer.ranking}
        .label=${t("Responses, best first")}
        ?readonly=${!editable}
        @field-changed=${(event: CustomEvent<string[][]>) => this.#ranked(turn, event.detail)}
        @thing-opened=${(event: CustomEvent<string>) => this.#show(event.detail)}
      ></ranking-field>
      ${answer.all_bad ? html`<small>${t("No response is preferred over another.")}</small>` : nothing}
      ${wrong ? html`<p class="bad small" role="alert">${icon("alert")} ${wrong}</p>` : nothing}
      ${this.#was(turn)}
    </section>`;
  }

  // In a correction: the order as it was given.
  #was(turn: Turn): unknown {
    if (this.mode !== "correct" || !this.original) return nothing;
    const order = this.original.ranking.map((group) => group.map((id) => nameOf(turn, id)).join(" = ")).join(" › ");
    return order ? html`<small class="muted">${t("The trainer’s order: {order}", { order })}</small>` : nothing;
  }

  #strength(answer: Answer): unknown {
    const settings = this.#settings();
    if (settings.strength === "off" || !prefers(answer) || (!this.#editable() && answer.strength === null)) return nothing;
    const wrong = this.#wrong("strength");
    return html`<section class="strength" aria-label=${t("How much better")}>
      <h3>${t("How much better is the first place than the second?")}${settings.strength === "optional" && this.#editable() ? html` <span class="optional">${t("optional")}</span>` : nothing}</h3>
      <rating-field
        .settings=${{ points: STRENGTHS, low: settings.weakest, high: settings.strongest }}
        .value=${answer.strength}
        .original=${this.mode === "correct" ? (this.original?.strength ?? null) : null}
        .label=${t("How much better is the first place than the second?")}
        .invalid=${wrong !== undefined}
        ?readonly=${!this.#editable()}
        @field-changed=${(event: CustomEvent<number | null>) => this.#change({ ...answer, strength: event.detail }, "mark", "strength")}
      ></rating-field>
      ${wrong ? html`<p class="bad small" role="alert">${icon("alert")} ${wrong}</p>` : nothing}
    </section>`;
  }

  #rationale(answer: Answer): unknown {
    const settings = this.#settings();
    if (settings.rationale === "off" || (!this.#editable() && !answer.rationale)) return nothing;
    const wrong = this.#wrong("rationale");
    return html`<section class="why" aria-label=${t("Reason")}>
      <h3>${t("Why?")}${settings.rationale === "optional" && this.#editable() ? html` <span class="optional">${t("optional")}</span>` : nothing}</h3>
      <text-field
        silent
        .rows=${2}
        .label=${t("Why this order?")}
        .value=${answer.rationale}
        .invalid=${wrong !== undefined}
        .placeholder=${t("What makes the best one better?")}
        ?readonly=${!this.#editable()}
        @field-changed=${(event: CustomEvent<string>) => this.#change({ ...answer, rationale: event.detail }, "text", "rationale")}
      ></text-field>
      ${wrong ? html`<p class="bad small" role="alert">${icon("alert")} ${wrong}</p>` : nothing}
    </section>`;
  }

  // What the person does.

  #place(turn: Turn, id: string): void {
    this.current = id;
    this.#setRanking(chosenNext(turn, this.#answer().ranking, id));
  }

  // The last one left has only one place to go to.
  #ranked(turn: Turn, ranking: string[][]): void {
    const left = waiting(turn, ranking);
    const grew = left.length < waiting(turn, this.#answer().ranking).length;
    const [last] = left;
    this.#setRanking(grew && left.length === 1 && last !== undefined ? [...ranking, [last]] : ranking);
  }

  #setRanking(ranking: readonly (readonly string[])[]): void {
    const answer = this.#answer();
    this.#change({ ...withRanking(answer, ranking), all_bad: ranking.length > 0 ? answer.all_bad : false }, "mark", "ranking");
  }

  #setStrength(strength: number): boolean {
    const answer = this.#answer();
    if (this.#settings().strength === "off" || !prefers(answer)) return false;
    this.#change({ ...answer, strength }, "mark", "strength");
    return true;
  }

  #altKey(key: string): boolean {
    if (!this.#editable() || (key !== "ArrowUp" && key !== "ArrowDown")) return false;
    this.querySelector("ranking-field")?.step(this.current, key === "ArrowUp" ? -1 : 1);
    return true;
  }

  #goTo(turn: Turn, by: number): boolean {
    const ids = turn.responses.map((one) => one.id);
    const next = ids[Math.max(0, Math.min(ids.length - 1, ids.indexOf(this.current) + by))];
    if (next) this.#show(next);
    return true;
  }

  #show(id: string): void {
    this.current = id;
    const card = this.querySelector<HTMLElement>(`[data-response="${CSS.escape(id)}"]`);
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: this.#narrow.matches ? "start" : "nearest", behavior: "smooth" });
  }

  #toggle(id: string): void {
    const next = new Set(this.opened);
    if (!next.delete(id)) next.add(id);
    this.opened = next;
  }

  #change(value: Answer, kind: ChangeKind, path: string): void {
    this.value = value;
    valueChanged(this, { value, kind, path });
  }

  // Finding things.

  #turn(): Turn | undefined {
    return this.assignment?.turns[0];
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
    return this.shownProblems.find((one) => one.path === path || one.path.startsWith(`${path}.`))?.message;
  }
}
