import { LightElement, addStyles, customElement, emit, html, icon, nothing, property, query, randomId, state, t, tn, type KeyHelp, type PropertyValues } from "@preceptor/ui";
import type { FieldSubject } from "../../field.ts";
import { labelIn } from "../../widget.ts";
import type { Drawing, Scene, Tool } from "./drawing.ts";
import type { Row, RowWish } from "./list.ts";
import { NO_LABEL_COLOR, boundsOf, boxBetween, clamped, colorsOf, grownBy, isTooSmall, movedBy, undecided, withShape, withoutShape, type BoxesSettings, type Marks, type Point, type Shape, type ShapeKind, type Size } from "./shapes.ts";
import { keysOf } from "./keys.ts";
import { palette, polygonBar, toolbar } from "./parts.ts";
import { remembered } from "./remembered.ts";
import "./list.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "boxes-field";
export type { BoxesSettings, Marks, Shape, ShapeLabel } from "./shapes.ts";
export { undecided } from "./shapes.ts";

/** Within a form of fields, whose value is the shapes alone. */
export const shown = (value: readonly Shape[] | null): Marks => ({ shapes: value ?? [], rejected: [] });
export const given = ({ shapes }: Marks): readonly Shape[] => shapes;
export const propertiesOf = ({ picture }: FieldSubject): { source: string | null; size: Size } => ({
  source: picture?.source ?? null,
  size: picture ?? { width: 1, height: 1 },
});
export const drawsPicture = true;

/** What labels look like and are called. */
interface LabelLooks {
  colors: ReadonlyMap<string, string>;
  names: ReadonlyMap<string, string>;
}

const NOTHING: Marks = { shapes: [], rejected: [] };
const TOOL_KEYS: Readonly<Record<string, Tool>> = { v: "choose", b: "box", l: "polygon", o: "point", h: "move" };
const ARROWS: Readonly<Record<string, Point>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Boxes, polygons and points on a picture, by mouse, keys or fingers; suggestions to be accepted or rejected.
 * `field-changed` carries the new `Marks`.
 */
