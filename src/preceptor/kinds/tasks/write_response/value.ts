/** The answer of this kind as values, and what is still missing. Pure; the server has the last word. */
import { countWords, t, tn } from "@preceptor/ui";
import type { Dialogue } from "../../conversation.ts";
import type { Problem, Progress } from "../../widget.ts";

type Asked = "off" | "optional" | "required";

export interface Settings {
  min_words: number | null;
  max_words: number | null;
  outline: Asked;
  sources: Asked;
  language: string;
}

export interface ItemContent extends Dialogue {
  prompt: string;
  language: string;
}

export interface Source {
  url: string;
  title: string;
}

export interface Answer {
  response: string;
  outline: string;
  sources: readonly Source[];
}

export const MOST_SOURCES = 20;

export const filled = (answer: Partial<Answer> | null): Answer => ({
  response: answer?.response ?? "",
  outline: answer?.outline ?? "",
  sources: answer?.sources ?? [],
});

const isBlank = (text: string): boolean => text.trim() === "";

/** Whether this can be opened in a browser. */
export function isAddress(text: string): boolean {
  if (/\s/.test(text.trim()) || !/^https?:\/\//i.test(text.trim())) return false;
  try {
    return new URL(text.trim()).hostname !== "";
  } catch {
    return false;
  }
}

/** What is still missing, in reading order. The same rules as on the server, in the same words. */
export function missing(settings: Settings, answer: Answer): Problem[] {
  return [...outlineMissing(settings, answer), ...responseMissing(settings, answer), ...sourcesMissing(settings, answer)];
}

function* outlineMissing({ outline }: Settings, answer: Answer): Generator<Problem> {
  if (outline === "required" && isBlank(answer.outline)) yield { path: "outline", message: t("Write something here.") };
}

function* responseMissing({ min_words: least, max_words: most }: Settings, answer: Answer): Generator<Problem> {
  const words = countWords(answer.response);
  if (isBlank(answer.response)) yield { path: "response", message: t("Write the response.") };
  else if (least !== null && words < least) yield { path: "response", message: tn("Write at least {count} word.", "Write at least {count} words.", least) };
  else if (most !== null && words > most) yield { path: "response", message: tn("Write at most {count} word.", "Write at most {count} words.", most) };
}

function* sourcesMissing({ sources }: Settings, answer: Answer): Generator<Problem> {
  if (sources === "required" && answer.sources.length === 0) yield { path: "sources", message: t("Name at least one source.") };
  for (const [index, source] of answer.sources.entries()) {
    const path = `sources.${index}.url`;
    if (isBlank(source.url) && isBlank(source.title)) yield { path, message: t("Give an address or a title, or remove this source.") };
    else if (!isBlank(source.url) && !isAddress(source.url)) yield { path, message: t("This is not a web address. It begins with https:// or http://.") };
  }
}

export function progressOf(settings: Settings, answer: Answer): Progress {
  const asked = ["response", ...(settings.outline === "required" ? ["outline"] : []), ...(settings.sources === "required" ? ["sources"] : [])];
  const open = new Set(missing(settings, answer).map((one) => one.path.split(".")[0] ?? ""));
  return { done: asked.filter((path) => !open.has(path)).length, all: asked.length };
}
