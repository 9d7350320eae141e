import {
  LightElement, MediaController, NARROW, classMap, customElement, emit, flash, html, live, nothing, property, query, repeat, shownKeys, state, t, tn, type PropertyValues,
} from "@preceptor/ui";
import type { Bench, ChangeKind, Problem, Turn } from "../../widget.ts";
import { judgement, responseCard } from "./card.ts";
import type { IdealChanged, RateIdeal } from "./ideal.ts";
import { IDEAL, emptyTurn, isUsable, isWriting, judgedIds, nameOf, rankingOf, withRanking, withRating, type Settings, type TurnAnswer } from "./value.ts";
import "./ideal.ts";

export interface TurnChanged {
  said: TurnAnswer;
  kind: ChangeKind;
  path: string;
}

/** One turn: the responses side by side (on a phone to be swiped through), their ranking, and the ideal response. */
@customElement("rate-turn")
export class RateTurn extends LightElement {
  @property({ attribute: false }) settings!: Settings;
  @property({ attribute: false }) turn!: Turn;
  @property({ attribute: false }) said!: TurnAnswer;
  /** In a correction: what the trainer said. */
  @property({ attribute: false }) original: TurnAnswer | null = null;
  @property({ attribute: false }) bench: Bench | null = null;
  @property({ attribute: false }) problems: readonly Problem[] = [];
  @property({ type: Boolean }) editable = false;
  /** No turn follows this one. */
  @property({ type: Boolean }) last = false;
  @state() current = "";
  @state() private openComments: ReadonlySet<string> = new Set();
  @state() private announcement = "";
  @query(".answers") private row!: HTMLElement | null;
  @query("rate-ideal") private ideal!: RateIdeal | null;
  #narrow = new MediaController(this, NARROW);

  override willUpdate(changed: PropertyValues<this>): void {
    this.said ??= emptyTurn(this.turn);
    if (!this.turn.responses.some((one) => one.id === this.current)) this.current = this.turn.responses[0]?.id ?? "";
    if (changed.has("turn")) this.#announce(changed.get("turn"));
  }

  override updated(): void {
    for (const card of this.querySelectorAll(".answer")) this.#reach.observe(card);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#reach.disconnect();
  }

