import { LightElement, addStyles, customElement, emit, html, icon, nothing, property, query, randomId, state, t, tn, type KeyHelp, type PropertyValues } from "@preceptor/ui";
import type { FieldSubject } from "../../field.ts";
import { labelIn } from "../../widget.ts";
import type { Drawing, Scene, Tool } from "./drawing.ts";
import type { Row, RowWish } from "./list.ts";
import { NO_LABEL_COLOR, boundsOf, boxBetween, clamped, colorsOf, grownBy, isTooSmall, movedBy, undecided, withShape, withoutShape, type BoxesSettings, type Marks, type Point, type Shape, type ShapeKind, type Size } from "./shapes.ts";
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

const NOTHING: Marks = { shapes: [], rejected: [] };
const TOOL_KEYS: Readonly<Record<string, Tool>> = { v: "choose", b: "box", l: "polygon", o: "point", h: "move" };
const TOOL_ICONS: Readonly<Record<Tool, string>> = { choose: "pointer", move: "hand", box: "box", polygon: "polygon", point: "target" };
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
        ${this.#toolbar()}
        <div class="frame" .style=${`--ratio: ${this.size.width / this.size.height}`}>
          <div class="stage" id=${this.#id} role="application" tabindex="0" aria-label=${this.#stageLabel()} aria-roledescription=${t("Picture to draw on")} @keydown=${this.#onStageKey} @keyup=${this.#onStageKeyUp} @pointerdown=${() => this.stage?.focus({ preventScroll: true })}></div>
          ${this.picture === "failed"
            ? html`<div class="failed"><p>${t("The picture could not be loaded.")}</p><button type="button" @click=${() => void this.#load(true)}>${icon("refresh")}${t("Try again")}</button></div>`
            : nothing}
          ${this.picture === "loading" ? html`<div class="failed"><p class="muted"><span class="spinner"></span> ${t("Loading the picture")}</p></div>` : nothing}
          ${this.corners > 0 ? this.#polygonBar() : nothing}
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
    const seeing: KeyHelp[] = [
      { keys: [["J"], ["K"]], does: t("The next shape, or the one before") },
      { keys: [["+"], ["−"], ["0"]], does: t("Zoom in, zoom out, whole picture") },
      { keys: [["H"]], does: t("Move the picture by dragging; so does Space held down") },
    ];
    if (this.readonly) return seeing;
    const tools: Record<ShapeKind, KeyHelp> = {
      box: { keys: [["B"]], does: t("Draw boxes") },
      polygon: { keys: [["L"]], does: t("Draw polygons; Enter closes one, Backspace takes a corner back") },
      point: { keys: [["O"]], does: t("Set points") },
    };
    return [
      { keys: [["V"]], does: t("Choose and change shapes") },
      ...(this.settings?.kinds ?? []).map((kind) => tools[kind]),
      { keys: [["1–9"]], does: t("Label of the chosen shape, and of the next ones") },
      { keys: [["C"]], does: t("Put a shape into the middle, to be moved by the arrows") },
      { keys: [["←"], ["→"], ["↑"], ["↓"]], does: t("Move the chosen shape; with Alt by ten pixels; without one, the picture") },
      { keys: [["Shift", "→"], ["Shift", "↓"]], does: t("Make the chosen shape wider or higher") },
      { keys: [["Delete"]], does: t("Remove the chosen shape") },
      ...(this.suggestions.length > 0 ? [{ keys: [["Y"], ["N"]], does: t("Accept or reject the suggestion") }] : []),
      ...seeing,
    ];
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
    if (event.key === " ") {
      event.preventDefault();
      if (this.#drawing) this.#drawing.spaceDown = true;
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

  #onStageKeyUp = (event: KeyboardEvent): void => {
    if (event.key === " " && this.#drawing) this.#drawing.spaceDown = false;
  };

  // Parts.

  #toolbar(): unknown {
    const kinds: Tool[] = this.readonly ? [] : ["choose", ...(this.settings?.kinds ?? [])];
    const tools: Tool[] = [...kinds, "move"];
    const names: Record<Tool, string> = { choose: t("Choose"), move: t("Move picture"), box: t("Box"), polygon: t("Polygon"), point: t("Point") };
    return html`<div class="toolbar" role="toolbar" aria-label=${t("Tools")} aria-controls=${this.#id}>
      ${this.readonly
        ? nothing
        : html`<div class="segmented">${tools.map((tool) => html`<button type="button" class="tool" aria-pressed=${this.tool === tool} aria-label=${names[tool]} title=${names[tool]} @click=${() => (this.tool = tool)}>${icon(TOOL_ICONS[tool])}<span class="word">${names[tool]}</span></button>`)}</div>`}
      <div class="segmented zoom">
        <button type="button" class="icon-only" aria-label=${t("Zoom out")} title=${t("Zoom out")} @click=${() => this.#drawing?.zoom(1 / 1.4)}>${icon("minus")}</button>
        <button type="button" class="percent" title=${t("Whole picture")} aria-label=${t("Whole picture; now at {percent} %", { percent: Math.round(this.scale * 100) })} @click=${() => this.#drawing?.fit()}>${Math.round(this.scale * 100)} %</button>
        <button type="button" class="icon-only" aria-label=${t("Zoom in")} title=${t("Zoom in")} @click=${() => this.#drawing?.zoom(1.4)}>${icon("plus")}</button>
      </div>
    </div>`;
  }

  #polygonBar(): unknown {
    return html`<div class="polygon">
      <span>${tn("{count} corner", "{count} corners", this.corners)}</span>
      <button type="button" class="tiny primary" ?disabled=${this.corners < 3} @click=${() => this.#drawing?.close()}>${icon("check")}${t("Close")}</button>
      <button type="button" class="tiny quiet" @click=${() => this.#drawing?.back()}>${icon("undo", { turns: true })}${t("Corner back")}</button>
      <button type="button" class="tiny quiet" @click=${() => this.#drawing?.cancel()}>${icon("x")}${t("Cancel")}</button>
    </div>`;
  }

  #palette(): unknown {
    const labels = this.settings?.labels ?? [];
    const colors = colorsOf(labels);
    const chosen = this.#find(this.selected)?.label ?? this.current;
    return html`<fieldset class="palette"><legend>${this.selected ? t("Label of this shape") : t("Label of the next shape")}</legend>
      ${labels.map(
        (one, index) => html`<button type="button" class="label" aria-pressed=${one.key === chosen} @click=${() => this.#label(one.key)}>
          <span class="swatch" .style=${`--swatch: ${colors.get(one.key) ?? NO_LABEL_COLOR}`}></span><bdi>${labelIn(one.label) || one.key}</bdi>
          ${index < 9 ? html`<kbd class="hide-small">${index + 1}</kbd>` : nothing}
        </button>`,
      )}
    </fieldset>`;
  }

  #list(): unknown {
    const waiting = this.#waiting();
    const rows = this.#rows(waiting);
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

  #rows(waiting: readonly Shape[]): Row[] {
    const names = this.#names();
    const colors = colorsOf(this.settings?.labels ?? []);
    const row = (shape: Shape, number: number, isWaiting: boolean): Row => ({
      shape,
      number,
      waiting: isWaiting,
      name: names.get(shape.label) ?? (shape.label || t("No label")),
      color: colors.get(shape.label) ?? NO_LABEL_COLOR,
      problem: isWaiting ? "" : (this.problems.get(number - 1) ?? ""),
    });
    return [...waiting.map((shape) => row(shape, 0, true)), ...this.value.shapes.map((shape, index) => row(shape, index + 1, false))];
  }

  #names(): Map<string, string> {
    return new Map((this.settings?.labels ?? []).map((one) => [one.key, labelIn(one.label) || one.key]));
  }

  #stageLabel(): string {
    return tn("{name}, {count} shape", "{name}, {count} shapes", this.value.shapes.length, { name: this.label });
  }

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

  #waiting(): Shape[] {
    return undecided(this.suggestions, this.value);
  }

  #spoken(shape: Shape): string {
    const { left, top, right, bottom } = boundsOf(shape);
    const name = this.#names().get(shape.label) ?? shape.label;
    const figures = { name, left: Math.round(left), top: Math.round(top), right: Math.round(right), bottom: Math.round(bottom) };
    return t("{name}, from {left}, {top} to {right}, {bottom}", figures);
  }

  // The picture.

  #scene(): Scene {
    const labels = this.settings?.labels ?? [];
    const colors = colorsOf(labels);
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
      names: this.#names(),
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
