/** The chosen shape as something that can be taken hold of: dragged, resized, corner by corner. */
import type { Context as HitContext } from "konva/lib/Context.js";
import type { Layer } from "konva/lib/Layer.js";
import type { Shape as KonvaShape } from "konva/lib/Shape.js";
import { Circle } from "konva/lib/shapes/Circle.js";
import { Line } from "konva/lib/shapes/Line.js";
import { Rect } from "konva/lib/shapes/Rect.js";
import { Transformer } from "konva/lib/shapes/Transformer.js";
import { boundsOf, boxBetween, clamped, movedBy, type Point, type Shape, type Size } from "./shapes.ts";

type Selected = Rect | Line | Circle;

const isCoarse = matchMedia("(pointer: coarse)");

/** How the chosen shape is to be shown. */
export interface Choice {
  shape: Shape;
  color: string;
  /** Not decided on yet. */
  waiting: boolean;
  editable: boolean;
  /** With a drawing tool only its edge can be taken hold of, so that others can be drawn on top of it. */
  solid: boolean;
}

/** Where the picture lies on the screen, and how large it is. */
export interface Place {
  size: Size;
  smallest: number;
  scale: number;
  x: number;
  y: number;
}

export class Selection {
  #node: Selected | null = null;
  #handles: Circle[] = [];
  #choice: Choice | null = null;
  #letGo = false;
  readonly #transformer: Transformer;

