/** The answer of this kind as values: which line of the tree counts, and what is still missing. Pure; the server has the last word. */
import { t, tn } from "@preceptor/ui";
import type { Labels, Problem, Progress, Response, Turn } from "../../widget.ts";
import { rankingFrom } from "../../fields/ranking/order.ts";
import type { Tag } from "../../fields/tags/widget.ts";

export type Wish = "off" | "optional" | "required";

export interface Asked {
  rating: Wish;
  scale: { points: number; low: Labels; high: Labels };
  tags: Tag[];
  comment: Wish;
}

export interface Settings {
  responses: number;
  min_turns: number;
  max_turns: number;
  branches: boolean;
  ideal: "off" | "optional";
  each: Asked;
  whole: Asked;
}

export interface ItemContent {
  prompt: string | null;
  messages: { role: "system" | "user" | "assistant"; content: string }[];
  steps: string[];
  follow_ups: string[];
  level: number | null;
  /** A conversation that people elsewhere led, message by message, each after the one it replies to. */
  tree: TreeMessage[] | null;
}

export interface TreeMessage {
  id: string;
  parent: string | null;
  role: "system" | "user" | "assistant";
  text: string;
  /** Among the replies to the same message, 0 for the best. */
  rank: number | null;
}

export interface TurnAnswer {
  turn_id: string;
  ratings: Record<string, number>;
  tags: Record<string, readonly string[]>;
  comments: Record<string, string>;
  chosen: string | null;
  ideal: string | null;
  ideal_start: string | null;
}

export interface Answer {
  turns: TurnAnswer[];
  end: string | null;
  rating: number | null;
  tags: readonly string[];
  comment: string;
  next_prompt: string;
}

export const IDEAL = "ideal";
export const START = "start";

export const emptyTurn = (turn: Turn): TurnAnswer => ({
  turn_id: turn.id,
  ratings: {},
  tags: {},
  comments: {},
  chosen: null,
  ideal: null,
  ideal_start: null,
});

/** The answer with exactly one entry per turn, in the order they were asked: new turns come in empty. */
export function alignedWith(turns: readonly Turn[], answer: Partial<Answer> | null): Answer {
  const given = new Map((answer?.turns ?? []).map((turn) => [turn.turn_id, turn]));
  const end = answer?.end ?? null;
  return {
    turns: turns.map((turn) => ({ ...emptyTurn(turn), ...given.get(turn.id) })),
    end: end === START || turns.some((turn) => turn.id === end) ? end : null,
    rating: answer?.rating ?? null,
    tags: answer?.tags ?? [],
    comment: answer?.comment ?? "",
    next_prompt: answer?.next_prompt ?? "",
  };
}

// The tree.

/** The line from the beginning to this turn; empty for none, or where it is about to begin anew. */
export function lineTo(turns: readonly Turn[], end: string | null): Turn[] {
  const line: Turn[] = [];
  let turn = turns.find((one) => one.id === end);
  while (turn) {
    line.unshift(turn);
    const { parent } = turn;
    turn = parent === null ? undefined : turns.find((one) => one.id === parent);
  }
  return line;
}

/** The last turn of the line that counts: the one the person has before them. */
export const endOf = (turns: readonly Turn[], answer: Answer): string | null => answer.end ?? turns.at(-1)?.id ?? null;

export const childrenOf = (turns: readonly Turn[], parent: string | null): Turn[] => turns.filter((turn) => turn.parent === parent);

/** The last turn on the newest way on from here. */
export function newestBelow(turns: readonly Turn[], id: string): string {
  const newest = childrenOf(turns, id).at(-1);
  return newest ? newestBelow(turns, newest.id) : id;
}

/** Whether the conversation was ever gone on from in two ways. */
export const hasBranches = (turns: readonly Turn[]): boolean => new Set(turns.map((turn) => turn.parent)).size < turns.length;

// Responses.

export const isWriting = (response: Response): boolean => response.state === "pending" || response.state === "streaming";

/** True when there is something to judge: it arrived, wholly or up to where the person stopped it. */
export const isUsable = (response: Response): boolean =>
  (response.state === "complete" || response.state === "stopped") && response.text.trim() !== "";

export const isBlank = (text: string | null | undefined): boolean => !text || text.trim() === "";

/**
 * The response preferred in a turn, or "ideal"; null where nobody can tell: what the next turn on this line went on from,
 * what the person chose or wrote, the only one there is, or the one rated above all others.
 */
