import { LightElement, addStyles, customElement, emit, html, icon, nothing, property, query, state, t, type PropertyValues } from "@preceptor/ui";
import type { Shape } from "./shapes.ts";

/** One line: a shape, or a suggestion to be decided. `number` counts the shapes from 1. */
export interface Row {
  shape: Shape;
  number: number;
  waiting: boolean;
  name: string;
  color: string;
  problem: string;
}

/** What a person wants of a row. */
export interface RowWish {
  id: string;
  wish: "choose" | "accept" | "reject" | "remove";
}

const SPARE = 6;

addStyles(`
  boxes-list { display: block; overflow-y: auto; overscroll-behavior: contain; position: relative; }
  boxes-list .room { position: relative; }
  boxes-list ul { list-style: none; margin: 0; padding: 0; position: absolute; inset-inline: 0; }
`);

/** The shapes as a list of which only what is seen is made, so that thousands cost nothing. `row-wish` carries a `RowWish`. */
@customElement("boxes-list")
export class BoxesList extends LightElement {
  @property({ attribute: false }) rows: readonly Row[] = [];
  @property() selected: string | null = null;
  @property({ type: Boolean }) readonly = false;
  @state() private from = 0;
  @state() private shown = 12;
  @query(".room") private room!: HTMLElement | null;
  readonly #watcher = new ResizeObserver(() => this.#look());

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("scroll", this.#look, { passive: true });
    this.#watcher.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("scroll", this.#look);
    this.#watcher.disconnect();
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("selected") && this.selected !== null) this.#bring();
  }

  override render(): unknown {
    const height = this.#rowHeight();
    const first = Math.min(this.from, Math.max(0, this.rows.length - 1));
    const rows = this.rows.slice(first, first + this.shown);
    return html`<div class="room" .style=${`block-size: ${this.rows.length * height}px`}>
      <ul .style=${`inset-block-start: ${first * height}px`} aria-label=${t("Shapes")}>
        ${rows.map((row) => this.#row(row))}
      </ul>
    </div>`;
  }

  #row(row: Row): unknown {
    const { id } = row.shape;
    const wish = (what: RowWish["wish"]) => () => emit<RowWish>(this, "row-wish", { id, wish: what });
    const said = row.waiting ? t("Suggestion: {label}", { label: row.name }) : t("Shape {n}: {label}", { n: row.number, label: row.name });
    return html`<li class="shape ${id === this.selected ? "chosen" : ""} ${row.waiting ? "waiting" : ""}" data-shape=${id}>
      <button type="button" class="quiet name" aria-pressed=${id === this.selected} aria-label=${said} title=${row.problem || nothing} @click=${wish("choose")}>
        <span class="swatch ${row.shape.kind}" .style=${`--swatch: ${row.color}`}></span>
        ${row.waiting ? nothing : html`<span class="n">${row.number}</span>`}<bdi>${row.name}</bdi>
        ${row.problem ? html`<span class="wrong">${icon("alert", { label: row.problem })}</span>` : nothing}
      </button>
      ${this.readonly
        ? nothing
        : row.waiting
          ? html`<button type="button" class="quiet tiny icon-only good" aria-label=${t("Accept: {what}", { what: said })} title=${t("Accept")} @click=${wish("accept")}>${icon("check")}</button>
              <button type="button" class="quiet tiny icon-only" aria-label=${t("Reject: {what}", { what: said })} title=${t("Reject")} @click=${wish("reject")}>${icon("x")}</button>`
          : html`<button type="button" class="quiet tiny icon-only" aria-label=${t("Remove: {what}", { what: said })} title=${t("Remove")} @click=${wish("remove")}>${icon("trash")}</button>`}
    </li>`;
  }

  #rowHeight(): number {
    return parseFloat(getComputedStyle(this).getPropertyValue("--row")) || 36;
  }

  #look = (): void => {
    const height = this.#rowHeight();
    this.from = Math.max(0, Math.floor(this.scrollTop / height) - SPARE);
    this.shown = Math.ceil((this.clientHeight || 400) / height) + 2 * SPARE;
  };

  #bring(): void {
    const at = this.rows.findIndex((row) => row.shape.id === this.selected);
    if (at < 0 || !this.room) return;
    const height = this.#rowHeight();
    if (at * height < this.scrollTop) this.scrollTop = at * height;
    else if ((at + 1) * height > this.scrollTop + this.clientHeight) this.scrollTop = (at + 1) * height - this.clientHeight;
  }
}
