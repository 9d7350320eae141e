import { LightElement, addStyles, customElement, emit, html, icon, nothing, property, repeat, state, t } from "@preceptor/ui";
import { moved, placeOf, placedBefore, sameRanking, tiedWith, type Groups } from "./order.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "ranking-field";

export interface Thing {
  id: string;
  /** What it is called: "Response 2". */
  name: string;
  /** A few words beside the name, such as its rating. */
  note?: string;
}

type Drop = { kind: "gap" | "group"; place: number } | null;

const THRESHOLD = 5;

/**
 * An order of things, best first, with ties: by dragging, by two buttons per thing, or by Alt and an arrow. A step moves
 * something out of a tie or into one, so that every order can be reached. `field-changed` carries the groups.
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
  @state() private said = "";

  override render(): unknown {
    const byId = new Map(this.things.map((thing) => [thing.id, thing]));
    this.classList.toggle("dragging", this.held !== null);
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
      </ol>
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

  override focus(options?: FocusOptions): void {
    this.querySelector<HTMLElement>(".name")?.focus(options);
  }

  #gap(place: number): unknown {
    const over = this.drop?.kind === "gap" && this.drop.place === place;
    const edge = place === 0 || place === this.value.length;
    return html`<span class="gap ${edge ? "edge" : ""} ${over ? "over" : ""}" data-gap=${place} aria-hidden="true">${edge ? nothing : icon("chevron-right", { turns: true })}</span>`;
  }

  #thing(thing: Thing | undefined, group: readonly string[], place: number): unknown {
    if (!thing) return nothing;
    const note = thing.note ? html`<span class="note">${thing.note}</span>` : nothing;
    if (this.readonly) return html`<span class="thing"><bdi>${thing.name}</bdi>&nbsp;${note}</span>`;
    const alone = group.length === 1;
    const { id, name } = thing;
    return html`<span class="thing ${this.held === id ? "held" : ""}" data-thing=${id}>
      <span class="grip" aria-hidden="true" @pointerdown=${(event: PointerEvent) => this.#grab(event, thing)}>${icon("grip")}</span>
      <button type="button" class="name" aria-label=${this.#spoken(thing, group, place)} @pointerdown=${(event: PointerEvent) => event.pointerType === "mouse" && this.#grab(event, thing)} @keydown=${(event: KeyboardEvent) => this.#onKey(event, id)}><bdi>${name}</bdi></button>
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

  #onKey(event: KeyboardEvent, id: string): void {
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
    const move = (event: PointerEvent): void => {
      if (!ghost) {
        if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < THRESHOLD) return;
        ghost = document.createElement("span");
        ghost.className = "thing ghost";
        ghost.textContent = thing.name;
        this.append(ghost);
        this.held = thing.id;
      }
      event.preventDefault();
      ghost.style.setProperty("transform", `translate(${event.clientX + 10}px, ${event.clientY - 14}px)`);
      this.drop = this.#dropAt(event.clientX, event.clientY);
    };
    const end = (event: PointerEvent): void => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
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
