/** A form and an answer to it as values: what is asked about what, and what is still missing. Pure; the server has the last word. */
import { t, tn } from "@preceptor/ui";
import type { Said } from "../../conversation.ts";
import type { FieldModule, FieldPicture, FieldSubject, FieldText, FieldThing } from "../../field.ts";
import { labelIn, type Labels, type Problem, type Response, type Turn } from "../../widget.ts";

export type Scope = "item" | "turn" | "response" | "step";
export type Operator = "answered" | "unanswered" | "is" | "is_not" | "below" | "above" | "includes" | "excludes";

export interface Condition {
  field: string;
  operator: Operator;
  value: unknown;
}

export interface FormField {
  key: string;
  field: string;
  label: Labels;
  help: Labels;
  required: boolean;
  scope: Scope;
  settings: Record<string, unknown>;
  default: unknown;
  conditions: readonly Condition[];
  match: "all" | "any";
  about: readonly string[];
}

export interface ShownData {
  key: string;
  title: Labels;
  format: "markdown" | "plain";
}

export interface Settings {
  version: 1;
  fields: readonly FormField[];
  shown: readonly ShownData[];
  responses: number;
  min_turns: number;
  max_turns: number;
}

/** One turn as questions look at it: keys of the texts that were said, and the responses that arrived in it. */
export interface TurnTexts {
  keys: readonly string[];
  responses: readonly Response[];
  /** Its place among the live turns; null for one that the item brought. */
  live: number | null;
}

export interface ItemContent {
  prompt: string | null;
  messages: readonly Said[];
  steps?: readonly string[];
  data: Record<string, unknown>;
  picture: { sha256: string; name: string; width: number; height: number } | null;
}

export interface Answer {
  values: Record<string, Record<string, unknown>>;
  /** Drafts alone: text in the prompt box that was not sent. */
  next_prompt?: string;
  /** Drafts alone: the response it is to go on from. */
  next_from?: string;
}

export type Modules = ReadonlyMap<string, FieldModule>;

/** One question about one thing. */
export interface Question {
  form: FormField;
  target: string;
  path: string;
}

export const ITEM = "item";

export const isWriting = (response: Response): boolean => response.state === "pending" || response.state === "streaming";
export const isUsable = (response: Response): boolean =>
  (response.state === "complete" || response.state === "stopped") && response.text.trim() !== "";

/** Everything a person has before them, and what they said about it so far. */
export class Situation {
  readonly #byKey: Map<string, FormField>;
  readonly #asked = new Map<string, boolean>();
  readonly turns: readonly TurnTexts[];
  readonly texts: readonly FieldText[];
  readonly responses: readonly Response[];

  constructor(
    readonly settings: Settings,
    readonly item: ItemContent,
    readonly asked: readonly Turn[],
    readonly answer: Answer | null,
    readonly modules: Modules,
    readonly picture: FieldPicture | null = null,
  ) {
    this.#byKey = new Map(settings.fields.map((form) => [form.key, form]));
    this.responses = asked.flatMap((turn) => turn.responses).filter(isUsable);
    this.turns = turnsOf(item, asked);
    this.texts = textsOf(settings, item, asked, this.responses);
  }

  targets(form: FormField): string[] {
    if (form.scope === "item") return [ITEM];
    if (form.scope === "turn") {
      const compares = this.modules.get(form.field)?.comparesThings ?? false;
      return this.turns.flatMap((turn, index) => (compares && turn.responses.length === 0 ? [] : [String(index + 1)]));
    }
    if (form.scope === "step") return this.steps;
    return this.responses.map((response) => response.id);
  }

  /** The targets of questions that are asked of each step. */
  get steps(): string[] {
    return (this.item.steps ?? []).map((_step, index) => `step-${index + 1}`);
  }

  /** What the person said, else the default; null for nothing. */
  value(form: FormField, target: string): unknown {
    const given = this.answer?.values[form.key];
    const raw = given && target in given ? given[target] : (form.default ?? null);
    return raw === undefined || this.#isBlank(form, raw) ? null : raw;
  }

