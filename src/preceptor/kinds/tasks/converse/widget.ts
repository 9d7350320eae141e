import { LightElement, MediaController, addStyles, customElement, html, nothing, property, repeat, state, type KeyHelp, type PropertyValues } from "@preceptor/ui";
import "@preceptor/fields/rating";
import "@preceptor/fields/tags";
import "@preceptor/fields/text";
import { TurnRefused, valueChanged, type Assignment, type Bench, type ChangeKind, type Problem, type Progress, type TaskWidget, type Turn, type WidgetMode } from "../../widget.ts";
import { beside } from "./beside.ts";
import { before, composer, elsewhere, given, whole } from "./chat.ts";
import type { ConverseComposer } from "./composer.ts";
import type { Said } from "./judging.ts";
import { importedTree } from "./imported.ts";
import { keyActions, keyHelp } from "./keys.ts";
import { turnView, type Placed } from "./turn.ts";
import { IDEAL, START, alignedWith, choiceIn, emptyTurn, endOf, isBlank, isUsable, lineTo, missing, newestBelow, progressOf, type Answer, type ItemContent, type Settings, type TurnAnswer } from "./value.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "converse-widget";

/** A chat led to a brief: each answer is judged, any earlier one can be gone on from, and the whole is judged at the end. */
@customElement(tag)
export class ConverseWidget extends LightElement implements TaskWidget<Answer> {
  @property({ attribute: false }) assignment: Assignment<ItemContent, Settings, Answer> | null = null;
  @property({ attribute: false }) value: Answer | null = null;
  @property({ attribute: false }) original: Answer | null = null;
  @property() mode: WidgetMode = "work";
  @property({ attribute: false }) bench: Bench | null = null;
  readonly showsBrief = true;
  @state() sending = false;
  @state() current = "";
  @state() promptProblems: readonly Problem[] = [];
  @state() shownProblems: readonly Problem[] = [];
  @state() private opened: ReadonlySet<string> = new Set();
  /** Where nothing is written down: the branch somebody looks at. */
  @state() looking: string | null = null;
  #asked = "";
  #wide = new MediaController(this, "(width > 64rem)");

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
    if (!this.assignment) return nothing;
    const line = this.#shownLine();
    return html`<div class="frame">
      ${beside(this, line)}
      <div class="chat ${this.settings.responses > 1 ? "wide" : ""}">
        ${before(this)}
        ${!this.isWorking && this.turns.length === 0 && this.content.tree ? importedTree(this.content.tree) : nothing}
        ${repeat(
          line,
          (turn) => turn.id,
          (_turn, place) => turnView(this, this.#placed(line, place)),
        )}
        ${this.isWorking && this.turns.length === 0 && this.givenPrompt !== null ? given(this, this.givenPrompt) : nothing}
        ${elsewhere(this, line)} ${composer(this, line)} ${whole(this, line)}
      </div>
    </div>`;
  }

  // What the parts of this widget ask of it.

  get settings(): Settings {
    return (this.assignment as Assignment<ItemContent, Settings, Answer>).form.settings;
  }

  get content(): ItemContent {
    return (this.assignment as Assignment<ItemContent, Settings, Answer>).item.content;
  }

  get turns(): readonly Turn[] {
    return this.assignment?.turns ?? [];
  }

  get givenPrompt(): string | null {
    return this.content.prompt;
  }

  /** A try-out looks like work. */
  get isWorking(): boolean {
    return this.mode === "work" || this.mode === "preview";
  }

  get editable(): boolean {
    return this.mode !== "review";
  }

  /** Whether there is room beside the chat. */
  get isWide(): boolean {
    return this.#wide.matches;
  }

  /** Whether new turns can hang anywhere. */
  get canBranch(): boolean {
    return this.isWorking && this.bench !== null && this.settings.branches;
  }

  /** The line that is, or was, handed in. */
  get finalLine(): Turn[] {
    return lineTo(this.turns, endOf(this.turns, this.answer));
  }

  hasOpenComment(id: string): boolean {
    return this.opened.has(`comment ${id}`);
  }

  isWritingIdeal(turnId: string): boolean {
    return this.opened.has(`ideal ${turnId}`);
  }

  isWrong(path: string): boolean {
    return this.problemAt(path) !== "";
  }

  problemAt(path: string): string {
    return this.shownProblems.find((problem) => problem.path === path)?.message ?? "";
  }

  makeCurrent(id: string): void {
    this.current = id;
  }

  // What the person does.

  judge(index: number, id: string, what: keyof Said, value: Said[keyof Said]): void {
    const name = ({ rating: "ratings", tags: "tags", comment: "comments" } as const)[what];
    const isEmpty = value === null || value === "" || (Array.isArray(value) && value.length === 0);
    this.#changeTurn(index, `${name}.${id}`, what === "comment" ? "text" : "mark", (said) => {
      const given: Record<string, unknown> = { ...said[name], [id]: value };
      if (isEmpty) delete given[id];
      return { ...said, [name]: given };
    });
  }

  choose(index: number, id: string): void {
    this.#changeTurn(index, "chosen", "mark", (said) => ({ ...said, chosen: id }));
  }

  openComment(id: string): void {
    this.#open(`comment ${id}`);
    const place = id === "" ? ".whole" : `#response-${CSS.escape(id)}`;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`${place} text-field.comment`)?.focus());
  }

  /** Starts a response of one's own from a model's. */
  improve(index: number, id: string): void {
    const turn = this.turns[index];
    const response = turn?.responses.find((one) => one.id === id);
    if (!turn || !response || !isUsable(response) || this.settings.ideal === "off" || !this.editable) return;
    const said = this.answer.turns[index];
    this.#open(`ideal ${turn.id}`);
    if (isBlank(said?.ideal)) this.#changeTurn(index, "ideal", "mark", (one) => ({ ...one, ideal: response.text, ideal_start: id, chosen: IDEAL }));
    this.#focusIdeal(turn.id);
  }

  writeIdeal(index: number, text: string): void {
    this.#changeTurn(index, "ideal", "text", (said) => ({ ...said, ideal: text === "" ? null : text }));
  }

  dropIdeal(index: number): void {
    const turn = this.turns[index];
    if (turn) this.opened = new Set([...this.opened].filter((one) => one !== `ideal ${turn.id}`));
    this.#changeTurn(index, "ideal", "mark", (said) => ({ ...said, ideal: null, ideal_start: null, chosen: said.chosen === IDEAL ? null : said.chosen }));
  }

  /** Ends the line at this turn, so that the next message goes on from there. */
  goOnFrom(turn: Turn, response: string): void {
    const index = this.turns.indexOf(turn);
    const answer = this.answer;
    const turns = answer.turns.map((said, at) => (at === index ? { ...said, chosen: response } : said));
    this.change({ ...answer, turns, end: turn.id }, "mark", "end");
    this.#focusComposer();
  }

  /** Asks once more from where this message was asked, with its words to be changed. */
  askAnew(turn: Turn): void {
    const answer = this.answer;
    const parent = this.turns.findIndex((one) => one.id === turn.parent);
    const turns = answer.turns.map((said, at) => (at === parent ? { ...said, chosen: turn.continue_from } : said));
    this.change({ ...answer, turns, end: turn.parent ?? START, next_prompt: turn.prompt }, "mark", "end");
    this.#focusComposer();
  }

  /** Shows a way on from the turn before, down to its newest end. */
  showBranch(turn: Turn): void {
    this.#showEnd(newestBelow(this.turns, turn.id));
  }

  /** Shows a turn on whichever branch it stands, and goes there. */
  showTurn(turn: Turn): void {
    if (!this.#shownLine().includes(turn)) this.#showEnd(newestBelow(this.turns, turn.id));
    void this.updateComplete.then(() => this.focusResponse(turn.responses[0]?.id ?? ""));
  }

  focusResponse(id: string): void {
    if (id === "") return;
    this.current = id;
    const article = this.querySelector<HTMLElement>(`#response-${CSS.escape(id)}`);
    article?.focus({ preventScroll: true });
    article?.scrollIntoView({ block: "nearest", inline: "center", behavior: "smooth" });
  }

  /** The responses on the line that is shown, in reading order. */
  get shownResponses(): string[] {
    return this.#shownLine().flatMap((turn) => turn.responses.map((one) => one.id));
  }

  /** The turn of a response, as it stands on the line. */
  placedOf(id: string): Placed | null {
    const line = this.#shownLine();
    const place = line.findIndex((turn) => turn.responses.some((one) => one.id === id));
    return place < 0 ? null : this.#placed(line, place);
  }

  focusComposer(): boolean {
    this.#focusComposer();
    return this.querySelector("converse-composer") !== null;
  }

  focusWhole(): void {
    const whole = this.querySelector<HTMLElement>(".whole");
    whole?.scrollIntoView({ block: "center", behavior: "smooth" });
    whole?.querySelector<HTMLElement>("rating-field, tags-field, text-field")?.focus();
  }

  // What the page asks of a widget.

  problems(): Problem[] {
    return this.assignment ? missing(this.settings, this.turns, this.answer) : [];
  }

  showProblems(problems: readonly Problem[]): void {
    this.shownProblems = problems;
  }

  progress(): Progress {
    return this.assignment ? progressOf(this.settings, this.turns, this.answer) : { done: 0, all: 0 };
  }

  focusProblem(path: string): void {
    const [head, index, what, id] = path.split(".");
    if (head === "rating" || head === "tags" || head === "comment") return this.focusWhole();
    const turn = head === "turns" ? this.turns[Number(index)] : undefined;
    if (!turn) return this.#focusComposer();
    if (!this.#shownLine().includes(turn)) this.#showEnd(newestBelow(this.turns, turn.id));
    if (what === "ideal") return this.#focusIdeal(turn.id);
    void this.updateComplete.then(() => {
      this.focusResponse(id ?? turn.responses[0]?.id ?? "");
      const field = { ratings: "rating-field", tags: "tags-field" }[what ?? ""];
      if (what === "comments" && id) this.openComment(id);
      else if (field) this.querySelector<HTMLElement>(`#response-${CSS.escape(id ?? "")} ${field}`)?.focus();
    });
  }

  keys(): KeyHelp[] {
    return keyHelp(this);
  }

  handleKey(event: KeyboardEvent): boolean {
    return keyActions(this, event);
  }

  // Changes.

  #changeTurn(index: number, path: string, kind: ChangeKind, change: (said: TurnAnswer) => TurnAnswer): void {
    if (!this.editable) return;
    const answer = this.answer;
    this.change({ ...answer, turns: answer.turns.map((said, at) => (at === index ? change(said) : said)) }, kind, `turns.${index}.${path}`);
  }

  typePrompt(next_prompt: string): void {
    this.promptProblems = [];
    this.change({ ...this.answer, next_prompt }, "text", "next_prompt");
  }

  #showEnd(end: string): void {
    if (this.isWorking) this.change({ ...this.answer, end }, "mark", "end");
    else this.looking = end;
  }

  change(value: Answer, kind: ChangeKind, path: string): void {
    this.value = value;
    valueChanged(this, { value, kind, path });
  }

  async ask(prompt: string): Promise<void> {
    if (!this.bench || this.sending) return;
    const line = this.#shownLine();
    const last = line.at(-1);
    const from = last ? this.choiceAt(line, line.length - 1) : null;
    const ideal = from === IDEAL && last ? (this.answer.turns[this.turns.indexOf(last)]?.ideal ?? null) : null;
    const parent = last ? last.id : this.turns.length > 0 ? START : null;
    const known = new Set(this.turns.map((turn) => turn.id));
    this.sending = true;
    this.promptProblems = [];
    try {
      await this.bench.ask({ prompt, continue_from: from, ideal, parent });
      const asked = this.turns.find((turn) => !known.has(turn.id)) ?? this.turns.at(-1);
      // What was typed while the request was on its way stays.
      const { next_prompt } = this.answer;
      this.change({ ...this.answer, end: asked?.id ?? null, next_prompt: next_prompt === prompt ? "" : next_prompt }, "mark", "end");
      await this.updateComplete;
      if (next_prompt === prompt) this.focusResponse(asked?.responses[0]?.id ?? "");
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
    if (!assignment || !prompt || !this.bench || !this.isWorking) return;
    if (assignment.turns.length > 0 || assignment.state !== "active" || this.#asked === assignment.id) return;
    this.#asked = assignment.id;
    await this.ask(prompt);
  }

  // Finding things.

  get answer(): Answer {
    return alignedWith(this.turns, this.value);
  }

  #shownLine(): Turn[] {
    return this.isWorking || this.looking === null ? this.finalLine : lineTo(this.turns, this.looking);
  }

  #placed(line: readonly Turn[], place: number): Placed {
    const turn = line[place] as Turn;
    const index = this.turns.indexOf(turn);
    const original = this.mode === "correct" ? (this.original?.turns.find((one) => one.turn_id === turn.id) ?? emptyTurn(turn)) : null;
    return { turn, said: this.answer.turns[index] ?? emptyTurn(turn), original, index, place, next: line[place + 1] };
  }

  choiceAt(line: readonly Turn[], place: number): string | null {
    const { turn, said, next } = this.#placed(line, place);
    return choiceIn(turn, said, next);
  }

  #open(what: string): void {
    this.opened = new Set([...this.opened, what]);
  }

  #focusIdeal(turnId: string): void {
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-ideal="${CSS.escape(turnId)}"] text-field`)?.focus());
  }

  #focusComposer(): void {
    void this.updateComplete.then(() => {
      const composer = this.querySelector<ConverseComposer>("converse-composer");
      composer?.focus();
      composer?.scrollIntoView({ block: "nearest", behavior: "smooth" });
    });
  }
}
