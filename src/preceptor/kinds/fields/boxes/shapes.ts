/** Shapes on a picture, as plain values: where they are, what lies under a finger, how they move. All in its pixels. */
import type { Labels } from "../../widget.ts";

export type ShapeKind = "box" | "polygon" | "point";
export type Point = readonly [number, number];

export interface Shape {
  id: string;
  kind: ShapeKind;
  /** A label's key. */
  label: string;
  points: readonly Point[];
  attributes?: Readonly<Record<string, unknown>>;
}

export interface ShapeLabel {
  key: string;
  label: Labels;
}

export interface BoxesSettings {
  labels: readonly ShapeLabel[];
  kinds: readonly ShapeKind[];
  least: number;
  most: number;
  /** Width and height of the smallest box or polygon. */
  smallest: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Lines told apart on light and dark pictures alike, also by most who see few colours; they repeat after twelve. */
export const COLORS = [
  "#ffb000", "#3ec1ff", "#ff5d8f", "#8ce05a", "#c08bff", "#ff7a2f",
  "#00d6b4", "#ffe14d", "#6f8cff", "#ff9ecb", "#b8e6ff", "#d4a373",
] as const;
export const NO_LABEL_COLOR = "#b9bec6";

export function colorsOf(labels: readonly ShapeLabel[]): Map<string, string> {
  return new Map(labels.map((label, index) => [label.key, COLORS[index % COLORS.length] ?? NO_LABEL_COLOR]));
}

export const rounded = (value: number): number => Math.round(value * 100) / 100;

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

export function boundsOf(shape: Shape): Bounds {
  let [left, top] = shape.points[0] ?? [0, 0];
  let [right, bottom] = [left, top];
  for (const [x, y] of shape.points) {
    if (x < left) left = x;
    else if (x > right) right = x;
    if (y < top) top = y;
    else if (y > bottom) bottom = y;
  }
  return { left, top, right, bottom };
}

/** The box between two corners, cut off at the picture's edges. */
export function boxBetween(a: Point, b: Point, size: Size): [Point, Point] {
  const x = [a[0], b[0]].map((value) => rounded(within(value, 0, size.width)));
  const y = [a[1], b[1]].map((value) => rounded(within(value, 0, size.height)));
  return [
    [Math.min(...x), Math.min(...y)],
    [Math.max(...x), Math.max(...y)],
  ];
}

/** Each corner on the picture. */
export function clamped(points: readonly Point[], size: Size): Point[] {
  return points.map(([x, y]) => [rounded(within(x, 0, size.width)), rounded(within(y, 0, size.height))]);
}

/** The shape moved by so much, as far as the picture goes; its form stays. */
export function movedBy(shape: Shape, dx: number, dy: number, size: Size): Shape {
  const { left, top, right, bottom } = boundsOf(shape);
  const x = within(dx, -left, Math.max(-left, size.width - right));
  const y = within(dy, -top, Math.max(-top, size.height - bottom));
  return { ...shape, points: shape.points.map(([u, v]) => [rounded(u + x), rounded(v + y)]) };
}

/** The shape with its right and lower edge moved by so much: never smaller than `smallest`, never beyond the picture. */
export function grownBy(shape: Shape, dx: number, dy: number, size: Size, smallest: number): Shape {
  if (shape.kind === "point") return shape;
  const { left, top, right, bottom } = boundsOf(shape);
  const least = Math.max(1, smallest);
  const across = within(right + dx, left + least, Math.max(left + least, size.width)) - left;
  const down = within(bottom + dy, top + least, Math.max(top + least, size.height)) - top;
  const sx = right > left ? across / (right - left) : 1;
  const sy = bottom > top ? down / (bottom - top) : 1;
  return { ...shape, points: clamped(shape.points.map(([x, y]): Point => [left + (x - left) * sx, top + (y - top) * sy]), size) };
}

export function isTooSmall(kind: ShapeKind, points: readonly Point[], smallest: number): boolean {
  if (kind === "point") return false;
  const { left, top, right, bottom } = boundsOf({ id: "", kind, label: "", points });
  return right - left < smallest || bottom - top < smallest;
}

function isInside(points: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i, i += 1) {
    const [a, b] = points[i] ?? [0, 0];
    const [c, d] = points[j] ?? [0, 0];
    if (b > y !== d > y && x < ((c - a) * (y - b)) / (d - b) + a) inside = !inside;
  }
  return inside;
}

/**
 * The shape under a point: of several the smallest, so that a small one on a large one can be reached. `slack`: how far
 * beside an edge still counts.
 */
export function shapeAt(shapes: Iterable<Shape>, x: number, y: number, slack: number): Shape | null {
  let found: Shape | null = null;
  let smallest = Infinity;
  for (const shape of shapes) {
    const { left, top, right, bottom } = boundsOf(shape);
    const reach = shape.kind === "point" ? slack * 2 : slack;
    if (x < left - reach || x > right + reach || y < top - reach || y > bottom + reach) continue;
    if (shape.kind === "polygon" && (right - left) * (bottom - top) > slack * slack * 16 && !isInside(shape.points, x, y)) continue;
    const area = shape.kind === "point" ? 0 : (right - left) * (bottom - top);
    if (area < smallest) {
      found = shape;
      smallest = area;
    }
  }
  return found;
}

/** What an answer holds of a picture. */
export interface Marks {
  shapes: readonly Shape[];
  /** Ids of suggestions that are wrong. */
  rejected: readonly string[];
}

/** Suggestions that nobody has accepted or rejected yet. */
export function undecided(suggestions: readonly Shape[], marks: Marks): Shape[] {
  if (suggestions.length === 0) return [];
  const decided = new Set(marks.rejected);
  for (const shape of marks.shapes) decided.add(shape.id);
  return suggestions.filter((shape) => !decided.has(shape.id));
}

/** The marks with a shape as it is now: put in its place, or added, which also accepts a suggestion of its id. */
export function withShape(marks: Marks, shape: Shape): Marks {
  const at = marks.shapes.findIndex((one) => one.id === shape.id);
  const shapes = at < 0 ? [...marks.shapes, shape] : marks.shapes.map((one, index) => (index === at ? shape : one));
  return { shapes, rejected: marks.rejected.filter((id) => id !== shape.id) };
}

/** The marks without a shape; one that was suggested counts as rejected. */
export function withoutShape(marks: Marks, id: string, suggestions: readonly Shape[]): Marks {
  const shapes = marks.shapes.filter((one) => one.id !== id);
  const suggested = suggestions.some((one) => one.id === id);
  return { shapes, rejected: suggested && !marks.rejected.includes(id) ? [...marks.rejected, id] : marks.rejected };
}
