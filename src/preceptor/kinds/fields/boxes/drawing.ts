/**
 * A picture with shapes on it, drawn and handled by Konva: loaded with the first picture. What nobody touches is painted in one go
 * on a layer of its own, so that thousands stay quick; the chosen shape is a node that can be dragged and resized.
 */
import Konva from "konva/lib/Core.js";
import type { Node as KonvaNode } from "konva/lib/Node.js";
import { Image as KonvaImage } from "konva/lib/shapes/Image.js";
import { Line } from "konva/lib/shapes/Line.js";
import { Rect } from "konva/lib/shapes/Rect.js";
import { paintShapes, type Painted } from "./painting.ts";
import { Selection, type Place } from "./selection.ts";
import { NO_LABEL_COLOR, boundsOf, boxBetween, clamped, shapeAt, type Point, type Shape, type ShapeKind, type Size } from "./shapes.ts";

export type Tool = "choose" | "move" | ShapeKind;

export interface Scene extends Painted {
  size: Size;
  tool: Tool;
  editable: boolean;
  smallest: number;
  /** Colour of what is being drawn. */
  color: string;
}

export interface Hooks {
  chosen(id: string | null): void;
  drawn(kind: ShapeKind, points: Point[]): void;
  changed(shape: Shape): void;
  zoomed(scale: number): void;
  /** How many corners the polygon being drawn has; 0 when there is none. */
  corners(count: number): void;
}

interface Gesture {
  move(at: Point, event: PointerEvent): void;
  end(at: Point, event: PointerEvent, cancelled: boolean): void;
}

const PAINTED = ["shapes", "waiting", "before", "selected", "colors", "names"] as const;
const isCoarse = matchMedia("(pointer: coarse)");
const LARGEST = 40;
const EDGE = 48;

export class Drawing {
  readonly #stage: Konva.Stage;
  readonly #pictureLayer = new Konva.Layer({ listening: false });
  readonly #shapesLayer = new Konva.Layer({ listening: false });
  readonly #topLayer = new Konva.Layer();
  readonly #picture: KonvaImage;
  readonly #selection: Selection;
  readonly #pointers = new Map<number, Point>();
  #scene: Scene;
  #rubber: Rect | Line | null = null;
  #corners: Point[] = [];
  #gesture: Gesture | null = null;
  #pinch: { distance: number; middle: Point } | null = null;
  #fits = true;
  #spaceDown = false;

