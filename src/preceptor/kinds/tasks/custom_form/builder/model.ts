/** A form being put together, as values: what can be done with its questions. Pure. */
import { t } from "@preceptor/ui";
import { labelIn, type Labels, type Problem } from "../../../widget.ts";
import type { Condition, FormField, Operator, Settings } from "../form.ts";

export type Schema = Record<string, unknown> & {
  type?: string;
  $ref?: string;
  $defs?: Record<string, Schema>;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  default?: unknown;
};

/** An installed form field, as the server tells of it. */
export interface FieldEntry {
  key: string;
  title: string;
  description: string;
  schema: Schema;
  value: Schema;
  names: Record<string, string>;
  defaults: Record<string, unknown>;
  /** The setting that lists what is chosen among. */
  options: string;
  operators: Operator[];
  needs: "" | "things" | "texts" | "pictures";
}

export interface Position {
  model: string | null;
  system_prompt: string | null;
  temperature: number | null;
  top_p: number | null;
  max_tokens: number | null;
  seed: number | null;
}

export interface Edited extends Settings {
  positions: readonly Position[];
}

export interface Example {
  text: string;
  messages: { role: "user" | "assistant"; content: string }[];
  prompt: string;
  responses: string[];
  steps: string[];
}

/** What everything in the builder has to know. */
export interface Surroundings {
  fields: readonly FieldEntry[];
  /** Codes and own names; the page's language comes first. */
  languages: readonly (readonly [string, string])[];
  models: readonly (readonly [string, string])[];
  problems: readonly Problem[];
}

const LONGEST_KEY = 40;

/** A key from words: small letters, digits and underscores, beginning with a letter. */
export function keyFrom(words: string, otherwise: string): string {
  const plain = words
    .normalize("NFKD")
    .replace(/[^\p{ASCII}]/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, LONGEST_KEY)
    .replace(/_+$/, "");
  return plain || otherwise;
}

/** The key, or the first of `key_2`, `key_3` … that is free. */
export function freeKey(key: string, taken: ReadonlySet<string>): string {
  let free = key;
  for (let number = 2; taken.has(free); number += 1) free = `${key.slice(0, LONGEST_KEY - 4)}_${number}`;
  return free;
}

/** A question as it begins. */
export function newQuestion(entry: FieldEntry, settings: Edited): FormField {
  const taken = new Set(settings.fields.map((form) => form.key));
  return {
    key: freeKey(keyFrom(entry.key, "question"), taken),
    field: entry.key,
    label: {},
    help: {},
    required: true,
    scope: "item",
    settings: structuredClone(entry.defaults),
    default: null,
    conditions: [],
    match: "all",
    about: [],
  };
}

export function withAdded(settings: Edited, form: FormField, at: number): Edited {
  return { ...settings, fields: settings.fields.toSpliced(at, 0, form) };
}

export function withChanged(settings: Edited, at: number, change: Partial<FormField>): Edited {
  const before = settings.fields[at];
  if (!before) return settings;
  const form = { ...before, ...change };
  let fields = settings.fields.with(at, form);
  // Conditions go along with a key that changes.
  if (form.key !== before.key) {
    fields = fields.map((one) => ({ ...one, conditions: one.conditions.map((condition) => (condition.field === before.key ? { ...condition, field: form.key } : condition)) }));
  }
  return { ...settings, fields };
}

export function withMoved(settings: Edited, from: number, to: number): Edited {
  const form = settings.fields[from];
  if (!form || to < 0 || to >= settings.fields.length) return settings;
  return { ...settings, fields: settings.fields.toSpliced(from, 1).toSpliced(to, 0, form) };
}

export function withCopied(settings: Edited, at: number): Edited {
  const form = settings.fields[at];
  if (!form) return settings;
  const key = freeKey(form.key, new Set(settings.fields.map((one) => one.key)));
  return withAdded(settings, { ...structuredClone(form), key }, at + 1);
}

/** Without the question, and without the conditions that ask after it. */
export function withoutQuestion(settings: Edited, at: number): Edited {
  const gone = settings.fields[at]?.key;
  const fields = settings.fields
    .toSpliced(at, 1)
    .map((form) => ({ ...form, conditions: form.conditions.filter((condition) => condition.field !== gone) }));
  return { ...settings, fields };
}

/** Questions a condition of the one at `at` can ask after: those before it, asked once or about the same thing. */
export function earlier(settings: Edited, at: number): FormField[] {
  const scope = settings.fields[at]?.scope;
  return settings.fields.slice(0, at).filter((form) => form.scope === "item" || form.scope === scope);
}

interface Option {
  key: string;
  label: Labels;
  options?: readonly Option[];
}

/** The options of a question, groups and all, in its own order. */
export function optionsOf(form: FormField, entry: FieldEntry | undefined): { key: string; name: string }[] {
  const all = (options: readonly Option[]): { key: string; name: string }[] =>
    options.flatMap((one) => [{ key: one.key, name: labelIn(one.label) || one.key }, ...all(one.options ?? [])]);
  const given = entry?.options ? form.settings[entry.options] : [];
  return all((given ?? []) as readonly Option[]);
}

/** What a question is called in lists. */
export const nameOfQuestion = (form: FormField): string => labelIn(form.label) || form.key;

/** How a value in a condition reads. */
function shownValue(condition: Condition, form: FormField, entry: FieldEntry | undefined): string {
  if (typeof condition.value === "boolean") {
    const words = form.settings[condition.value ? "yes" : "no"] as Labels | undefined;
    return labelIn(words) || (condition.value ? t("yes") : t("no"));
  }
  if (condition.value === null || condition.value === undefined || condition.value === "") return "…";
  return optionsOf(form, entry).find((one) => one.key === condition.value)?.name ?? String(condition.value);
}

/** A condition as a clause: "“Quality” is below 3". */
export function clause(condition: Condition, settings: Edited, fields: readonly FieldEntry[]): string {
  const form = settings.fields.find((one) => one.key === condition.field);
  if (!form) return t("a question that is gone");
  const entry = fields.find((one) => one.key === form.field);
  const values = { question: nameOfQuestion(form), value: shownValue(condition, form, entry) };
  switch (condition.operator) {
    case "answered":
      return t("“{question}” is answered", values);
    case "unanswered":
      return t("“{question}” is not answered", values);
    case "is":
      return t("“{question}” is {value}", values);
    case "is_not":
      return t("“{question}” is not {value}", values);
    case "below":
      return t("“{question}” is below {value}", values);
    case "above":
      return t("“{question}” is above {value}", values);
    case "includes":
      return t("“{question}” includes {value}", values);
    case "excludes":
      return t("“{question}” does not include {value}", values);
  }
}

/** All conditions of a question as a sentence; empty where it is always asked. */
export function sentence(form: FormField, settings: Edited, fields: readonly FieldEntry[]): string {
  const clauses = form.conditions.map((condition) => clause(condition, settings, fields));
  const [first, ...rest] = clauses;
  if (first === undefined) return "";
  const list = new Intl.ListFormat(document.documentElement.lang || "en", { type: form.match === "all" ? "conjunction" : "disjunction" });
  return t("Asked only if {conditions}.", { conditions: rest.length > 0 ? list.format(clauses) : first });
}