  constructor(
    private readonly layer: Layer,
    private readonly place: () => Place,
    private readonly changed: (shape: Shape) => void,
  ) {
    const anchor = isCoarse.matches ? 22 : 10;
    this.#transformer = new Transformer({
      rotateEnabled: false, keepRatio: false, flipEnabled: false, ignoreStroke: true, borderEnabled: false,
      anchorSize: anchor, anchorCornerRadius: anchor / 2, anchorStrokeWidth: 2,
      boundBoxFunc: (before, after) => this.#onPicture(before, after),
    });
    layer.add(this.#transformer);
  }

  show(choice: Choice | null): void {
    this.#choice = choice;
    this.#node?.destroy();
    for (const handle of this.#handles) handle.destroy();
    this.#handles = [];
    this.#node = null;
    this.#transformer.nodes([]);
    if (choice) {
      this.#node = this.#nodeFor(choice);
      this.layer.add(this.#node);
      if (choice.editable) this.#makeEditable(choice.shape, this.#node);
      this.#transformer.moveToTop();
    }
    this.resize();
    this.layer.batchDraw();
  }

  /** Takes hold of it, as if it had been pressed. */
  grab(): void {
    this.#node?.startDrag();
  }

  /** Lets go of it, because something else began: it is where it was. */
  release(): void {
    this.#letGo = true;
    for (const node of [this.#node, ...this.#handles]) if (node?.isDragging()) node.stopDrag();
    if (this.#transformer.isTransforming()) this.#transformer.stopTransform();
    this.#letGo = false;
    this.show(this.#choice);
  }

  #say(shape: Shape): void {
    if (!this.#letGo) this.changed(shape);
  }

  /** Handles stay as large on the screen, however near the picture. */
  resize(): void {
    const { scale } = this.place();
    for (const handle of this.#handles) handle.radius((isCoarse.matches ? 9 : 6) / scale);
    if (this.#node instanceof Circle) this.#node.radius(8 / scale);
    this.#transformer.forceUpdate();
  }

  #nodeFor({ shape, color, waiting, solid }: Choice): Selected {
    const common = {
      stroke: color, strokeWidth: 3, strokeScaleEnabled: false, fill: `${color}33`, hitStrokeWidth: isCoarse.matches ? 24 : 10,
      dash: waiting ? [8, 5] : [],
    };
    if (shape.kind === "point") {
      const [x, y] = shape.points[0] ?? [0, 0];
      return new Circle({ ...common, x, y, radius: 8 });
    }
    const hitFunc = (context: HitContext, node: KonvaShape): void => {
      context.beginPath();
      if (node instanceof Rect) context.rect(0, 0, node.width(), node.height());
      else shape.points.forEach(([x, y], index) => (index === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
      context.closePath();
      if (solid) context.fillStrokeShape(node);
      else context.strokeShape(node);
    };
    if (shape.kind === "polygon") return new Line({ ...common, hitFunc, points: shape.points.flat(), closed: true });
    const { left, top, right, bottom } = boundsOf(shape);
    return new Rect({ ...common, hitFunc, x: left, y: top, width: right - left, height: bottom - top });
  }

  #makeEditable(shape: Shape, node: KonvaShape): void {
    node.draggable(true);
    node.dragDistance(3);
    node.on("dragmove", () => {
      const { left, top, right, bottom } = boundsOf(shape);
      const { width, height } = this.place().size;
      const from = shape.kind === "box" ? [left, top] : shape.kind === "point" ? (shape.points[0] ?? [0, 0]) : [0, 0];
      const dx = Math.min(Math.max(node.x() - (from[0] ?? 0), -left), width - right);
      const dy = Math.min(Math.max(node.y() - (from[1] ?? 0), -top), height - bottom);
      node.position({ x: (from[0] ?? 0) + dx, y: (from[1] ?? 0) + dy });
      for (const [index, handle] of this.#handles.entries()) {
        const [x, y] = shape.points[index] ?? [0, 0];
        handle.position({ x: x + dx, y: y + dy });
      }
    });
    node.on("dragend", () => {
      const from = shape.kind === "box" ? boundsOf(shape) : { left: shape.points[0]?.[0] ?? 0, top: shape.points[0]?.[1] ?? 0 };
      const [dx, dy] = shape.kind === "polygon" ? [node.x(), node.y()] : [node.x() - from.left, node.y() - from.top];
      if (dx !== 0 || dy !== 0) this.#say(movedBy(shape, dx, dy, this.place().size));
    });
    if (node instanceof Rect) {
      this.#transformer.nodes([node]);
      node.on("transformend", () => {
        const far: Point = [node.x() + node.width() * node.scaleX(), node.y() + node.height() * node.scaleY()];
        this.#say({ ...shape, points: boxBetween([node.x(), node.y()], far, this.place().size) });
      });
    } else if (node instanceof Line) this.#addCorners(shape, node);
  }

  // A polygon's corners can be dragged; two clicks remove one.
  #addCorners(shape: Shape, node: Line): void {
    this.#handles = shape.points.map(([x, y], index) => {
      const handle = new Circle({ x, y, fill: "#fff", stroke: String(node.stroke()), strokeWidth: 2, strokeScaleEnabled: false, draggable: true, hitStrokeWidth: isCoarse.matches ? 26 : 8 });
      const moved = (): Point[] => clamped(shape.points.map((point, at): Point => (at === index ? [handle.x(), handle.y()] : point)), this.place().size);
      handle.on("dragmove", () => {
        const points = moved();
        node.points(points.flat());
        handle.position({ x: points[index]?.[0] ?? 0, y: points[index]?.[1] ?? 0 });
      });
      handle.on("dragend", () => this.#say({ ...shape, points: moved() }));
      handle.on("pointerdblclick", () => {
        if (shape.points.length > 3) this.#say({ ...shape, points: shape.points.filter((_point, at) => at !== index) });
      });
      this.layer.add(handle);
      return handle;
    });
  }

  // A box being resized ends at the picture's edge. Absolute pixels, as Konva gives them.
  #onPicture<B extends { x: number; y: number; width: number; height: number }>(before: B, after: B): B {
    const { x: left, y: top, size, scale, smallest } = this.place();
    const [right, bottom] = [left + size.width * scale, top + size.height * scale];
    const x = Math.max(after.x, left);
    const y = Math.max(after.y, top);
    const width = Math.min(after.x + after.width, right) - x;
    const height = Math.min(after.y + after.height, bottom) - y;
    const least = smallest * scale;
    return width < least || height < least ? before : { ...after, x, y, width, height };
  }

}
