/** When a question is asked, in plain words: "Ask only if [question] [is below] [3]". */
import { html, icon, live, nothing, t } from "@preceptor/ui";
import { labelIn, type Labels } from "../../../widget.ts";
import type { Condition, FormField, Operator } from "../form.ts";
import { earlier, nameOfQuestion, optionsOf, type Edited, type FieldEntry, type Surroundings } from "./model.ts";
import { idFor, problemAt, wrong } from "./schema.ts";

const BARE = new Set<Operator>(["answered", "unanswered"]);

function operatorName(operator: Operator): string {
  switch (operator) {
    case "answered":
      return t("is answered");
    case "unanswered":
      return t("is not answered");
    case "is":
      return t("is");
    case "is_not":
      return t("is not");
    case "below":
      return t("is below");
    case "above":
      return t("is above");
    case "includes":
      return t("includes");
    case "excludes":
      return t("does not include");
  }
}

const isNumeric = (entry: FieldEntry | undefined): boolean =>
  entry?.value.type === "integer" || entry?.value.type === "number" || (entry?.value.anyOf?.some((one) => one.type === "number") ?? false);

/** A condition on a question as it begins: the first thing one would ask of it. */
export function firstCondition(form: FormField, entry: FieldEntry | undefined): Condition {
  const operator = entry?.operators.find((one) => !BARE.has(one)) ?? "answered";
  return { field: form.key, operator, value: firstValue(form, entry, operator) };
}

function firstValue(form: FormField, entry: FieldEntry | undefined, operator: Operator): unknown {
  if (BARE.has(operator)) return null;
  if (operator === "includes" || operator === "excludes") return optionsOf(form, entry)[0]?.key ?? null;
  if (entry?.value.type === "boolean") return true;
  if (isNumeric(entry)) return Math.ceil(Number(form.settings.points ?? 2) / 2);
  return "";
}

export function conditionsEditor(settings: Edited, at: number, around: Surroundings, change: (change: Partial<FormField>) => void): unknown {
  const form = settings.fields[at];
  if (!form) return nothing;
  const others = earlier(settings, at);
  const path = `fields.${at}.conditions`;
  const set = (conditions: readonly Condition[]): void => change({ conditions });
  const [first] = others;
  return html`<fieldset class="field conditions"><legend>${t("When it is asked")}</legend>
    ${form.conditions.length === 0 ? html`<p class="help">${others.length > 0 ? t("Always.") : t("Always. A condition can ask after questions that come before this one.")}</p>` : nothing}
    ${form.conditions.length > 1
      ? html`<label class="inline"><span>${t("Ask only if")}</span><select aria-label=${t("How many of the conditions have to hold")} @change=${(event: Event) => change({ match: (event.target as HTMLSelectElement).value as "all" | "any" })}>
          <option value="all" ?selected=${form.match === "all"}>${t("all of these hold")}</option><option value="any" ?selected=${form.match === "any"}>${t("any of these holds")}</option></select></label>`
      : nothing}
    ${form.conditions.map((condition, index) =>
      conditionRow(condition, `${path}.${index}`, form.conditions.length, others, around, (next) => set(next ? form.conditions.with(index, next) : form.conditions.toSpliced(index, 1))),
    )}
    ${first
      ? html`<div class="row"><button type="button" class="tiny" @click=${() => set([...form.conditions, firstCondition(others.at(-1) ?? first, around.fields.find((one) => one.key === (others.at(-1) ?? first).field))])}>${icon("plus")}${t("Add a condition")}</button></div>`
      : nothing}
    ${wrong(around, path)}
  </fieldset>`;
}

function conditionRow(condition: Condition, path: string, number: number, others: readonly FormField[], around: Surroundings, set: (next: Condition | null) => void): unknown {
  const other = others.find((one) => one.key === condition.field);
  const entry = around.fields.find((one) => one.key === other?.field);
  const onField = (event: Event): void => {
    const next = others.find((one) => one.key === (event.target as HTMLSelectElement).value);
    if (next) set(firstCondition(next, around.fields.find((one) => one.key === next.field)));
  };
  const onOperator = (event: Event): void => {
    const operator = (event.target as HTMLSelectElement).value as Operator;
    const keeps = !BARE.has(operator) && condition.value !== null && (operator === "includes" || operator === "excludes") === (condition.operator === "includes" || condition.operator === "excludes");
    set({ ...condition, operator, value: keeps || !other ? condition.value : firstValue(other, entry, operator) });
  };
  return html`<div class="condition" role="group" aria-label=${t("Condition")} id=${idFor(path)}>
    ${number === 1 ? html`<span>${t("Ask only if")}</span>` : nothing}
    <select id=${idFor(`${path}.field`)} aria-label=${t("Question")} aria-invalid=${problemAt(around, `${path}.field`) ? "true" : nothing} @change=${onField}>
      ${other ? nothing : html`<option value="" selected>${t("Choose …")}</option>`}
      ${others.map((one) => html`<option value=${one.key} ?selected=${one.key === condition.field}>${nameOfQuestion(one)}</option>`)}
    </select>
    <select aria-label=${t("What has to hold")} @change=${onOperator}>
      ${(entry?.operators ?? ["answered", "unanswered"]).map((one) => html`<option value=${one} ?selected=${one === condition.operator}>${operatorName(one)}</option>`)}
    </select>
    ${BARE.has(condition.operator) ? nothing : valueControl(condition, path, other, entry, around, (value) => set({ ...condition, value }))}
    <button type="button" class="quiet tiny icon-only" aria-label=${t("Remove this condition")} @click=${() => set(null)}>${icon("trash")}</button>
    ${wrong(around, `${path}.field`)}${wrong(around, `${path}.operator`)}${wrong(around, `${path}.value`)}
  </div>`;
}

function valueControl(condition: Condition, path: string, other: FormField | undefined, entry: FieldEntry | undefined, around: Surroundings, set: (value: unknown) => void): unknown {
  const id = idFor(`${path}.value`);
  const bad = problemAt(around, `${path}.value`) ? "true" : nothing;
  if (other && (condition.operator === "includes" || condition.operator === "excludes")) {
    return html`<select id=${id} aria-label=${t("Value")} aria-invalid=${bad} @change=${(event: Event) => set((event.target as HTMLSelectElement).value)}>
      ${optionsOf(other, entry).map((one) => html`<option value=${one.key} ?selected=${one.key === condition.value}>${one.name}</option>`)}
    </select>`;
  }
  if (other && entry?.value.type === "boolean") {
    const words = (name: string): string => labelIn(other.settings[name] as Labels | undefined);
    return html`<select id=${id} aria-label=${t("Value")} @change=${(event: Event) => set((event.target as HTMLSelectElement).value === "true")}>
      <option value="true" ?selected=${condition.value === true}>${words("yes") || t("yes")}</option><option value="false" ?selected=${condition.value === false}>${words("no") || t("no")}</option>
    </select>`;
  }
  const numeric = isNumeric(entry);
  return html`<input
    id=${id}
    class="value"
    aria-label=${t("Value")}
    aria-invalid=${bad}
    type=${numeric ? "number" : "text"}
    step="any"
    .value=${live(condition.value === null || condition.value === undefined ? "" : String(condition.value))}
    @input=${(event: Event) => {
      const text = (event.target as HTMLInputElement).value;
      set(text === "" ? null : numeric ? Number(text) : text);
    }}
  />`;
}