  #isBlank(form: FormField, value: unknown): boolean {
    if (value === null || value === "") return true;
    const module = this.modules.get(form.field);
    if (module?.isBlank) return module.isBlank(value);
    return Array.isArray(value) && value.length === 0;
  }

  isAsked(form: FormField, target: string): boolean {
    const place = `${form.key} ${target}`;
    const known = this.#asked.get(place);
    if (known !== undefined) return known;
    const hold = (condition: Condition): boolean => this.#holds(condition, target);
    const asked = form.conditions.length === 0 || (form.match === "any" ? form.conditions.some(hold) : form.conditions.every(hold));
    this.#asked.set(place, asked);
    return asked;
  }

  #holds(condition: Condition, target: string): boolean {
    const other = this.#byKey.get(condition.field);
    if (!other) return true;
    const at = other.scope === "item" ? ITEM : target;
    return holds(condition, this.isAsked(other, at) ? this.value(other, at) : null);
  }

  subject(form: FormField, target: string): FieldSubject {
    const named = ({ id }: Response): FieldThing => ({ id, name: this.responseName(id) });
    const things = this.responses.map(named);
    const { picture } = this;
    if (form.scope === "response") return { picture, things, texts: this.texts.filter((one) => one.key === target).map((one) => ({ ...one, name: "" })) };
    if (form.scope === "step") return { picture, things: [], texts: this.texts.filter((one) => one.key === `steps.${Number(target.slice("step-".length)) - 1}`) };
    if (form.scope === "turn") {
      const turn = this.turns[Number(target) - 1];
      return { picture, things: (turn?.responses ?? []).map(named), texts: this.texts.filter((one) => turn?.keys.includes(one.key)) };
    }
    const texts = this.texts.filter((one) => form.about.length === 0 || form.about.includes(one.key));
    const data = texts.filter((one) => one.key in this.item.data).map((one) => ({ id: one.key, name: one.name || one.key }));
    return { picture, things: things.length > 0 ? things : data, texts };
  }

  /** The questions of one scope about one thing that its conditions let be asked. */
  questions(scope: Scope, target: string): Question[] {
    return this.settings.fields
      .filter((form) => form.scope === scope && this.targets(form).includes(target) && this.isAsked(form, target))
      .map((form) => ({ form, target, path: `values.${form.key}.${target}` }));
  }

  /** Every question in reading order: turn by turn, in each its responses and then the turn itself; the steps; last the whole. */
  all(): Question[] {
    return [
      ...this.turns.flatMap((turn, index) => [
        ...turn.responses.flatMap((response) => this.questions("response", response.id)),
        ...this.questions("turn", String(index + 1)),
      ]),
      ...this.steps.flatMap((step) => this.questions("step", step)),
      ...this.questions("item", ITEM),
    ];
  }

  missing(): Problem[] {
    const problems: Problem[] = [];
    const responses = this.asked.flatMap((turn) => turn.responses);
    const least = this.settings.min_turns;
    if (this.settings.responses > 0 && this.asked.length === 0) {
      problems.push({ path: "prompt", message: t("Ask the models first: the questions are about their responses.") });
    } else if (this.settings.responses > 0 && this.asked.length < least) {
      problems.push({ path: "next_prompt", message: tn("This conversation needs at least {count} turn.", "This conversation needs at least {count} turns.", least) });
    }
    if (responses.some(isWriting)) {
      problems.push({ path: "prompt", message: t("A response is still being written. Wait for it, or stop it.") });
    }
    for (const { form, target, path } of this.all()) {
      const value = this.value(form, target);
      if (value === null) {
        if (form.required) problems.push({ path, message: t("Answer this question.") });
        continue;
      }
      const found = this.modules.get(form.field)?.problemsOf?.(form.settings, value, this.subject(form, target)) ?? [];
      problems.push(...found.map((one) => ({ path: one.path ? `${path}.${one.path}` : path, message: one.message })));
    }
    return problems;
  }

  /** Whether a further prompt can be sent, now or once the responses are there. */
  mayGoOn(): boolean {
    return this.settings.responses > 0 && this.asked.length < this.settings.max_turns;
  }

  /** What the next prompt goes on from: the person's choice, or the one response there is. */
  goesOnFrom(): string | null {
    const usable = (this.asked.at(-1)?.responses ?? []).filter(isUsable);
    const chosen = usable.find((one) => one.id === this.answer?.next_from);
    return (chosen ?? (usable.length === 1 ? usable[0] : undefined))?.id ?? null;
  }

  /** Keys of the texts that questions about the whole draw themselves, so that they need not stand above. */
  drawn(): Set<string> {
    const drawing = this.questions("item", ITEM).filter(({ form }) => this.modules.get(form.field)?.drawsTexts);
    return new Set(drawing.flatMap(({ form }) => this.subject(form, ITEM).texts.map((one) => one.key)));
  }

  /** Whether a question draws the picture itself. */
  drawsPicture(): boolean {
    return this.questions("item", ITEM).some(({ form }) => this.modules.get(form.field)?.drawsPicture);
  }

  responseName(id: string): string {
    return responseName(this.asked, id, this.turns.filter((turn) => turn.live === null).length);
  }
}