@customElement(tag)
export class BoxesField extends LightElement {
  /** Address of the picture; null where there is none to see. */
  @property() source: string | null = null;
  /** What the picture is called. */
  @property() label = "";
  @property({ attribute: false }) size: Size = { width: 1, height: 1 };
  @property({ attribute: false }) settings: BoxesSettings | null = null;
  @property({ attribute: false }) value: Marks = NOTHING;
  @property({ attribute: false }) suggestions: readonly Shape[] = [];
  /** In a correction: the shapes given before. */
  @property({ attribute: false }) original: readonly Shape[] = [];
  /** What is wrong, by a shape's place. */
  @property({ attribute: false }) problems: ReadonlyMap<number, string> = new Map();
  @property({ type: Boolean, reflect: true }) readonly = false;
  @state() private tool: Tool = "choose";
  @state() private current = "";
  @state() private selected: string | null = null;
  @state() private scale = 1;
  @state() private corners = 0;
  @state() private picture: "loading" | "shown" | "failed" = "loading";
  @state() private said = "";
  @query(".stage") private stage!: HTMLDivElement | null;
  #drawing: Drawing | null = null;
  #loading = "";
  readonly #watcher = new ResizeObserver(() => this.#drawing?.resize());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watcher.disconnect();
    this.#drawing?.destroy();
    this.#drawing = null;
    this.#loading = "";
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("settings") || changed.has("readonly")) {
      const kinds = this.settings?.kinds ?? [];
      if (!this.settings?.labels.some((one) => one.key === this.current)) this.current = this.settings?.labels[0]?.key ?? "";
      if (this.readonly || !(this.tool === "choose" || this.tool === "move" || kinds.includes(this.tool))) this.tool = "choose";
      else if (changed.has("settings") && changed.get("settings") == null) this.tool = kinds[0] ?? "choose";
    }
    if (changed.has("source")) this.selected = null;
    if (this.selected !== null && !this.#find(this.selected)) this.selected = null;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("source") || changed.has("size")) void this.#load();
    if (!this.#drawing) return;
    this.#drawing.show(this.#scene());
    if (changed.has("value") && this.selected !== null) this.#drawing.refresh();
  }

  override render(): unknown {
    return html`<div class="parts">
      <div class="canvas">
        ${toolbar({ tools: this.readonly ? [] : ["choose", ...(this.settings?.kinds ?? []), "move"], tool: this.tool, scale: this.scale, controls: this.#id }, this.#drawing, (tool) => (this.tool = tool))}
        <div class="frame" .style=${`--ratio: ${this.size.width / this.size.height}`}>
          <div class="stage" id=${this.#id} role="application" tabindex="0" aria-label=${tn("{name}, {count} shape", "{name}, {count} shapes", this.value.shapes.length, { name: this.label })} aria-roledescription=${t("Picture to draw on")} @keydown=${this.#onStageKey} @keyup=${this.#onStageKey} @pointerdown=${() => this.stage?.focus({ preventScroll: true })}></div>
          ${this.picture === "failed"
            ? html`<div class="failed"><p>${t("The picture could not be loaded.")}</p><button type="button" @click=${() => void this.#load(true)}>${icon("refresh")}${t("Try again")}</button></div>`
            : nothing}
          ${this.picture === "loading" ? html`<div class="failed"><p class="muted"><span class="spinner"></span> ${t("Loading the picture")}</p></div>` : nothing}
          ${this.corners > 0 ? polygonBar(this.corners, this.#drawing) : nothing}
        </div>
      </div>
      <div class="side">${this.readonly ? nothing : this.#palette()} ${this.#list()}</div>
      <div class="sr-only" role="status">${this.said}</div>
    </div>`;
  }

  #id = `boxes-${randomId()}`;

  // For the page around.

  /** Puts the focus on a shape, by its place; on the picture where there is none. */
  focusShape(index: number | null): void {
    const shape = index === null ? undefined : this.value.shapes[index];
    if (shape) this.#choose(shape.id, true);
    this.stage?.scrollIntoView({ block: "nearest" });
    this.stage?.focus({ preventScroll: true });
  }

  keys(): KeyHelp[] {
    return keysOf(this.readonly ? [] : (this.settings?.kinds ?? []), { readonly: this.readonly, suggested: this.suggestions.length > 0 });
  }

  handleKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey) return false;
    const arrow = ARROWS[event.key];
    if (arrow) return this.#arrow(arrow, event);
    if (event.altKey) return false;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = this.#seeingKey(key) ?? (this.readonly ? undefined : this.#editingKey(key));
    action?.();
    return action !== undefined;
  }

  // Keys.

  #seeingKey(key: string): (() => void) | undefined {
    const actions: Record<string, () => void> = {
      j: () => this.#step(1),
      k: () => this.#step(-1),
      "+": () => this.#drawing?.zoom(1.4),
      "=": () => this.#drawing?.zoom(1.4),
      "-": () => this.#drawing?.zoom(1 / 1.4),
      "0": () => this.#drawing?.fit(),
      h: () => (this.tool = "move"),
      v: () => (this.tool = "choose"),
    };
    return actions[key];
  }

  #editingKey(key: string): (() => void) | undefined {
    const tool = TOOL_KEYS[key];
    if (tool && this.settings?.kinds.includes(tool as ShapeKind)) return () => (this.tool = tool);
    const label = /^[1-9]$/.test(key) ? this.settings?.labels[Number(key) - 1] : undefined;
    if (label) return () => this.#label(label.key);
    if (key === "c") return () => this.#create();
    const chosen = this.#find(this.selected);
    if (!chosen) return undefined;
    const waiting = this.#waiting().some((one) => one.id === chosen.id);
    if (key === "Delete" || key === "Backspace") return () => this.#remove(chosen.id);
    if (waiting && key === "y") return () => this.#decide(chosen.id, true);
    if (waiting && key === "n") return () => this.#decide(chosen.id, false);
    return undefined;
  }

  #arrow([x, y]: Point, event: KeyboardEvent): boolean {
    const inChoice = event.target instanceof HTMLInputElement && event.target.type === "radio";
    if (inChoice) return false;
    const shape = this.#find(this.selected);
    if (!shape || this.readonly) {
      if (!this.contains(event.target as Node)) return false;
      this.#drawing?.pan(-x * 60, -y * 60);
      return true;
    }
    const step = event.altKey ? 10 : 1;
    const changed = event.shiftKey
      ? grownBy(shape, x * step, y * step, this.size, this.settings?.smallest ?? 1)
      : movedBy(shape, x * step, y * step, this.size);
    this.#change(withShape(this.value, changed));
    return true;
  }

  // Escape and Enter belong to whoever is drawing; the page has its own meaning for them elsewhere.
  #onStageKey = (event: KeyboardEvent): void => {
    const isDown = event.type === "keydown";
    if (event.key === " ") {
      event.preventDefault();
      if (this.#drawing) this.#drawing.spaceDown = isDown;
    } else if (!isDown) {
      return;
    } else if (this.corners > 0 && event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#drawing?.close();
    } else if (this.corners > 0 && event.key === "Backspace") {
      event.preventDefault();
      this.#drawing?.back();
    } else if (event.key === "Escape") {
      if (!this.#drawing?.cancel()) this.#choose(null);
      event.preventDefault();
    }
  };


  // Parts.

  #palette(): unknown {
    const chosen = this.#find(this.selected)?.label ?? this.current;
    const shown = { labels: this.settings?.labels ?? [], colors: this.#labels().colors, chosen, ofShape: this.selected !== null };
    return palette(shown, (key) => this.#label(key));
  }

  #list(): unknown {
    const waiting = this.#waiting();
    const rows = this.#rows(waiting, this.value, this.#labels(), this.problems);
    return html`
      ${waiting.length > 0 && !this.readonly
        ? html`<div class="decide"><p>${tn("{count} suggestion to decide", "{count} suggestions to decide", waiting.length)}</p>
            <div class="row tight"><button type="button" class="tiny" @click=${() => this.#decideAll(true)}>${icon("check")}${t("Accept all")}</button>
            <button type="button" class="tiny quiet" @click=${() => this.#decideAll(false)}>${icon("x")}${t("Reject all")}</button></div></div>`
        : nothing}
      <h3 class="total">${tn("{count} shape", "{count} shapes", this.value.shapes.length)}</h3>
      ${rows.length > 0
        ? html`<boxes-list .rows=${rows} .selected=${this.selected} .readonly=${this.readonly} @row-wish=${this.#onRow}></boxes-list>`
        : html`<p class="muted none">${this.readonly ? t("Nothing is marked.") : t("Drag over the picture to draw the first one.")}</p>`}
    `;
  }

  #rows = remembered((waiting: readonly Shape[], value: Marks, labels: LabelLooks, problems: ReadonlyMap<number, string>): Row[] => {
    const { names, colors } = labels;
    const row = (shape: Shape, number: number, isWaiting: boolean): Row => ({
      shape,
      number,
      waiting: isWaiting,
      name: names.get(shape.label) ?? (shape.label || t("No label")),
      color: colors.get(shape.label) ?? NO_LABEL_COLOR,
      problem: isWaiting ? "" : (problems.get(number - 1) ?? ""),
    });
    return [...waiting.map((shape) => row(shape, 0, true)), ...value.shapes.map((shape, index) => row(shape, index + 1, false))];
  });

  #labelsOf = remembered((settings: BoxesSettings | null): LabelLooks => {
    const labels = settings?.labels ?? [];
    return { colors: colorsOf(labels), names: new Map(labels.map((one) => [one.key, labelIn(one.label) || one.key])) };
  });

  #labels = (): LabelLooks => this.#labelsOf(this.settings);

  // Changes.

  #change(next: Marks): void {
    this.value = next;
    emit(this, "field-changed", next);
  }

  #draw(kind: ShapeKind, points: readonly Point[]): void {
    if (isTooSmall(kind, points, this.settings?.smallest ?? 0) || this.value.shapes.length >= (this.settings?.most ?? Infinity)) return;
    const shape: Shape = { id: randomId(), kind, label: this.current, points };
    this.#change(withShape(this.value, shape));
    this.#choose(shape.id);
  }

  // For whoever cannot point: a shape of the tool's kind in the middle of what is seen.
  #create(): void {
    const kind = this.settings?.kinds.find((one) => one === this.tool) ?? this.settings?.kinds[0];
    const middle = this.#drawing?.middle();
    if (!kind || !middle) return;
    const { at: [x, y], size: { width, height } } = middle;
    const box = boxBetween([x - width / 2, y - height / 2], [x + width / 2, y + height / 2], this.size);
    if (kind === "box") this.#draw(kind, box);
    else if (kind === "point") this.#draw(kind, clamped([[x, y]], this.size));
    else this.#draw(kind, clamped([[x, y - height / 2], [x + width / 2, y], [x, y + height / 2], [x - width / 2, y]], this.size));
  }

  #label(key: string): void {
    this.current = key;
    const shape = this.#find(this.selected);
    if (shape && !this.readonly && shape.label !== key) this.#change(withShape(this.value, { ...shape, label: key }));
  }

  #remove(id: string): void {
    const next = this.#neighbour(id);
    this.#change(withoutShape(this.value, id, this.suggestions));
    this.#choose(next);
  }

  #decide(id: string, accepted: boolean): void {
    const shape = this.suggestions.find((one) => one.id === id);
    if (!shape) return;
    const waiting = this.#waiting();
    const next = waiting[waiting.findIndex((one) => one.id === id) + 1] ?? waiting.find((one) => one.id !== id);
    this.#change(accepted ? withShape(this.value, shape) : withoutShape(this.value, id, this.suggestions));
    this.#choose(next?.id ?? null, true);
  }

  #decideAll(accepted: boolean): void {
    const waiting = this.#waiting();
    const { shapes, rejected } = this.value;
    this.#change(accepted ? { shapes: [...shapes, ...waiting], rejected } : { shapes, rejected: [...rejected, ...waiting.map((one) => one.id)] });
    this.#choose(null);
  }

  #onRow = (event: CustomEvent<RowWish>): void => {
    event.stopPropagation();
    const { id, wish } = event.detail;
    if (wish === "choose") this.#choose(id === this.selected ? null : id, true);
    else if (wish === "remove") this.#remove(id);
    else this.#decide(id, wish === "accept");
  };

  // Choosing.

  #choose(id: string | null, reveal = false): void {
    this.selected = id;
    const shape = this.#find(id);
    this.said = shape ? this.#spoken(shape) : "";
    if (!this.#drawing) return;
    // At once, because a drag that begins with this press takes hold of what is shown now.
    this.#drawing.show(this.#scene());
    if (shape && reveal) this.#drawing.reveal(shape);
  }

  #step(by: 1 | -1): void {
    const ids = [...this.#waiting(), ...this.value.shapes].map((one) => one.id);
    if (ids.length === 0) return;
    const at = this.selected === null ? (by === 1 ? -1 : 0) : ids.indexOf(this.selected);
    this.#choose(ids[(at + by + ids.length) % ids.length] ?? null, true);
  }

  #neighbour(id: string): string | null {
    const at = this.value.shapes.findIndex((one) => one.id === id);
    return (this.value.shapes[at + 1] ?? this.value.shapes[at - 1])?.id ?? null;
  }

  #find(id: string | null): Shape | null {
    if (id === null) return null;
    return this.value.shapes.find((one) => one.id === id) ?? this.#waiting().find((one) => one.id === id) ?? null;
  }

  #waitingOf = remembered(undecided);

  #waiting = (): readonly Shape[] => this.#waitingOf(this.suggestions, this.value);

  #spoken(shape: Shape): string {
    const { left, top, right, bottom } = boundsOf(shape);
    const name = this.#labels().names.get(shape.label) ?? shape.label;
    const figures = { name, left: Math.round(left), top: Math.round(top), right: Math.round(right), bottom: Math.round(bottom) };
    return t("{name}, from {left}, {top} to {right}, {bottom}", figures);
  }

  // The picture.

  #scene(): Scene {
    const { colors, names } = this.#labels();
    return {
      size: this.size,
      tool: this.tool,
      editable: !this.readonly,
      smallest: this.settings?.smallest ?? 1,
      color: colors.get(this.current) ?? NO_LABEL_COLOR,
      shapes: this.value.shapes,
      waiting: this.#waiting(),
      before: this.original,
      selected: this.selected,
      colors,
      names,
    };
  }

  async #load(again = false): Promise<void> {
    const wanted = `${this.source ?? ""} ${this.size.width} ${this.size.height}`;
    if ((wanted === this.#loading && !again) || !this.stage) return;
    this.#loading = wanted;
    this.picture = "loading";
    const image = new Image();
    image.src = this.source ?? "";
    const [{ Drawing: Made }, loaded] = await Promise.all([
      import("./drawing.ts"),
      this.source ? image.decode().then(() => true, () => false) : Promise.resolve(false),
    ]);
    if (this.#loading !== wanted || !this.isConnected || !this.stage) return;
    this.picture = loaded ? "shown" : "failed";
    this.#drawing?.destroy();
    this.#drawing = new Made(this.stage, loaded ? image : null, this.#scene(), {
      chosen: (id) => this.#choose(id),
      drawn: (kind, points) => this.#draw(kind, points),
      changed: (shape) => this.#change(withShape(this.value, shape)),
      zoomed: (scale) => (this.scale = scale),
      corners: (count) => (this.corners = count),
    });
    this.scale = this.#drawing.scale;
    this.#watcher.observe(this.stage);
    this.toggleAttribute("data-ready", true);
  }
}
