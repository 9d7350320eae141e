/** The answer of this kind as values: how it follows the turns, and what is still missing. Pure; the server has the last word. */
import { t, tn } from "@preceptor/ui";
import { labelIn, type Labels, type Problem, type Progress, type Response, type Turn } from "../../widget.ts";
import { rankingFrom, reconciled, sameRanking } from "../../fields/ranking/order.ts";
import type { Tag } from "../../fields/tags/widget.ts";

export interface TurnAnswer {
  turn_id: string;
  prompt: string;
  ratings: Record<string, number>;
  errors: Record<string, readonly string[]>;
  comments: Record<string, string>;
  ranking: string[][] | null;
  all_bad: boolean;
  ideal: string | null;
  ideal_start: string | null;
  continue_from: string | null;
}

export interface Answer {
  turns: TurnAnswer[];
  next_prompt: string;
}

export interface Settings {
  scale: { points: number; low: Labels; high: Labels };
  errors: Tag[];
  comment: "off" | "optional" | "required";
  responses: number;
  min_turns: number;
  max_turns: number;
  ideal: "last_turn" | "every_turn" | "optional" | "off";
}

export interface ItemContent {
  prompt: string | null;
  messages: { role: "system" | "user" | "assistant"; content: string }[];
  follow_ups: string[];
}

export const IDEAL = "ideal";

export const emptyTurn = (turn: Turn): TurnAnswer => ({
  turn_id: turn.id,
  prompt: turn.prompt,
  ratings: {},
  errors: {},
  comments: {},
  ranking: null,
  all_bad: false,
  ideal: null,
  ideal_start: null,
  continue_from: null,
});

/** The answer with exactly one entry per turn, in their order: new turns come in empty. */
export function alignedWith(turns: readonly Turn[], answer: Partial<Answer> | null): Answer {
  const given = new Map((answer?.turns ?? []).map((turn) => [turn.turn_id, turn]));
  return {
    turns: turns.map((turn) => ({ ...emptyTurn(turn), ...given.get(turn.id) })),
    next_prompt: answer?.next_prompt ?? "",
  };
}

export const isWriting = (response: Response): boolean => response.state === "pending" || response.state === "streaming";

/** True when there is something to judge: it arrived, wholly or up to where the person stopped it. */
export const isUsable = (response: Response): boolean =>
  (response.state === "complete" || response.state === "stopped") && response.text.trim() !== "";

/** Ids of what can be ranked: arrived and rated, in the order shown. */
export function judgedIds(turn: Turn, said: TurnAnswer): string[] {
  return turn.responses
    .filter((one) => (one.state === "complete" || one.state === "stopped") && said.ratings[one.id] !== undefined)
    .map((one) => one.id);
}

/** The ranking that counts: the person's, or the one that follows from the ratings. */
export function rankingOf(turn: Turn, said: TurnAnswer): string[][] {
  return said.ranking ?? rankingFrom(judgedIds(turn, said), said.ratings);
}

/** A rating given or taken back (null). A corrected ranking stays corrected, and complete. */
export function withRating(turn: Turn, said: TurnAnswer, id: string, rating: number | null): TurnAnswer {
  const ratings = { ...said.ratings };
  if (rating === null) delete ratings[id];
  else ratings[id] = rating;
  const next = { ...said, ratings };
  return said.ranking === null ? next : withRanking(turn, next, reconciled(said.ranking, judgedIds(turn, next), ratings));
}

/** A ranking chosen by the person; null again where it says what the ratings say. */
export function withRanking(turn: Turn, said: TurnAnswer, ranking: string[][]): TurnAnswer {
  const derived = rankingFrom(judgedIds(turn, said), said.ratings);
  return { ...said, ranking: sameRanking(ranking, derived) ? null : ranking };
}

/** The response worth going on from: the first of the best. */
export function bestOf(turn: Turn, said: TurnAnswer): string | null {
  const usable = turn.responses.filter(isUsable).map((one) => one.id);
  return rankingOf(turn, said).flat().find((id) => usable.includes(id)) ?? null;
}

const isBlank = (text: string | null | undefined): boolean => !text || text.trim() === "";

/** What is still missing, in reading order. The same rules as on the server, in the same words where they are shown. */
export function missing(settings: Settings, turns: readonly Turn[], answer: Answer): Problem[] {
  const problems: Problem[] = [];
  turns.forEach((turn, index) => {
    const said = answer.turns[index] ?? emptyTurn(turn);
    const isLast = index === turns.length - 1;
    for (const problem of turnMissing(settings, turn, said, isLast)) {
      problems.push({ ...problem, path: `turns.${index}.${problem.path}` });
    }
  });
  if (turns.length < settings.min_turns) {
    problems.push({
      path: turns.length === 0 ? "next_prompt" : "turns",
      message:
        turns.length === 0
          ? t("Write a prompt and send it.")
          : tn("This conversation needs at least {count} turn.", "This conversation needs at least {count} turns.", settings.min_turns),
    });
  }
  return problems;
}

function* turnMissing(settings: Settings, turn: Turn, said: TurnAnswer, isLast: boolean): Generator<Problem> {
  const usable = turn.responses.filter(isUsable);
  for (const response of turn.responses) {
    if (isWriting(response)) {
      yield { path: `ratings.${response.id}`, message: t("This response is still being written. Wait for it, or stop it.") };
    } else if (isUsable(response) && said.ratings[response.id] === undefined) {
      yield { path: `ratings.${response.id}`, message: t("Rate this response.") };
    }
    if (settings.comment === "required" && isUsable(response) && isBlank(said.comments[response.id])) {
      yield { path: `comments.${response.id}`, message: t("Write a comment on this response.") };
    }
  }
  const required = settings.ideal === "every_turn" || (settings.ideal === "last_turn" && isLast);
  if (isBlank(said.ideal)) {
    if (required) yield { path: "ideal", message: t("Write the ideal response.") };
    else if (usable.length === 0 && !turn.responses.some(isWriting)) {
      yield { path: "ratings", message: t("No response arrived in this turn. Ask for them again, or skip the task.") };
    }
  }
  if (!isLast && said.continue_from === null) {
    yield { path: "continue_from", message: t("Say what the next turn goes on from.") };
  }
}

/** How many of the things asked for are done: each rating, and each ideal response that is required. */
export function progressOf(settings: Settings, turns: readonly Turn[], answer: Answer): Progress {
  let done = 0;
  let all = Math.max(0, settings.min_turns - turns.length) * (settings.responses + 1);
  turns.forEach((turn, index) => {
    const said = answer.turns[index] ?? emptyTurn(turn);
    for (const response of turn.responses) {
      if (!isUsable(response) && !isWriting(response)) continue;
      all += 1;
      if (said.ratings[response.id] !== undefined) done += 1;
    }
    if (settings.ideal === "every_turn" || (settings.ideal === "last_turn" && index === turns.length - 1)) {
      all += 1;
      if (!isBlank(said.ideal)) done += 1;
    }
  });
  return { done, all, turn: { n: Math.max(1, turns.length), most: settings.max_turns } };
}

/** "Response 2": what a response is called, by its place. */
export const nameOf = (turn: Turn, id: string): string =>
  t("Response {n}", { n: turn.responses.findIndex((one) => one.id === id) + 1 });

export const errorLabel = (settings: Settings, key: string): string =>
  labelIn(settings.errors.find((tag) => tag.key === key)?.label) || key;