/** Whether a condition holds of a value; all but `unanswered` take an answer. As on the server. */
export function holds(condition: Condition, value: unknown): boolean {
  const { operator, value: wanted } = condition;
  if (operator === "unanswered") return value === null;
  if (value === null) return false;
  const comparable = typeof value === typeof wanted && (typeof value === "number" || typeof value === "string");
  const options = Array.isArray(value) ? value.map((one: unknown) => (typeof one === "string" ? one : (one as { label?: unknown }).label)) : [];
  switch (operator) {
    case "answered":
      return true;
    case "is":
      return value === wanted;
    case "is_not":
      return value !== wanted;
    case "below":
      return comparable && (value as number) < (wanted as number);
    case "above":
      return comparable && (value as number) > (wanted as number);
    case "includes":
      return options.includes(wanted as string);
    case "excludes":
      return !options.includes(wanted as string);
  }
}

/** What a response is called by its place; with its turn, where models are asked several times after `before` given turns. */
function responseName(asked: readonly Turn[], id: string, before: number): string {
  for (const [index, turn] of asked.entries()) {
    const place = turn.responses.findIndex((one) => one.id === id);
    if (place < 0) continue;
    return asked.length > 1 ? t("Turn {turn}, response {n}", { turn: before + index + 1, n: place + 1 }) : t("Response {n}", { n: place + 1 });
  }
  return id;
}

/** What the prompt of a live turn is called among the texts; turns count from 0. As on the server. */
export const promptKey = (index: number): string => (index > 0 ? `prompt.${index + 1}` : "prompt");

/** All turns in order: the item's messages, the given prompt, and what was asked live. As on the server. */
export function turnsOf(item: ItemContent, asked: readonly Turn[]): TurnTexts[] {
  const before: string[][] = [];
  item.messages.forEach(({ role }, index) => {
    const key = `messages.${index}`;
    const last = before.at(-1);
    if (role === "user" || (role === "assistant" && !last)) before.push([key]);
    else if (role === "assistant") last?.push(key);
  });
  const turns: TurnTexts[] = before.map((keys) => ({ keys, responses: [], live: null }));
  if (item.prompt !== null && asked.length === 0) turns.push({ keys: [promptKey(0)], responses: [], live: null });
  asked.forEach((turn, index) => turns.push({ keys: [promptKey(index)], responses: turn.responses.filter(isUsable), live: index }));
  return turns;
}

/** The columns that are shown, with their titles. */
export function shownData(settings: Settings, item: ItemContent): (FieldText & { format: ShownData["format"] })[] {
  const columns: readonly ShownData[] =
    settings.shown.length > 0 ? settings.shown : Object.keys(item.data).map((key) => ({ key, title: {}, format: "markdown" }));
  return columns
    .filter((one) => typeof item.data[one.key] === "string")
    .map((one) => ({ key: one.key, name: labelIn(one.title), text: item.data[one.key] as string, format: one.format }));
}

function textsOf(settings: Settings, item: ItemContent, asked: readonly Turn[], responses: readonly Response[]): FieldText[] {
  const said = item.messages.map((one, index) => ({
    key: `messages.${index}`,
    name: { user: t("User"), assistant: t("Assistant"), system: t("Instructions to the model") }[one.role],
    text: one.content,
  }));
  const before = turnsOf({ ...item, prompt: null }, []).length;
  const given = item.prompt !== null && asked.length === 0 ? [item.prompt] : asked.map((turn) => turn.prompt);
  return [
    ...shownData(settings, item),
    ...said,
    ...(item.steps ?? []).map((text, index) => ({ key: `steps.${index}`, name: t("Step {n}", { n: index + 1 }), text })),
    ...given.map((text, index) => ({ key: promptKey(index), name: t("The prompt"), text })),
    ...responses.map(({ id, text }) => ({ key: id, name: responseName(asked, id, before), text })),
  ];
}
