/**
 * What a task kind's widget and the page around it promise each other. Only types and two small functions: a widget is an
 * ES module that exports `tag`, the name of the custom element it defines.
 */
import { locale, type KeyHelp } from "@preceptor/ui";

export interface Money {
  /** Minor units. */
  amount: number;
  currency: string;
}

export type ResponseState = "pending" | "streaming" | "complete" | "stopped" | "failed";

export interface Response {
  id: string;
  state: ResponseState;
  text: string;
  /** What went wrong, in words for the person; null where nothing did. */
  error: string | null;
  tokens: number | null;
}

export interface Turn {
  id: string;
  position: number;
  /** The turn it goes on from; null where it begins a conversation. Turns stand in the order they were asked. */
  parent: string | null;
  /** What of that turn: a response, or "ideal" for what the person wrote. */
  continue_from: string | null;
  prompt: string;
  state: "asking" | "complete";
  /** True where everybody who answers the item judges these responses. */
  shared: boolean;
  /** In the order this person sees them. */
  responses: Response[];
}

export interface Clock {
  active_ms: number;
  waiting_ms: number;
  idle_ms: number;
  paused_ms: number;
  paid_ms: number;
  amount: Money;
  /** What the paid time can come to; null for no limit. */
  most_ms?: number | null;
}

export type AssignmentState =
  | "prefetched"
  | "active"
  | "paused"
  | "submitted"
  | "surplus"
  | "skipped"
  | "reported"
  | "expired"
  | "returned"
  | "accepted"
  | "rejected";

export interface Reason {
  key: string;
  label: string;
}

export interface Assignment<Content = unknown, Settings = unknown, Value = unknown> {
  id: string;
  project: {
    slug: string;
    title: string;
    kind: string;
    rate_per_hour: Money | null;
    /** What handing it in earns, where the project pays by the task. */
    task_price?: Money | null;
    estimated_minutes: number | null;
    cap_minutes: number | null;
    currency: string;
  };
  state: AssignmentState;
  item: { id: string; brief: string | null; topic: string | null; content: Content };
  form: { version: number; settings: Settings };
  guidelines: { version: number; acknowledged_version: number | null };
  turns: Turn[];
  draft: { version: number; content: Value; saved_at: string } | null;
  clock: Clock;
  lease_until: string | null;
  /** How often it was sent back and opened again. */
  rework_round: number;
  /** Content it may show, as it was announced before it was taken. */
  content_warnings?: Reason[];
  /** A part of an exam that has been handed in: what is done now counts no more for it. */
  exam_over?: boolean;
  skip_reasons: Reason[];
  report_reasons: Reason[];
}

/** work: by the trainer. review: read only. correct: by a reviewer, beside the original. preview: counts nothing. */
export type WidgetMode = "work" | "review" | "correct" | "preview";

/** Something that stops a submit. The path is dotted, as the API gives it. */
export interface Problem {
  path: string;
  message: string;
}

/** A turn refused, with the reasons by field. */
export class TurnRefused extends Error {
  constructor(
    message: string,
    readonly fields: readonly Problem[] = [],
  ) {
    super(message);
  }
}

/** A turn to be asked. `parent`: the turn it goes on from where that is not the last one; "start" begins anew. */
export interface AskedTurn {
  prompt: string;
  continue_from: string | null;
  ideal: string | null;
  parent?: string | null;
}

/** What the page does for a widget. */
export interface Bench {
  /**
   * Asks the models. Resolves once the turn is in `assignment.turns`; its responses stream in afterwards.
   * Rejects with `TurnRefused`.
   */
  ask(turn: AskedTurn): Promise<void>;
  stop(responseId: string): Promise<void>;
  retry(responseId: string): Promise<void>;
}

/** `done` of `all` things asked for; where there are turns, the one that is open and how many there can be. */
export interface Progress {
  done: number;
  all: number;
  turn?: { n: number; most: number };
}

/** How a change is undone: typing in one text is undone in stretches, everything else step by step. */
export type ChangeKind = "text" | "mark";

export interface ValueChanged<Value> {
  value: Value;
  kind: ChangeKind;
  /** What was changed, so that stretches of typing are kept apart. */
  path: string;
}

/**
 * The element a kind's module defines.
 *
 * The page sets the properties, before or after the element is connected, and sets `assignment` anew (never changing it in
 * place) whenever a response grows. The widget answers every change by the person with the event `value-changed`, whose
 * detail is a `ValueChanged`; the page sets `value` back, also on undo.
 */
export interface TaskWidget<Value = unknown> extends HTMLElement {
  assignment: Assignment | null;
  value: Value | null;
  /** In mode `correct`: what the trainer gave. */
  original: Value | null;
  mode: WidgetMode;
  bench: Bench | null;
  /** True where the widget shows the item's brief itself, in modes `work` and `preview`; else the page does. */
  readonly showsBrief?: boolean;
  /** What is still missing, in reading order. Changes nothing on the page. */
  problems(): Problem[];
  /** Marks these where they belong; from then on the marks follow what is still missing. */
  showProblems(problems: readonly Problem[]): void;
  /** Brings the place of a problem or question into view and puts the focus there. */
  focusProblem(path: string): void;
  /** How far the person is. */
  progress(): Progress;
  /** The widget's own keys. */
  keys(): KeyHelp[];
  /** A key pressed outside of any text. True when it meant something here. */
  handleKey(event: KeyboardEvent): boolean;
}

/** A widget's module, as the page imports it. */
export interface WidgetModule {
  tag: string;
}

/** Words kept per language, `{"en": "Spelling", "es": "Ortografía"}`. */
export type Labels = Readonly<Record<string, string>>;

/** The words in the page's language, else in its base language, else in English, else whichever there are. */
export function labelIn(labels: Labels | null | undefined): string {
  if (!labels) return "";
  const language = locale();
  const wishes = [language, language.split("-")[0] ?? "", "en"];
  for (const wish of wishes) if (labels[wish]) return labels[wish];
  return Object.values(labels).find(Boolean) ?? "";
}

/** Says that the person changed the value. */
export function valueChanged<Value>(from: HTMLElement, detail: ValueChanged<Value>): void {
  from.dispatchEvent(new CustomEvent("value-changed", { detail, bubbles: true }));
}