  // A judgement sticks to the window's foot only once its card fills part of the window: nobody should judge a text whose
  // beginning has not come into view.
  #reach = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) target.toggleAttribute("data-reached", isIntersecting);
    },
    { rootMargin: "0px 0px -45% 0px" },
  );

  override render(): unknown {
    const { responses } = this.turn;
    const narrow = this.#narrow.matches && responses.length > 1;
    return html`
      <section class="responses" aria-label=${t("Responses")}>
        ${narrow ? this.#pager() : nothing}
        <div class="answers of-${responses.length}" @scroll=${this.#onScroll}>
          ${repeat(
            responses,
            (one) => one.id,
            (one) => responseCard(this, one, !narrow),
          )}
        </div>
        ${narrow ? this.#dock() : nothing}
        <div class="sr-only" role="status">${this.announcement}</div>
      </section>
      ${this.#ranking()}
      ${this.settings.ideal === "off" || (!this.editable && !this.said.ideal && !this.original?.ideal) ? nothing : this.#ideal()}
    `;
  }

  cardId(id: string): string {
    return `response-${id}`;
  }

  isWrong(path: string): boolean {
    return this.problems.some((problem) => problem.path === path);
  }

  makeCurrent(id: string): void {
    this.current = id;
  }

  hasOpenComment(id: string): boolean {
    return this.openComments.has(id);
  }

  // What the person does.

  rate(id: string, rating: number | null): void {
    if (!this.#canJudge(id)) return;
    this.#change(withRating(this.turn, this.said, id, rating), "mark", `ratings.${id}`);
  }

  setErrors(id: string, keys: readonly string[]): void {
    const errors = { ...this.said.errors, [id]: keys };
    if (keys.length === 0) delete errors[id];
    this.#change({ ...this.said, errors }, "mark", `errors.${id}`);
  }

  setComment(id: string, text: string): void {
    const comments = { ...this.said.comments, [id]: text };
    if (text === "") delete comments[id];
    this.#change({ ...this.said, comments }, "text", `comments.${id}`);
  }

  openComment(id: string): void {
    this.openComments = new Set([...this.openComments, id]);
    void this.updateComplete.then(() => this.#judgeOf(id)?.querySelector<HTMLElement>("text-field")?.focus());
  }

  useAsStart(id: string): void {
    const response = this.turn.responses.find((one) => one.id === id);
    if (!this.editable || !response || !isUsable(response) || this.settings.ideal === "off") return;
    const replaced = (this.said.ideal ?? "").trim() !== "" && this.said.ideal !== response.text;
    this.#change({ ...this.said, ideal: response.text, ideal_start: id }, "mark", "ideal");
    if (replaced) flash(t("Your text was replaced. {keys} brings it back.", { keys: shownKeys(["Mod", "Z"]).join(" ") }));
    void this.updateComplete.then(() => this.editIdeal());
  }

  async stop(id: string): Promise<void> {
    await this.bench?.stop(id);
  }

  async retry(id: string): Promise<void> {
    await this.bench?.retry(id);
    this.focusResponse(id);
  }

  toggleAllBad(all_bad = !this.said.all_bad): void {
    if (this.editable) this.#change({ ...this.said, all_bad }, "mark", "all_bad");
  }

  stepRanking(by: -1 | 1): void {
    this.querySelector("ranking-field")?.step(this.current, by);
  }

  // Where the person is.

  /** The response `by` places further, into view and focus. */
  goTo(by: number): void {
    const ids = this.turn.responses.map((one) => one.id);
    const next = ids[Math.max(0, Math.min(ids.length - 1, ids.indexOf(this.current) + by))];
    if (next) this.focusResponse(next);
  }

  focusResponse(id: string): void {
    this.current = id;
    const card = this.querySelector<HTMLElement>(`#${CSS.escape(this.cardId(id))}`);
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest", inline: "center", behavior: "smooth" });
  }

  openErrors(): void {
    this.#judgeOf(this.current)?.querySelector("tags-field")?.open();
  }

  editIdeal(): void {
    this.ideal?.edit();
    this.ideal?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  nextIdealView(): void {
    this.ideal?.nextView();
  }

  focusRanking(): void {
    this.querySelector<HTMLElement>("ranking-field")?.focus();
  }

  /** The place a path such as `ratings.<id>` names, into view and focus. */
  focusPath(path: string): void {
    const [what = "", id] = path.split(".");
    if (what === "ideal" || what === "ideal_start") return this.editIdeal();
    if (what === "ranking" || what === "all_bad") return this.focusRanking();
    this.focusResponse(id ?? this.turn.responses[0]?.id ?? "");
    if (!id) return;
    if (what === "comments") this.openComment(id);
    void this.updateComplete.then(() => {
      const target = { ratings: "rating-field", errors: "tags-field" }[what];
      if (target) this.#judgeOf(id)?.querySelector<HTMLElement>(target)?.focus();
    });
  }

  // Parts.

  #pager(): unknown {
    return html`<nav class="pager" aria-label=${t("Responses")}>
      ${this.turn.responses.map((one, index) => {
        const rating = this.said.ratings[one.id];
        const name = nameOf(this.turn, one.id);
        const says = rating === undefined ? name : t("{response}, rated {rating}", { response: name, rating });
        return html`<button type="button" class=${classMap({ rated: rating !== undefined, failed: one.state === "failed" })} aria-current=${String(one.id === this.current)} aria-label=${says} @click=${() => this.focusResponse(one.id)}>
          <span>${index + 1}</span><small>${isWriting(one) ? html`<span class="spinner"></span>` : one.state === "failed" ? "!" : (rating ?? "–")}</small>
        </button>`;
      })}
    </nav>`;
  }

  #dock(): unknown {
    const response = this.turn.responses.find((one) => one.id === this.current);
    if (!response) return nothing;
    return html`<div class="dock judge" data-judge=${response.id}>
      <strong class="sr-only">${nameOf(this.turn, response.id)}</strong>${judgement(this, response)}
    </div>`;
  }

  #ranking(): unknown {
    const judged = judgedIds(this.turn, this.said);
    if (judged.length < 2 && this.editable) return nothing;
    const corrected = this.said.ranking !== null;
    const things = judged.map((id) => ({ id, name: nameOf(this.turn, id), note: String(this.said.ratings[id] ?? "") }));
    return html`<section class="ranking" aria-label=${t("Ranking")}>
      <div class="head">
        <h3>${t("Ranking")}</h3>
        <small>${corrected ? t("corrected by hand") : t("follows from the ratings")}</small>
        ${corrected && this.editable ? html`<button type="button" class="link small" @click=${() => this.#change({ ...this.said, ranking: null }, "mark", "ranking")}>${t("Follow the ratings again")}</button>` : nothing}
        ${this.editable || this.said.all_bad
          ? html`<label class="check bad-all"><input type="checkbox" .checked=${live(this.said.all_bad)} ?disabled=${!this.editable} @change=${(event: Event) => this.toggleAllBad((event.target as HTMLInputElement).checked)} /><span>${t("All are bad")}</span></label>`
          : nothing}
      </div>
      <ranking-field
        class=${this.said.all_bad ? "faded" : ""}
        .things=${things}
        .value=${rankingOf(this.turn, this.said)}
        .label=${t("Responses, best first")}
        ?readonly=${!this.editable}
        @field-changed=${(event: CustomEvent<string[][]>) => this.#change(withRanking(this.turn, this.said, event.detail), "mark", "ranking")}
      ></ranking-field>
      ${this.said.all_bad ? html`<small>${t("No response is preferred over another.")}</small>` : nothing}
    </section>`;
  }

  #ideal(): unknown {
    return html`<rate-ideal
      .turn=${this.turn}
      .value=${this.said.ideal ?? ""}
      .start=${this.said.ideal_start}
      .original=${this.original ? (this.original.ideal ?? "") : null}
      .editable=${this.editable}
      .required=${this.settings.ideal === "every_turn" || (this.settings.ideal === "last_turn" && this.last)}
      .invalid=${this.isWrong("ideal")}
      .continued=${!this.last && this.said.continue_from === IDEAL}
      @start-wanted=${(event: CustomEvent<string>) => this.useAsStart(event.detail)}
      @ideal-changed=${this.#onIdeal}
    ></rate-ideal>`;
  }

  #onIdeal(event: CustomEvent<IdealChanged>): void {
    const { ideal, start, kind } = event.detail;
    this.#change({ ...this.said, ideal: ideal === "" ? null : ideal, ideal_start: start }, kind, "ideal");
  }

  // On a phone the card in the middle is the current one. Only a settled scroll counts.
  #scrolling: ReturnType<typeof setTimeout> | undefined;
  #onScroll = (): void => {
    clearTimeout(this.#scrolling);
    this.#scrolling = setTimeout(() => {
      const row = this.row;
      if (!row || !this.#narrow.matches) return;
      const middle = row.getBoundingClientRect().left + row.clientWidth / 2;
      const cards = [...row.querySelectorAll<HTMLElement>("[data-response]")];
      const distance = (card: HTMLElement): number => {
        const box = card.getBoundingClientRect();
        return Math.abs(box.left + box.width / 2 - middle);
      };
      const nearest = cards.sort((a, b) => distance(a) - distance(b))[0];
      if (nearest?.dataset.response) this.current = nearest.dataset.response;
    }, 80);
  };

  #judgeOf(id: string): Element | null {
    return this.querySelector(`[data-judge="${CSS.escape(id)}"]`) ?? this.querySelector(`#${CSS.escape(this.cardId(id))} .judge`);
  }

  #canJudge(id: string): boolean {
    const response = this.turn.responses.find((one) => one.id === id);
    return this.editable && response !== undefined && isUsable(response);
  }

  #change(said: TurnAnswer, kind: ChangeKind, path: string): void {
    emit<TurnChanged>(this, "turn-changed", { said, kind, path });
  }

  // Screen readers hear what is finished, never the tokens.
  #announce(before: Turn | undefined): void {
    if (!before || before.id !== this.turn.id) return;
    const states = new Map(before.responses.map((one) => [one.id, one.state]));
    const ended = this.turn.responses.filter((one) => !isWriting(one) && isWriting({ ...one, state: states.get(one.id) ?? one.state }));
    if (ended.length === 0) return;
    const open = this.turn.responses.filter(isWriting).length;
    const failed = this.turn.responses.filter((one) => one.state === "failed").length;
    this.announcement =
      open > 0
        ? tn("{count} response is still being written.", "{count} responses are still being written.", open)
        : failed > 0
          ? tn("All responses are there; {count} failed.", "All responses are there; {count} failed.", failed)
          : t("All responses are complete.");
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "rate-turn": RateTurn;
  }
}
