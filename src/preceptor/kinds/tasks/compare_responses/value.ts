/** The answer of this kind as values, and what is still missing. Pure; the server has the last word. */
import { t } from "@preceptor/ui";
import type { Labels, Problem, Progress, Turn } from "../../widget.ts";
import { placeOf, placedBefore, unplaced, type Groups } from "../../fields/ranking/order.ts";
import type { Dialogue } from "../../conversation.ts";

type Asked = "off" | "optional" | "required";

export interface Settings {
  question: Labels;
  ties: boolean;
  all_bad: boolean;
  strength: Asked;
  weakest: Labels;
  strongest: Labels;
  rationale: Asked;
}

export type ItemContent = Dialogue;

export interface Answer {
  ranking: readonly (readonly string[])[];
  strength: number | null;
  all_bad: boolean;
  rationale: string;
}

export const STRENGTHS = 4;

export const filled = (answer: Partial<Answer> | null): Answer => ({
  ranking: answer?.ranking ?? [],
  strength: answer?.strength ?? null,
  all_bad: answer?.all_bad ?? false,
  rationale: answer?.rationale ?? "",
});

/** True where one response is called better than another. */
export const prefers = (answer: Answer): boolean => !answer.all_bad && answer.ranking.length > 1;

/** Ids of what has no place yet, in the order shown. */
export const waiting = (turn: Turn, ranking: Groups): string[] =>
  turn.responses.map((one) => one.id).filter((id) => placeOf(ranking, id) < 0);

/** `id` takes the next place, and the last one left the place after that: nothing else is possible for it. */
export function chosenNext(turn: Turn, ranking: Groups, id: string): string[][] {
  if (placeOf(ranking, id) >= 0) return unplaced(ranking, id);
  const next = placedBefore(ranking, id, ranking.length);
  const left = waiting(turn, next);
  const [last] = left;
  return left.length === 1 && last !== undefined ? placedBefore(next, last, next.length) : next;
}

/** Everything in one place. */
export const allTied = (turn: Turn): string[][] => [turn.responses.map((one) => one.id)];

/** A ranking and what depends on it: where nothing is preferred, there is nothing to be strong. */
export function withRanking(answer: Answer, ranking: Groups): Answer {
  const next = { ...answer, ranking: ranking.map((group) => [...group]) };
  return ranking.length > 1 ? next : { ...next, strength: null };
}

export const nameOf = (turn: Turn, id: string): string =>
  t("Response {n}", { n: turn.responses.findIndex((one) => one.id === id) + 1 });

/** What is still missing, in reading order. The same rules as on the server, in the same words. */
export function missing(settings: Settings, turn: Turn | undefined, answer: Answer): Problem[] {
  if (!turn) return [];
  const problems: Problem[] = [];
  const open = waiting(turn, answer.ranking).length;
  if (open > 0 && !(answer.all_bad && answer.ranking.length === 0)) {
    problems.push({ path: "ranking", message: answer.ranking.length === 0 ? t("Put the responses in order, the best one first.") : t("The ranking leaves something out.") });
  }
  if (settings.strength === "required" && prefers(answer) && open === 0 && answer.strength === null) {
    problems.push({ path: "strength", message: t("Say how much better the best response is.") });
  }
  if (settings.rationale === "required" && answer.rationale.trim() === "") {
    problems.push({ path: "rationale", message: t("Say why, in a sentence or two.") });
  }
  return problems;
}

export function progressOf(settings: Settings, turn: Turn | undefined, answer: Answer): Progress {
  const asked = ["ranking", ...(settings.strength === "required" && answer.ranking.length !== 1 && !answer.all_bad ? ["strength"] : []), ...(settings.rationale === "required" ? ["rationale"] : [])];
  const open = new Set(missing(settings, turn, answer).map((one) => one.path));
  if (answer.ranking.length === 0 && !answer.all_bad) open.add("strength");
  return { done: asked.filter((path) => !open.has(path)).length, all: asked.length };
}

/** The first words of a text, without the marks of Markdown. */
export function firstWords(text: string): string {
  const bare = text.slice(0, 400).replace(/```\w*|[*`]+/g, "").replace(/^\s*(?:#+|>|[-+])\s/gm, " ");
  const plain = bare.replace(/[\s|]+/g, " ").trim();
  return plain.length > 140 ? `${plain.slice(0, 140).trimEnd()}…` : plain;
}
