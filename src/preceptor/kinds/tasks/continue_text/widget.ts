import { LightElement, addStyles, customElement, html, icon, live, nothing, property, repeat, state, t, tn, type KeyHelp, type PropertyValues } from "@preceptor/ui";
import "@preceptor/fields/text";
import { TurnRefused, valueChanged, type Assignment, type Bench, type ChangeKind, type Problem, type Progress, type Response, type TaskWidget, type Turn, type WidgetMode } from "../../widget.ts";
import { candidatesOf, continuation, failedOf, filled, isGathering, missing, progressOf, seam, type Answer, type ItemContent, type Settings } from "./value.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "continue-text-widget";

/** A text that stops, candidates for what comes next, and room to write it. */
@customElement(tag)
export class ContinueTextWidget extends LightElement implements TaskWidget<Answer> {
  @property({ attribute: false }) assignment: Assignment<ItemContent, Settings, Answer> | null = null;
  @property({ attribute: false }) value: Answer | null = null;
  @property({ attribute: false }) original: Answer | null = null;
  @property() mode: WidgetMode = "work";
  @property({ attribute: false }) bench: Bench | null = null;
  @state() private shownProblems: readonly Problem[] = [];
  @state() private refused = "";
  #asked = "";

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("value") && this.shownProblems.length > 0) this.shownProblems = this.problems();
    if (changed.has("assignment") && changed.get("assignment")?.id !== this.assignment?.id) {
      this.shownProblems = [];
      this.refused = "";
    }
  }

  override updated(): void {
    void this.#askOnce();
  }

  override render(): unknown {
    if (!this.assignment) return nothing;
    const answer = this.#answer();
    const turn = this.#turn();
    return html`${this.#text(turn, answer)} ${this.#candidates(turn, answer)} ${this.#writing(answer)}`;
  }

  // What the page asks of a widget.

  problems(): Problem[] {
    return this.assignment ? missing(this.#settings(), this.#turn(), this.#answer()) : [];
  }

  showProblems(problems: readonly Problem[]): void {
    this.shownProblems = problems;
  }

  focusProblem(path: string): void {
    const choice = this.querySelector<HTMLElement>(".candidates input:checked, .candidates input");
    const target = path === "written" || !choice ? this.querySelector<HTMLElement>("text-field") : choice;
    target?.focus({ preventScroll: true });
    target?.closest("section")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  progress(): Progress {
    return this.assignment ? progressOf(this.#settings(), this.#turn(), this.#answer()) : { done: 0, all: 0 };
  }

  keys(): KeyHelp[] {
    const { way, none_fits } = this.#settings();
    if (!this.#editable()) return [];
    const count = Math.max(1, candidatesOf(this.#turn()).length);
    return [
      ...(way === "write" ? [] : [{ keys: [[`1–${count}`]], does: t("Choose this candidate") }]),
      ...(way !== "write" && none_fits ? [{ keys: [["0"]], does: t("None of these fits") }] : []),
      ...(way === "choose" ? [] : [{ keys: [["I"]], does: t("Write how the text goes on") }]),
    ];
  }

  handleKey(event: KeyboardEvent): boolean {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !this.#editable()) return false;
    const { way, none_fits } = this.#settings();
    if (event.key.toLowerCase() === "i" && way !== "choose") {
      this.querySelector<HTMLElement>("text-field")?.focus();
      return true;
    }
    if (way === "write") return false;
    if (event.key === "0" && none_fits) {
      this.#choose(null, true);
      return true;
    }
    const chosen = candidatesOf(this.#turn())[Number(event.key) - 1];
    if (chosen) this.#choose(chosen.id, false);
    return chosen !== undefined;
  }

  // Parts.

  #text(turn: Turn | undefined, answer: Answer): unknown {
    const { text } = (this.assignment as Assignment<ItemContent>).item.content;
    const next = continuation(turn, answer);
    return html`<section class="page card" aria-label=${t("The text")} data-reading>
      <p class="running" dir="auto">${text}${next ? html`${seam(text, next)}<ins class="next">${next}</ins>` : html`<span class="stop" aria-hidden="true"></span>`}</p>
    </section>`;
  }

  #candidates(turn: Turn | undefined, answer: Answer): unknown {
    const { way, none_fits, asks_models } = this.#settings();
    if (way === "write") return nothing;
    const candidates = candidatesOf(turn);
    const gathering = isGathering(turn) || (!turn && asks_models && this.#isWorking() && !this.refused);
    if (candidates.length === 0 && !gathering && !this.refused && failedOf(turn).length === 0) return nothing;
    const wrong = this.#wrong("chosen") ?? this.#wrong("none_fits");
    return html`<section class="candidates" aria-label=${t("Candidates")}>
      <h3>${t("How does it go on?")}${way === "either" && this.#editable() ? html` <span class="optional">${t("or write it below")}</span>` : nothing}</h3>
      ${gathering ? html`<p class="muted" role="status"><span class="spinner"></span> ${t("Gathering the candidates")}</p><div class="skeleton" aria-hidden="true"><span></span><span></span><span></span></div>` : nothing}
      ${candidates.length > 0
        ? html`<div role="radiogroup" aria-label=${t("How does it go on?")} aria-invalid=${wrong ? "true" : nothing}>
            ${repeat(
              candidates,
              (one) => one.id,
              (one, index) => this.#candidate(one, index, answer),
            )}
            ${none_fits && (this.#editable() || answer.none_fits) ? this.#none(answer) : nothing}
          </div>`
        : nothing}
      ${gathering ? nothing : this.#failures(turn)}
      ${wrong ? html`<p class="bad small" role="alert">${icon("alert")} ${wrong}</p>` : nothing}
    </section>`;
  }

  #candidate(one: Response, index: number, answer: Answer): unknown {
    const checked = answer.chosen === one.id;
    const was = this.mode === "correct" && this.original?.chosen === one.id && !checked;
    return html`<label class="candidate card ${checked ? "chosen" : ""}">
      <input type="radio" name="candidate-${this.assignment?.id}" .checked=${live(checked)} ?disabled=${!this.#editable()} aria-label=${t("Candidate {n}", { n: index + 1 })} aria-describedby="candidate-${one.id}" @change=${() => this.#choose(one.id, false)} />
      <span class="n" aria-hidden="true">${index + 1}</span><span class="words" id="candidate-${one.id}" dir="auto" data-reading>${one.text}</span>
      ${was ? html`<span class="pill">${t("the trainer’s choice")}</span>` : nothing}
    </label>`;
  }

  #none(answer: Answer): unknown {
    return html`<label class="candidate card none ${answer.none_fits ? "chosen" : ""}">
      <input type="radio" name="candidate-${this.assignment?.id}" .checked=${live(answer.none_fits)} ?disabled=${!this.#editable()} @change=${() => this.#choose(null, true)} />
      <span class="words">${t("None of these fits")}</span>
    </label>`;
  }

  #failures(turn: Turn | undefined): unknown {
    const failed = failedOf(turn);
    if (this.refused) {
      return html`<div class="notice warn" role="alert">${icon("alert")}<div class="body">${this.refused}</div><div class="actions"><button type="button" @click=${() => void this.#ask()}>${t("Ask again")}</button></div></div>`;
    }
    if (failed.length === 0 || !this.#editable() || !this.bench) return nothing;
    return html`<p class="muted small">${tn("{count} candidate did not arrive.", "{count} candidates did not arrive.", failed.length)}
      <button type="button" class="link" @click=${() => void this.#retry(failed)}>${t("Ask again")}</button></p>`;
  }

  #writing(answer: Answer): unknown {
    const { way, min_words, max_words } = this.#settings();
    if (way === "choose" || (!this.#editable() && !answer.written)) return nothing;
    const wrong = this.#wrong("written");
    const label = t("Your continuation");
    return html`<section class="own" aria-label=${label}>
      <h3>${label}${way === "either" && this.#editable() ? html` <span class="optional">${t("instead of a candidate")}</span>` : nothing}</h3>
      <text-field
        silent
        counts
        .rows=${3}
        .label=${label}
        .value=${answer.written}
        .settings=${{ min_words, max_words }}
        .invalid=${wrong !== undefined}
        .placeholder=${t("Go on where the text stops.")}
        ?readonly=${!this.#editable()}
        @field-changed=${(event: CustomEvent<string>) => this.#change({ ...answer, written: event.detail }, "text", "written")}
      ></text-field>
      ${this.mode === "correct" && this.original?.written && this.original.written !== answer.written ? html`<details class="fold"><summary>${t("What the trainer wrote")}</summary><p class="running" dir="auto">${this.original.written}</p></details>` : nothing}
      ${wrong ? html`<p class="bad small" role="alert">${icon("alert")} ${wrong}</p>` : nothing}
    </section>`;
  }

  // What the person does.

  #choose(chosen: string | null, none_fits: boolean): void {
    this.#change({ ...this.#answer(), chosen, none_fits }, "mark", "chosen");
  }

  #change(value: Answer, kind: ChangeKind, path: string): void {
    this.value = value;
    valueChanged(this, { value, kind, path });
  }

  // The item's own turn is asked when the task is taken; in a try-out nobody has taken it.
  async #askOnce(): Promise<void> {
    const { assignment } = this;
    if (!assignment || this.#turn() || !this.bench || !this.#isWorking() || !this.#settings().asks_models) return;
    if (assignment.state !== "active" || this.#asked === assignment.id) return;
    this.#asked = assignment.id;
    await this.#ask();
  }

  async #ask(): Promise<void> {
    this.refused = "";
    try {
      await this.bench?.ask({ prompt: (this.assignment as Assignment<ItemContent>).item.content.text, continue_from: null, ideal: null });
    } catch (error) {
      if (!(error instanceof TurnRefused)) throw error;
      this.refused = error.fields[0]?.message ?? error.message;
    }
  }

  async #retry(failed: readonly Response[]): Promise<void> {
    for (const one of failed) await this.bench?.retry(one.id);
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

  #isWorking(): boolean {
    return this.mode === "work" || this.mode === "preview";
  }

  #editable(): boolean {
    return this.mode !== "review";
  }

  #wrong(path: string): string | undefined {
    return this.shownProblems.find((one) => one.path === path)?.message;
  }
}
