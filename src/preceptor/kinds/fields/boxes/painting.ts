/** Paints all shapes but the chosen one. */
import { NO_LABEL_COLOR, boundsOf, type Bounds, type Shape } from "./shapes.ts";

export interface Painted {
  shapes: readonly Shape[];
  /** Suggestions that nobody has decided on: dashed. */
  waiting: readonly Shape[];
  /** In a correction: what was there before, grey and dashed. */
  before: readonly Shape[];
  selected: string | null;
  colors: ReadonlyMap<string, string>;
  names: ReadonlyMap<string, string>;
}

const MOST_NAMED = 60;
/** More than so many lie too close for a dark edge around each. */
const MOST_SHADED = 1_000;
const SHADE = "rgb(0 0 0 / 55%)";

/** `scale`: pixels of the screen per pixel of the picture, in which the context counts; `view`: what is seen of it. */
export function paintShapes(context: CanvasRenderingContext2D, painted: Painted, scale: number, view: Bounds): void {
  const pixel = 1 / scale;
  const seen = (shapes: readonly Shape[]): Shape[] => shapes.filter((shape) => shape.id !== painted.selected && isSeen(shape, view));
  const shapes = seen(painted.shapes);
  const waiting = seen(painted.waiting);
  context.save();
  context.lineJoin = "round";
  context.setLineDash([3 * pixel, 4 * pixel]);
  stroke(context, painted.before.filter((shape) => isSeen(shape, view)), NO_LABEL_COLOR, 1.5 * pixel, pixel);
  context.setLineDash([]);
  const shaded = shapes.length <= MOST_SHADED;
  if (shaded) stroke(context, shapes, SHADE, 4 * pixel, pixel);
  for (const [color, group] of byColor(shapes, painted.colors)) stroke(context, group, color, 2 * pixel, pixel);
  if (shaded) stroke(context, waiting, SHADE, 3 * pixel, pixel);
  // Dashes cost too much where there are very many.
  if (waiting.length <= MOST_SHADED) context.setLineDash([7 * pixel, 5 * pixel]);
  for (const [color, group] of byColor(waiting, painted.colors)) stroke(context, group, color, 2 * pixel, pixel);
  context.setLineDash([]);
  if (shapes.length + waiting.length <= MOST_NAMED) name(context, [...shapes, ...waiting], painted, pixel);
  context.restore();
}

function isSeen(shape: Shape, view: Bounds): boolean {
  const { left, top, right, bottom } = boundsOf(shape);
  return right >= view.left && left <= view.right && bottom >= view.top && top <= view.bottom;
}

function byColor(shapes: readonly Shape[], colors: ReadonlyMap<string, string>): Map<string, Shape[]> {
  const groups = new Map<string, Shape[]>();
  for (const shape of shapes) {
    const color = colors.get(shape.label) ?? NO_LABEL_COLOR;
    const group = groups.get(color);
    if (group) group.push(shape);
    else groups.set(color, [shape]);
  }
  return groups;
}

// Each box by itself: one long path of thousands takes browsers thirty times as long as as many rectangles.
function stroke(context: CanvasRenderingContext2D, shapes: readonly Shape[], color: string, width: number, pixel: number): void {
  if (shapes.length === 0) return;
  context.strokeStyle = color;
  context.lineWidth = width;
  for (const { kind, points } of shapes) {
    const [x, y] = points[0] ?? [0, 0];
    if (kind === "box") {
      const [right, bottom] = points[1] ?? [x, y];
      context.strokeRect(x, y, right - x, bottom - y);
      continue;
    }
    context.beginPath();
    if (kind === "point") {
      context.arc(x, y, 6 * pixel, 0, 2 * Math.PI);
      context.moveTo(x + pixel, y);
      context.arc(x, y, pixel, 0, 2 * Math.PI);
    } else {
      context.moveTo(x, y);
      for (const [u, v] of points.slice(1)) context.lineTo(u, v);
      context.closePath();
    }
    context.stroke();
  }
}

function name(context: CanvasRenderingContext2D, shapes: readonly Shape[], painted: Painted, pixel: number): void {
  context.font = `600 ${12 * pixel}px system-ui, sans-serif`;
  context.textBaseline = "bottom";
  for (const shape of shapes) {
    const words = painted.names.get(shape.label) ?? shape.label;
    if (!words) continue;
    const { left, top } = boundsOf(shape);
    const lift = shape.kind === "point" ? 10 * pixel : 0;
    const shown = words.length > 24 ? `${words.slice(0, 23)}…` : words;
    const width = context.measureText(shown).width + 8 * pixel;
    const y = Math.max(top - lift, 17 * pixel);
    context.fillStyle = "rgb(20 22 25 / 78%)";
    context.fillRect(left, y - 17 * pixel, width, 16 * pixel);
    context.fillStyle = painted.colors.get(shape.label) ?? NO_LABEL_COLOR;
    context.fillText(shown, left + 4 * pixel, y - 2 * pixel);
  }
}