  constructor(container: HTMLDivElement, image: CanvasImageSource | null, scene: Scene, readonly hooks: Hooks) {
    this.#scene = scene;
    this.#stage = new Konva.Stage({ container, width: container.clientWidth, height: container.clientHeight });
    this.#picture = new KonvaImage({ image: image ?? undefined, ...scene.size });
    this.#pictureLayer.add(this.#picture);
    const field = new Konva.Shape({
      sceneFunc: (context) => paintShapes(context._context as CanvasRenderingContext2D, this.#scene, this.scale, this.#view()),
    });
    this.#shapesLayer.add(field);
    const place = (): Place => ({ size: this.#scene.size, smallest: this.#scene.smallest, scale: this.scale, ...this.#stage.position() });
    this.#selection = new Selection(this.#topLayer, place, (shape) => this.hooks.changed(shape));
    this.#stage.add(this.#pictureLayer, this.#shapesLayer, this.#topLayer);
    this.#stage.on("pointerdown", (event) => this.#down(event.evt as PointerEvent, event.target));
    this.#stage.on("pointermove", (event) => this.#hover(event.evt as PointerEvent));
    addEventListener("pointermove", this.#onMove);
    addEventListener("pointerup", this.#onUp);
    addEventListener("pointercancel", this.#onUp);
    container.addEventListener("wheel", this.#onWheel, { passive: false });
    this.fit();
    this.refresh();
  }

  destroy(): void {
    removeEventListener("pointermove", this.#onMove);
    removeEventListener("pointerup", this.#onUp);
    removeEventListener("pointercancel", this.#onUp);
    this.#stage.destroy();
  }

  get scale(): number {
    return this.#stage.scaleX();
  }

  /** Space held down: dragging moves the picture, whatever the tool. */
  set spaceDown(down: boolean) {
    this.#spaceDown = down;
    this.#stage.container().style.cursor = down ? "grab" : "";
  }

  show(scene: Scene): void {
    const before = this.#scene;
    this.#scene = scene;
    if (before.tool !== scene.tool) this.cancel();
    if (PAINTED.some((key) => before[key] !== scene[key])) this.#shapesLayer.batchDraw();
    if (before.selected !== scene.selected || before.tool !== scene.tool || before.editable !== scene.editable) this.refresh();
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#stage.container();
    if (width === 0 || (width === this.#stage.width() && height === this.#stage.height())) return;
    this.#stage.size({ width, height });
    if (this.#fits) this.fit();
  }

  // Seeing.

  fit(): void {
    const { width, height } = this.#scene.size;
    const scale = Math.min(this.#stage.width() / width, this.#stage.height() / height);
    this.#place(scale, (this.#stage.width() - width * scale) / 2, (this.#stage.height() - height * scale) / 2);
    this.#fits = true;
  }

  zoom(factor: number, at: Point = [this.#stage.width() / 2, this.#stage.height() / 2]): void {
    const before = this.scale;
    const fitting = Math.min(this.#stage.width() / this.#scene.size.width, this.#stage.height() / this.#scene.size.height);
    const scale = Math.min(Math.max(before * factor, fitting / 2), Math.max(LARGEST, fitting));
    const share = scale / before;
    this.#place(scale, at[0] - (at[0] - this.#stage.x()) * share, at[1] - (at[1] - this.#stage.y()) * share);
  }

  pan(dx: number, dy: number): void {
    this.#place(this.scale, this.#stage.x() + dx, this.#stage.y() + dy);
  }

  /** Brings a shape into view, with some of what is around it. */
  reveal(shape: Shape): void {
    const { left, top, right, bottom } = boundsOf(shape);
    const view = this.#view();
    if (left >= view.left && right <= view.right && top >= view.top && bottom <= view.bottom) return;
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    this.#place(this.scale, this.#stage.width() / 2 - x * this.scale, this.#stage.height() / 2 - y * this.scale);
  }

  /** The middle of what is seen, on the picture, and a third of its size. */
  middle(): { at: Point; size: Size } {
    const { left, top, right, bottom } = this.#view();
    const { width, height } = this.#scene.size;
    const [l, r, t, b] = [Math.max(0, left), Math.min(width, right), Math.max(0, top), Math.min(height, bottom)];
    return { at: [(l + r) / 2, (t + b) / 2], size: { width: (r - l) / 3, height: (b - t) / 3 } };
  }

  #view(): { left: number; top: number; right: number; bottom: number } {
    const scale = this.scale;
    const [left, top] = [-this.#stage.x() / scale, -this.#stage.y() / scale];
    return { left, top, right: left + this.#stage.width() / scale, bottom: top + this.#stage.height() / scale };
  }

  #place(scale: number, x: number, y: number): void {
    const { width, height } = this.#scene.size;
    const changed = scale !== this.scale;
    this.#fits = false;
    this.#stage.scale({ x: scale, y: scale });
    // Some of the picture always stays in sight.
    this.#stage.position({
      x: Math.min(Math.max(x, EDGE - width * scale), this.#stage.width() - EDGE),
      y: Math.min(Math.max(y, EDGE - height * scale), this.#stage.height() - EDGE),
    });
    this.#pictureLayer.imageSmoothingEnabled(scale < 4);
    this.#selection.resize();
    this.#stage.batchDraw();
    if (changed) this.hooks.zoomed(scale);
  }

  // The chosen shape.

  /** Draws the chosen shape anew, after it was changed from outside. */
  refresh(): void {
    const { selected, shapes, waiting, editable, tool, colors } = this.#scene;
    const isChosen = (one: Shape): boolean => one.id === selected;
    const shape = selected === null ? undefined : (shapes.find(isChosen) ?? waiting.find(isChosen));
    const color = colors.get(shape?.label ?? "") ?? NO_LABEL_COLOR;
    this.#selection.show(shape ? { shape, color, editable, waiting: waiting.includes(shape), solid: tool === "choose" } : null);
  }

  // Pointers.

  #at(event: PointerEvent | WheelEvent): Point {
    const { left, top } = this.#stage.container().getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  #toPicture([x, y]: Point): Point {
    return [(x - this.#stage.x()) / this.scale, (y - this.#stage.y()) / this.scale];
  }

  #pick(at: Point): Shape | null {
    const [x, y] = this.#toPicture(at);
    const slack = (isCoarse.matches ? 12 : 5) / this.scale;
    return shapeAt([...this.#scene.shapes, ...this.#scene.waiting], x, y, slack);
  }

  #down(event: PointerEvent, target: KonvaNode): void {
    const at = this.#at(event);
    this.#pointers.set(event.pointerId, at);
    if (this.#pointers.size === 2) return this.#startPinch();
    if (this.#pointers.size > 2 || (event.button !== 0 && event.button !== 1)) return undefined;
    const { tool, editable } = this.#scene;
    if (tool === "move" || this.#spaceDown || event.button === 1) this.#gesture = this.#panning(at);
    else if (target !== (this.#stage as KonvaNode)) return undefined; // what is chosen looks after itself
    else if (tool === "choose" || !editable) this.#gesture = this.#choosing(at);
    else if (tool === "box") this.#gesture = this.#boxing(at);
    else this.#gesture = this.#setting(at, tool);
    return undefined;
  }

  #onMove = (event: PointerEvent): void => {
    if (!this.#pointers.has(event.pointerId)) return;
    const at = this.#at(event);
    this.#pointers.set(event.pointerId, at);
    if (this.#pinch) this.#movePinch();
    else this.#gesture?.move(at, event);
  };

  #onUp = (event: PointerEvent): void => {
    if (!this.#pointers.delete(event.pointerId)) return;
    const gesture = this.#gesture;
    this.#gesture = null;
    if (this.#pointers.size === 0) this.#pinch = null;
    else return;
    gesture?.end(this.#at(event), event, event.type === "pointercancel");
  };

  #onWheel = (event: WheelEvent): void => {
    const container = this.#stage.container();
    // A page that is being scrolled past must not get stuck here.
    if (!event.ctrlKey && !event.metaKey && !container.contains(document.activeElement)) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), this.#at(event));
  };

  #hover(event: PointerEvent): void {
    if (this.#gesture || this.#spaceDown || event.pointerType === "touch") return;
    const { tool } = this.#scene;
    const cursor = tool === "move" ? "grab" : tool === "choose" ? (this.#pick(this.#at(event)) ? "pointer" : "grab") : "crosshair";
    this.#stage.container().style.cursor = cursor;
    if (this.#corners.length > 0) this.#showCorners(this.#toPicture(this.#at(event)));
  }

  #startPinch(): void {
    this.#gesture?.end([0, 0], new PointerEvent("pointercancel"), true);
    this.#gesture = null;
    this.#pinch = this.#spread();
    this.#selection.release();
  }

  #spread(): { distance: number; middle: Point } {
    const [a = [0, 0], b = [0, 0]] = [...this.#pointers.values()];
    return { distance: Math.hypot(a[0] - b[0], a[1] - b[1]), middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
  }

  #movePinch(): void {
    if (!this.#pinch || this.#pointers.size < 2) return;
    const now = this.#spread();
    const before = this.#pinch;
    this.#pinch = now;
    this.pan(now.middle[0] - before.middle[0], now.middle[1] - before.middle[1]);
    if (before.distance > 0) this.zoom(now.distance / before.distance, now.middle);
  }

  // Gestures.

  #panning(from: Point): Gesture {
    let last = from;
    return {
      move: (at) => {
        this.pan(at[0] - last[0], at[1] - last[1]);
        last = at;
      },
      end: () => undefined,
    };
  }

  #choosing(from: Point): Gesture | null {
    const shape = this.#pick(from);
    if (!shape) {
      const panning = this.#panning(from);
      return { ...panning, end: (at, _event, cancelled) => !cancelled && isNear(from, at) && this.hooks.chosen(null) };
    }
    this.hooks.chosen(shape.id);
    if (this.#scene.editable) this.#selection.grab();
    return null;
  }

  #boxing(from: Point): Gesture {
    const start = this.#toPicture(from);
    const rubber = new Rect({ stroke: this.#scene.color, strokeWidth: 2, strokeScaleEnabled: false, listening: false, fill: `${this.#scene.color}22` });
    this.#topLayer.add(rubber);
    const corners = (at: Point): [Point, Point] => boxBetween(start, this.#toPicture(at), this.#scene.size);
    return {
      move: (at) => {
        const [[x, y], [right, bottom]] = corners(at);
        rubber.setAttrs({ x, y, width: right - x, height: bottom - y });
      },
      end: (at, _event, cancelled) => {
        rubber.destroy();
        this.#topLayer.batchDraw();
        if (cancelled) return;
        const points = corners(at);
        const [[x, y], [right, bottom]] = points;
        if (isNear(from, at)) this.hooks.chosen(this.#pick(at)?.id ?? null);
        else if (right - x >= this.#scene.smallest && bottom - y >= this.#scene.smallest) this.hooks.drawn("box", points);
      },
    };
  }

  #setting(from: Point, tool: "polygon" | "point"): Gesture {
    return {
      move: () => undefined,
      end: (at, event, cancelled) => {
        if (cancelled || !isNear(from, at, 14)) return;
        const [point] = clamped([this.#toPicture(from)], this.#scene.size) as [Point];
        if (tool === "point") this.hooks.drawn("point", [point]);
        else this.#addCorner(point, event);
      },
    };
  }

  #addCorner(point: Point, event: PointerEvent): void {
    const near = (other: Point | undefined): boolean =>
      other !== undefined && Math.hypot(other[0] - point[0], other[1] - point[1]) * this.scale < (event.pointerType === "touch" ? 22 : 11);
    if (this.#corners.length >= 3 && (near(this.#corners[0]) || near(this.#corners.at(-1)))) return this.close();
    if (near(this.#corners.at(-1))) return undefined;
    this.#corners.push(point);
    this.#showCorners();
    this.hooks.corners(this.#corners.length);
    return undefined;
  }

  #showCorners(next?: Point): void {
    this.#rubber ??= new Line({ stroke: this.#scene.color, strokeWidth: 2, strokeScaleEnabled: false, listening: false, lineJoin: "round" });
    if (!this.#rubber.getLayer()) this.#topLayer.add(this.#rubber);
    (this.#rubber as Line).points([...this.#corners, ...(next ? [next] : [])].flat());
    this.#topLayer.batchDraw();
  }

  /** Ends the polygon being drawn. */
  close(): void {
    const points = this.#corners;
    this.cancel();
    if (points.length >= 3) this.hooks.drawn("polygon", points);
  }

  /** Takes the last corner back. */
  back(): void {
    this.#corners.pop();
    if (this.#corners.length === 0) this.cancel();
    else this.#showCorners();
    this.hooks.corners(this.#corners.length);
  }

  /** Gives up what is being drawn. True where there was something. */
  cancel(): boolean {
    const had = this.#corners.length > 0;
    this.#corners = [];
    this.#rubber?.destroy();
    this.#rubber = null;
    this.#topLayer.batchDraw();
    if (had) this.hooks.corners(0);
    return had;
  }
}

const isNear = (a: Point, b: Point, most = 4): boolean => Math.hypot(a[0] - b[0], a[1] - b[1]) <= most;
