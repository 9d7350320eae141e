import { LightElement, addStyles, customElement, emit, html, icon, nothing, property, repeat, state, t } from "@preceptor/ui";
import type { FieldSubject } from "../../field.ts";
import type { Problem } from "../../widget.ts";
import { moved, placeOf, placedBefore, sameRanking, tiedWith, unplaced, type Groups } from "./order.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "ranking-field";

export const comparesThings = true;
export const startingValue = (): Groups => [];

/** Everything has a place, as on the server. */
export function problemsOf(_settings: unknown, value: Groups, subject: FieldSubject): Problem[] {
  const waiting = subject.things.some((thing) => placeOf(value, thing.id) < 0);
  return waiting ? [{ path: "", message: t("The ranking leaves something out.") }] : [];
}

export interface Thing {
  id: string;
  /** What it is called: "Response 2". */
  name: string;
  /** A few words beside the name, such as its rating. */
  note?: string;
  /** The first words of what it says, so that an order of long texts can be read without looking up. */
  about?: string;
}

type Drop = { kind: "gap" | "group"; place: number } | null;

const THRESHOLD = 5;

/** How near to the window's edge a drag scrolls it, and how far at a time. Pixels. */
const EDGE = 72;
const SCROLL_STEP = 12;

/**
 * An order of things, best first, with ties: by dragging, by two buttons per thing, or by Alt and an arrow. A step moves
 * something out of a tie or into one, so that every order can be reached. Things without a place yet stand below: a tap
 * puts one behind all others, a drag anywhere. `field-changed` carries the groups; `thing-opened` the id of a thing whose
 * name was pressed, so that the page can show it.
 */
@customElement(tag)
export class RankingField extends LightElement {
  @property({ attribute: false }) things: readonly Thing[] = [];
  @property({ attribute: false }) value: Groups = [];
  @property() label = "";
  @property({ type: Boolean }) ties = true;
  @property({ type: Boolean, reflect: true }) readonly = false;
  @state() private held: string | null = null;
  @state() private drop: Drop = null;
  /** True: a place can be taken back, so that the thing waits below again. */
  @property({ type: Boolean }) takes = false;
  @state() private said = "";
  #dragged = false;

  /** As a form of fields sets them. */
  set settings(settings: { ties: boolean }) {
    this.ties = settings.ties;
  }

