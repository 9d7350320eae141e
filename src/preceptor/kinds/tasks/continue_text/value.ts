/** The answer of this kind as values, and what is still missing. Pure; the server has the last word. */
import { countWords, t, tn } from "@preceptor/ui";
import type { Problem, Progress, Response, Turn } from "../../widget.ts";

export interface Settings {
  way: "either" | "choose" | "write" | "both";
  none_fits: boolean;
  min_words: number | null;
  max_words: number | null;
  asks_models: boolean;
}

export interface ItemContent {
  text: string;
}

export interface Answer {
  chosen: string | null;
  none_fits: boolean;
  written: string;
}

export const filled = (answer: Partial<Answer> | null): Answer => ({
  chosen: answer?.chosen ?? null,
  none_fits: answer?.none_fits ?? false,
  written: answer?.written ?? "",
});

export const isBlank = (text: string): boolean => text.trim() === "";

const isWriting = (one: Response): boolean => one.state === "pending" || one.state === "streaming";

/** True while a candidate is on its way: until then none is shown, since what streams would give away who writes it. */
export const isGathering = (turn: Turn | undefined): boolean => turn?.responses.some(isWriting) ?? false;

/** What can be chosen, in the order of this person. */
export const candidatesOf = (turn: Turn | undefined): Response[] =>
  isGathering(turn) ? [] : (turn?.responses ?? []).filter((one) => (one.state === "complete" || one.state === "stopped") && !isBlank(one.text));

export const failedOf = (turn: Turn | undefined): Response[] => (turn?.responses ?? []).filter((one) => one.state === "failed");

/** What is still missing, in reading order. The same rules as on the server, in the same words. */
export function missing(settings: Settings, turn: Turn | undefined, answer: Answer): Problem[] {
  return [...choiceMissing(settings, turn, answer), ...textMissing(settings, answer)];
}

function* choiceMissing({ way }: Settings, turn: Turn | undefined, answer: Answer): Generator<Problem> {
  if (way === "write" || answer.chosen !== null || answer.none_fits || (way === "either" && !isBlank(answer.written))) return;
  const path = "chosen";
  if (isGathering(turn)) yield { path, message: t("The candidates are still being gathered. Wait a moment.") };
  else if (way === "either") yield { path, message: t("Choose a candidate, or write how the text goes on.") };
  else if (candidatesOf(turn).length > 0) yield { path, message: t("Choose how the text goes on.") };
  else if (way === "choose") yield { path, message: t("No candidate arrived. Ask for them again, or skip the task.") };
}

function* textMissing({ way, min_words: least, max_words: most }: Settings, answer: Answer): Generator<Problem> {
  if (way === "choose") return;
  const path = "written";
  const needed = way === "write" || way === "both" || answer.none_fits;
  if (isBlank(answer.written)) {
    if (needed) yield { path, message: t("Write how the text goes on.") };
    return;
  }
  const words = countWords(answer.written);
  if (least !== null && words < least) yield { path, message: tn("Write at least {count} word.", "Write at least {count} words.", least) };
  else if (most !== null && words > most) yield { path, message: tn("Write at most {count} word.", "Write at most {count} words.", most) };
}

export function progressOf(settings: Settings, turn: Turn | undefined, answer: Answer): Progress {
  const asked = { either: ["either"], choose: ["chosen"], write: ["written"], both: ["chosen", "written"] }[settings.way];
  const open = missing(settings, turn, answer).map((one) => one.path);
  if (settings.way === "either") return { done: open.length === 0 ? 1 : 0, all: 1 };
  return { done: asked.filter((path) => !open.includes(path)).length, all: asked.length };
}

/** What the text goes on with: what was written, else what was chosen. */
export function continuation(turn: Turn | undefined, answer: Answer): string {
  if (!isBlank(answer.written)) return answer.written;
  return candidatesOf(turn).find((one) => one.id === answer.chosen)?.text ?? "";
}

/** Both put together with a space where neither has one and a word would swallow the other. */
export const seam = (text: string, next: string): string => (/[\p{L}\p{N}]$/u.test(text) && /^[\p{L}\p{N}]/u.test(next) ? " " : "");