export function choiceIn(turn: Turn, said: TurnAnswer, next: Turn | undefined): string | null {
  if (next?.continue_from) return next.continue_from;
  if (said.chosen) return said.chosen;
  if (!isBlank(said.ideal)) return IDEAL;
  const ids = turn.responses.filter(isUsable).map((one) => one.id);
  if (ids.length === 1) return ids[0] ?? null;
  if (ids.some((id) => said.ratings[id] === undefined)) return null;
  const [best] = rankingFrom(ids, said.ratings);
  return best?.length === 1 ? (best[0] ?? null) : null;
}

/** "Response 2": what a response is called, by its place; the only one needs no number. */
export function nameOf(turn: Turn, id: string): string {
  if (id === IDEAL) return t("your own response");
  if (turn.responses.length === 1) return t("The response");
  return t("Response {n}", { n: turn.responses.findIndex((one) => one.id === id) + 1 });
}

// What is still missing.

/** In reading order. The same rules as on the server, in the same words where they are shown. */
export function missing(settings: Settings, turns: readonly Turn[], answer: Answer): Problem[] {
  const line = lineTo(turns, endOf(turns, answer));
  const problems: Problem[] = [];
  line.forEach((turn, place) => {
    const index = turns.indexOf(turn);
    const said = answer.turns[index] ?? emptyTurn(turn);
    for (const problem of turnMissing(settings, turn, said, line[place + 1])) problems.push({ ...problem, path: `turns.${index}.${problem.path}` });
  });
  if (line.length < settings.min_turns) {
    problems.push({
      path: "end",
      message:
        line.length === 0
          ? t("Write a message and send it.")
          : tn("This conversation needs at least {count} turn.", "This conversation needs at least {count} turns.", settings.min_turns),
    });
  }
  return [...problems, ...wholeMissing(settings.whole, answer)];
}

function* turnMissing({ each }: Settings, turn: Turn, said: TurnAnswer, next: Turn | undefined): Generator<Problem> {
  for (const response of turn.responses) {
    if (isWriting(response)) {
      yield { path: `ratings.${response.id}`, message: t("This response is still being written. Wait for it, or stop it.") };
    } else if (isUsable(response)) {
      if (each.rating === "required" && said.ratings[response.id] === undefined) yield { path: `ratings.${response.id}`, message: t("Rate this response.") };
      if (each.comment === "required" && isBlank(said.comments[response.id])) yield { path: `comments.${response.id}`, message: t("Write a comment on this response.") };
    }
  }
  const chosen = choiceIn(turn, said, next);
  if (chosen === IDEAL && isBlank(said.ideal)) {
    yield { path: "ideal", message: t("Write the response that the conversation goes on from.") };
  } else if (chosen === null && !turn.responses.some(isWriting)) {
    const some = turn.responses.some(isUsable);
    yield { path: "chosen", message: some ? t("Say which response is the best.") : t("No response arrived in this turn. Ask again, or go on from an earlier turn.") };
  }
}

function* wholeMissing(whole: Asked, answer: Answer): Generator<Problem> {
  if (whole.rating === "required" && answer.rating === null) yield { path: "rating", message: t("Rate the conversation.") };
  if (whole.comment === "required" && isBlank(answer.comment)) yield { path: "comment", message: t("Write a comment on the conversation.") };
}

/** How many of the things asked for are done: turns, ratings of responses, and what is said about the whole. */
export function progressOf(settings: Settings, turns: readonly Turn[], answer: Answer): Progress {
  const line = lineTo(turns, endOf(turns, answer));
  const ahead = Math.max(0, settings.min_turns - line.length);
  const rates = settings.each.rating === "required";
  let done = line.length;
  let all = line.length + ahead * (rates ? 1 + settings.responses : 1);
  for (const turn of line) {
    const said = answer.turns[turns.indexOf(turn)] ?? emptyTurn(turn);
    for (const response of rates ? turn.responses : []) {
      if (!isUsable(response) && !isWriting(response)) continue;
      all += 1;
      if (said.ratings[response.id] !== undefined) done += 1;
    }
  }
  if (settings.whole.rating === "required") {
    all += 1;
    if (answer.rating !== null) done += 1;
  }
  return { done, all, turn: { n: Math.max(1, line.length), most: settings.max_turns } };
}