  override render(): unknown {
    const byId = new Map(this.things.map((thing) => [thing.id, thing]));
    const waiting = this.things.filter((thing) => placeOf(this.value, thing.id) < 0);
    this.classList.toggle("dragging", this.held !== null);
    this.classList.toggle("telling", this.things.some((thing) => thing.about));
    return html`
      <ol class="places" aria-label=${this.label}>
        ${this.value.map(
          (group, place) => html`<li class="place ${group.length > 1 ? "tied" : ""}">
            ${this.#gap(place)}
            <div class="group ${this.drop?.kind === "group" && this.drop.place === place ? "over" : ""}" data-place=${place}>
              <span class="number">${place + 1}</span>
              ${repeat(
                group,
                (id) => id,
                (id, index) => html`${index > 0 ? html`<span class="eq" aria-hidden="true">=</span>` : nothing}${this.#thing(byId.get(id), group, place)}`,
              )}
            </div>
            ${place === this.value.length - 1 ? this.#gap(place + 1) : nothing}
          </li>`,
        )}
        ${this.value.length === 0 && !this.readonly ? html`<li class="place none">${this.#gap(0)}<span class="muted">${t("Nothing has a place yet.")}</span></li>` : nothing}
      </ol>
      ${waiting.length > 0 && !this.readonly ? this.#waiting(waiting) : nothing}
      <div class="sr-only" role="status">${this.said}</div>
    `;
  }

  /** Moves one thing a step up (-1) or down (1); for keys of the page around. */
  step(id: string, by: -1 | 1): void {
    if (this.readonly) return;
    let next = moved(this.value, id, by);
    if (!this.ties && next.some((group) => group.length > 1)) next = moved(next, id, by);
    this.#change(next, id);
  }

  /** Gives a thing that has no place yet the one behind all others; one that has a place goes there too. */
  placeLast(id: string): void {
    if (!this.readonly) this.#change(placedBefore(this.value, id, this.value.length), id);
  }

  /** Takes the place of a thing back. */
  takeOut(id: string): void {
    if (!this.readonly) this.#change(unplaced(this.value, id), id);
  }

  override focus(options?: FocusOptions): void {
    this.querySelector<HTMLElement>(".name")?.focus(options);
  }

  #waiting(things: readonly Thing[]): unknown {
    return html`<div class="waiting-things" role="group" aria-label=${t("Without a place yet")}>
      ${things.map(
        (thing) => html`<span class="thing ${this.held === thing.id ? "held" : ""}" data-thing=${thing.id}>
          <span class="grip" aria-hidden="true" @pointerdown=${(event: PointerEvent) => this.#grab(event, thing)}>${icon("grip")}</span>
          <button type="button" class="name" aria-label=${t("Give {thing} place {place}", { thing: thing.name, place: this.value.length + 1 })} @pointerdown=${(event: PointerEvent) => event.pointerType === "mouse" && this.#grab(event, thing)} @keydown=${(event: KeyboardEvent) => this.#onKey(event, thing.id)} @click=${() => this.placeLast(thing.id)}>${this.#words(thing)}</button>
          <span class="next" aria-hidden="true">${this.value.length + 1}</span>
        </span>`,
      )}
    </div>`;
  }

  #words(thing: Thing): unknown {
    return html`<bdi>${thing.name}</bdi>${thing.about ? html`<span class="about" dir="auto">${thing.about}</span>` : nothing}`;
  }

  #gap(place: number): unknown {
    const over = this.drop?.kind === "gap" && this.drop.place === place;
    const edge = place === 0 || place === this.value.length;
    return html`<span class="gap ${edge ? "edge" : ""} ${over ? "over" : ""}" data-gap=${place} aria-hidden="true">${edge ? nothing : icon("chevron-right", { turns: true })}</span>`;
  }

  #thing(thing: Thing | undefined, group: readonly string[], place: number): unknown {
    if (!thing) return nothing;
    const note = thing.note ? html`<span class="note">${thing.note}</span>` : nothing;
    if (this.readonly) return html`<span class="thing"><span class="name">${this.#words(thing)}</span>${note}</span>`;
    const alone = group.length === 1;
    const { id, name } = thing;
    return html`<span class="thing ${this.held === id ? "held" : ""}" data-thing=${id}>
      <span class="grip" aria-hidden="true" @pointerdown=${(event: PointerEvent) => this.#grab(event, thing)}>${icon("grip")}</span>
      <button type="button" class="name" aria-label=${this.#spoken(thing, group, place)} @pointerdown=${(event: PointerEvent) => event.pointerType === "mouse" && this.#grab(event, thing)} @keydown=${(event: KeyboardEvent) => this.#onKey(event, id)} @click=${() => this.#open(id)}>${this.#words(thing)}</button>
      ${note}
      <button type="button" class="step" tabindex="-1" ?disabled=${alone && place === 0} aria-label=${t("Move {thing} up", { thing: name })} title=${t("Better")} @click=${() => this.step(id, -1)}>${icon("arrow-up")}</button>
      <button type="button" class="step" tabindex="-1" ?disabled=${alone && place === this.value.length - 1} aria-label=${t("Move {thing} down", { thing: name })} title=${t("Worse")} @click=${() => this.step(id, 1)}>${icon("arrow-down")}</button>
    </span>`;
  }

  #spoken(thing: Thing, group: readonly string[], place: number): string {
    const others = this.things.filter((one) => one.id !== thing.id && group.includes(one.id)).map((one) => one.name);
    const values = { thing: thing.name, place: place + 1, places: this.value.length, others: others.join(", ") };
    return others.length > 0
      ? t("{thing}, place {place} of {places}, tied with {others}", values)
      : t("{thing}, place {place} of {places}", values);
  }

  #change(next: string[][], id: string): void {
    if (sameRanking(next, this.value)) return;
    const hadFocus = this.contains(document.activeElement);
    this.value = next;
    emit(this, "field-changed", next);
    const thing = this.things.find((one) => one.id === id);
    const place = placeOf(next, id);
    if (thing) this.said = this.#spoken(thing, next[place] ?? [], place);
    // A thing that moved to another place is another node there: bring the focus along.
    void this.updateComplete.then(() => {
      if (hadFocus) this.querySelector<HTMLElement>(`[data-thing="${CSS.escape(id)}"] .name`)?.focus();
    });
  }

  // The click that ends a drag is none.
  #open(id: string): void {
    if (!this.#dragged) emit(this, "thing-opened", id);
  }

  #onKey(event: KeyboardEvent, id: string): void {
    if ((event.key === "Delete" || event.key === "Backspace") && this.takes) {
      event.preventDefault();
      event.stopPropagation();
      return this.takeOut(id);
    }
    const direction = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    if (direction === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.altKey) {
      this.step(id, direction as -1 | 1);
      return;
    }
    const names = [...this.querySelectorAll<HTMLElement>(".name")];
    names[names.indexOf(event.currentTarget as HTMLElement) + direction]?.focus();
  }

  // Dragging by pointer, so that it works by touch: a thing dropped between two places gets its own, dropped on a place it
  // is tied with what is there.
  #grab(down: PointerEvent, thing: Thing): void {
    if (down.button !== 0) return;
    let ghost: HTMLElement | null = null;
    let scrolling = 0;
    this.#dragged = false;
    // Near the window's edge the page comes along: the first place may be far above a long text.
    const scroll = (x: number, y: number): void => {
      cancelAnimationFrame(scrolling);
      const by = y < EDGE ? -SCROLL_STEP : y > innerHeight - EDGE ? SCROLL_STEP : 0;
      if (by === 0) return;
      scrolling = requestAnimationFrame(() => {
        scrollBy(0, by);
        this.drop = this.#dropAt(x, y);
        scroll(x, y);
      });
    };
    const move = (event: PointerEvent): void => {
      if (!ghost) {
        if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < THRESHOLD) return;
        ghost = document.createElement("span");
        ghost.className = "thing ghost";
        ghost.textContent = thing.name;
        this.append(ghost);
        this.held = thing.id;
        this.#dragged = true;
      }
      event.preventDefault();
      ghost.style.setProperty("transform", `translate(${event.clientX + 10}px, ${event.clientY - 14}px)`);
      this.drop = this.#dropAt(event.clientX, event.clientY);
      scroll(event.clientX, event.clientY);
    };
    const end = (event: PointerEvent): void => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      cancelAnimationFrame(scrolling);
      ghost?.remove();
      const drop = this.drop;
      this.held = null;
      this.drop = null;
      if (!ghost || !drop || event.type === "pointercancel") return;
      this.#change(
        drop.kind === "gap" ? placedBefore(this.value, thing.id, drop.place) : tiedWith(this.value, thing.id, drop.place),
        thing.id,
      );
    };
    addEventListener("pointermove", move, { passive: false });
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }

  #dropAt(x: number, y: number): Drop {
    const under = document.elementFromPoint(x, y);
    const gap = under?.closest<HTMLElement>("[data-gap]");
    if (gap && this.contains(gap)) return { kind: "gap", place: Number(gap.dataset.gap) };
    const group = under?.closest<HTMLElement>("[data-place]");
    if (!group || !this.contains(group) || !this.ties) return null;
    return { kind: "group", place: Number(group.dataset.place) };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ranking-field": RankingField;
  }
}
