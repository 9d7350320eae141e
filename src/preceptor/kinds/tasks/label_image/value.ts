/** An answer of this kind as plain values, and what is still missing in it. */
import { t, tn } from "@preceptor/ui";
import { undecided, type BoxesSettings, type Shape, type ShapeLabel } from "../../fields/boxes/shapes.ts";
import type { Problem, Progress } from "../../widget.ts";

export interface Settings {
  shapes: BoxesSettings;
  classes: readonly ShapeLabel[];
  choose: "one" | "many";
  suggestions: "decide" | "optional" | "hide";
}

export interface PictureFile {
  sha256: string;
  name: string;
  media_type: string;
  width: number;
  height: number;
}

export interface ItemContent {
  file: PictureFile;
  suggestions: readonly Shape[];
}

export interface Answer {
  shapes: readonly Shape[];
  classes: readonly string[];
  rejected: readonly string[];
}

export const EMPTY: Answer = { shapes: [], classes: [], rejected: [] };

export const draws = (settings: Settings): boolean => settings.shapes.kinds.length > 0;

const MOST_TOLD = 20;

/** What stops a submit, in the order of the page, as the server would say it. */
export function missing(settings: Settings, content: ItemContent, answer: Answer): Problem[] {
  return [...missingShapes(settings, answer), ...missingDecisions(settings, content, answer), ...missingClass(settings, answer)].slice(0, MOST_TOLD);
}

function* missingShapes(settings: Settings, answer: Answer): Generator<Problem> {
  if (!draws(settings)) return;
  const { least, most, labels } = settings.shapes;
  const count = answer.shapes.length;
  if (count < least) yield { path: "shapes", message: t("Mark at least {least}; there are {count} so far.", { least, count }) };
  if (count > most) yield { path: "shapes", message: t("Mark at most {most}.", { most }) };
  const known = new Set(labels.map((one) => one.key));
  for (const [index, shape] of answer.shapes.entries()) {
    if (known.has(shape.label)) continue;
    const message = shape.label
      ? t("There is no label “{key}” in this form. Choose another one.", { key: shape.label })
      : t("Give this shape a label.");
    yield { path: `shapes.${index}.label`, message };
  }
}

function* missingDecisions(settings: Settings, content: ItemContent, answer: Answer): Generator<Problem> {
  if (!draws(settings) || settings.suggestions !== "decide") return;
  const waiting = undecided(content.suggestions, answer).length;
  if (waiting > 0) {
    yield {
      path: "rejected",
      message: tn("{count} suggestion is neither accepted nor rejected.", "{count} suggestions are neither accepted nor rejected.", waiting),
    };
  }
}

function* missingClass(settings: Settings, answer: Answer): Generator<Problem> {
  if (settings.classes.length > 0 && settings.choose === "one" && answer.classes.length !== 1) {
    yield { path: "classes", message: t("Say what the picture shows: choose one.") };
  }
}

/** Suggestions decided, the class chosen; a picture without either has nothing to count but its shapes. */
export function progressOf(settings: Settings, content: ItemContent, answer: Answer): Progress {
  let done = 0;
  let all = 0;
  if (draws(settings)) {
    const { least } = settings.shapes;
    all += Math.max(least, 1);
    done += Math.min(answer.shapes.length, Math.max(least, 1));
    if (settings.suggestions === "decide") {
      all += content.suggestions.length;
      done += content.suggestions.length - undecided(content.suggestions, answer).length;
    }
  }
  if (settings.classes.length > 0 && settings.choose === "one") {
    all += 1;
    done += answer.classes.length === 1 ? 1 : 0;
  }
  return { done, all };
}
