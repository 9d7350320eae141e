/**
 * The settings of any field, drawn from their JSON schema: numbers, texts, yes and no, choices, words per language, and lists
 * of things that have these. Which of them are asked for, and what they are called, the field says itself (`names`).
 */
import { html, icon, live, nothing, t } from "@preceptor/ui";
import { labelIn, type Labels } from "../../../widget.ts";
import { freeKey, keyFrom, type Schema, type Surroundings } from "./model.ts";

type Row = Record<string, unknown>;

/** Where a control stands, and what it reports to. */
export interface Place {
  /** Dotted, from the form: `fields.2.settings.points`. */
  path: string;
  around: Surroundings;
  defs: Record<string, Schema>;
  /** Names of settings, without places in lists. */
  names: Record<string, string>;
  /** The setting's own path among those names. */
  setting: string;
  change(value: unknown): void;
}

export const idFor = (path: string): string => `field-settings-${path.replaceAll(".", "-")}`;

export const problemAt = (around: Surroundings, path: string): string =>
  around.problems.find((one) => one.path === path)?.message ?? "";

export function wrong(around: Surroundings, path: string): unknown {
  const message = problemAt(around, path);
  return message ? html`<p class="error" id="${idFor(path)}-error">${icon("alert")} ${message}</p>` : nothing;
}

const invalid = (around: Surroundings, path: string): unknown => (problemAt(around, path) ? "true" : nothing);

function resolved(schema: Schema, defs: Record<string, Schema>): Schema {
  if (schema.$ref) return defs[schema.$ref.split("/").at(-1) ?? ""] ?? {};
  const rest = schema.anyOf?.filter((one) => one.type !== "null") ?? [];
  if (rest.some((one) => one.type === "number")) return { ...schema, type: "number" };
  return rest[0] ? { ...resolved(rest[0], defs), nullable: true } : schema;
}

const isLabels = (schema: Schema): boolean =>
  schema.type === "object" && typeof schema.additionalProperties === "object" && schema.additionalProperties.type === "string";

/** Every setting of a struct that has a name, in the struct's order. */
export function settingControls(schema: Schema, values: Row, place: Place): unknown {
  const shape = resolved(schema, place.defs);
  return Object.entries(shape.properties ?? {}).map(([name, one]) => {
    const setting = place.setting ? `${place.setting}.${name}` : name;
    if (!(setting in place.names)) return nothing;
    return control(one, values[name], {
      ...place,
      path: `${place.path}.${name}`,
      setting,
      change: (value) => place.change({ ...values, [name]: value }),
    });
  });
}

function control(schema: Schema, value: unknown, place: Place): unknown {
  const shape = resolved(schema, place.defs);
  const label = place.names[place.setting] ?? "";
  if (isLabels(shape)) return wordsControl(label, (value ?? {}) as Labels, place.path, place.around, place.change);
  if (shape.enum) return enumeration(shape.enum, label, value, place);
  if (shape.type === "array" && shape.items?.enum) return several(shape.items.enum, label, (value ?? []) as unknown[], place);
  if (shape.type === "array" && shape.items) return rows(resolved(shape.items, place.defs), label, (value ?? []) as Row[], place);
  if (shape.type === "boolean") {
    return html`<label class="check"><input type="checkbox" id=${idFor(place.path)} .checked=${live(value === true)} @change=${(event: Event) => place.change((event.target as HTMLInputElement).checked)} /><span>${label}</span></label>`;
  }
  const isNumber = shape.type === "integer" || shape.type === "number";
  return html`<div class="field short">
    <label for=${idFor(place.path)}>${label}</label>
    <input
      id=${idFor(place.path)}
      type=${isNumber ? "number" : "text"}
      step=${shape.type === "integer" ? 1 : "any"}
      aria-invalid=${invalid(place.around, place.path)}
      .value=${live(value === null || value === undefined ? "" : String(value))}
      @change=${(event: Event) => {
        const text = (event.target as HTMLInputElement).value.trim();
        place.change(text === "" ? (shape.nullable || shape.anyOf ? null : (shape.default ?? "")) : isNumber ? Number(text) : text);
      }}
    />
    ${wrong(place.around, place.path)}
  </div>`;
}

function enumeration(choices: readonly unknown[], label: string, value: unknown, place: Place): unknown {
  return html`<div class="field short">
    <label for=${idFor(place.path)}>${label}</label>
    <select id=${idFor(place.path)} @change=${(event: Event) => place.change((event.target as HTMLSelectElement).value)}>
      ${choices.map((one) => html`<option value=${String(one)} ?selected=${one === value}>${place.names[`${place.setting}=${String(one)}`] ?? String(one)}</option>`)}
    </select>
    ${wrong(place.around, place.path)}
  </div>`;
}

function several(choices: readonly unknown[], label: string, value: readonly unknown[], place: Place): unknown {
  const toggle = (one: unknown, on: boolean): void => place.change(choices.filter((other) => (other === one ? on : value.includes(other))));
  return html`<fieldset class="field" id=${idFor(place.path)}><legend>${label}</legend><div class="checks">
    ${choices.map((one) => html`<label class="check"><input type="checkbox" .checked=${live(value.includes(one))} @change=${(event: Event) => toggle(one, (event.target as HTMLInputElement).checked)} /><span>${place.names[`${place.setting}=${String(one)}`] ?? String(one)}</span></label>`)}
  </div>${wrong(place.around, place.path)}</fieldset>`;
}

/** Words in the page's language; the other languages unfold below. */
export function wordsControl(label: string, words: Labels, path: string, around: Surroundings, change: (words: Labels) => void, long = false): unknown {
  const [first, ...rest] = around.languages;
  const input = (code: string, name: string, hidden: boolean): unknown => {
    const at = `${path}.${code}`;
    const set = (event: Event): void => {
      const text = (event.target as HTMLInputElement).value;
      const { [code]: _gone, ...others } = words;
      change(text.trim() === "" ? others : { ...words, [code]: text });
    };
    const described = problemAt(around, at) || problemAt(around, path) ? "true" : nothing;
    return html`<div class="field">
      <label for=${idFor(at)}>${hidden ? name : label}</label>
      ${long
        ? html`<textarea id=${idFor(at)} lang=${code} rows="2" aria-invalid=${described} .value=${live(words[code] ?? "")} @input=${set}></textarea>`
        : html`<input id=${idFor(at)} lang=${code} aria-invalid=${described} .value=${live(words[code] ?? "")} @input=${set} />`}
      ${wrong(around, at)}
    </div>`;
  };
  if (!first) return nothing;
  const translated = rest.filter(([code]) => words[code]).length;
  return html`<div class="words" id=${idFor(path)}>
    ${input(first[0], first[1], false)} ${wrong(around, path)}
    ${rest.length > 0
      ? html`<details class="fold"><summary>${t("In other languages")} <span class="count">${translated}</span></summary><div class="fields">${rest.map(([code, name]) => input(code, name, true))}</div></details>`
      : nothing}
  </div>`;
}

// A list of things: one line each, with what is below it indented.
function rows(shape: Schema, label: string, values: readonly Row[], place: Place, depth = 0): unknown {
  const name = shape.properties?.label ? "label" : null;
  const add = (): void => place.change([...values, blank(shape, values)]);
  const list = html`${values.map((row, index) => rowOf(shape, row, index, values, place, depth))}
    <div class="row"><button type="button" class="tiny" @click=${add}>${icon("plus")}${name ? t("Add an entry") : t("Add a row")}</button></div>`;
  if (depth > 0) return html`<div class="below">${list}</div>`;
  return html`<fieldset class="field rows" id=${idFor(place.path)}><legend>${label} <span class="count">${values.length}</span></legend>${list}${wrong(place.around, place.path)}</fieldset>`;
}

function blank(shape: Schema, siblings: readonly Row[]): Row {
  const made: Row = {};
  for (const [name, one] of Object.entries(shape.properties ?? {})) {
    if (name === "key") made.key = freeKey("option", new Set(siblings.map((row) => String(row.key))));
    else if (isLabels(one)) made[name] = {};
    else if (one.default !== undefined) made[name] = structuredClone(one.default);
    else if (one.enum) made[name] = one.enum[0];
    else made[name] = one.type === "array" ? [] : one.type === "boolean" ? false : null;
  }
  return made;
}

function rowOf(shape: Schema, row: Row, index: number, values: readonly Row[], place: Place, depth: number): unknown {
  const path = `${place.path}.${index}`;
  const set = (change: Row): void => place.change(values.with(index, { ...row, ...change }));
  const [language] = place.around.languages[0] ?? ["en"];
  const name = labelIn(row.label as Labels) || String(row.key ?? index + 1);
  const shown = Object.entries(shape.properties ?? {}).filter(([part]) => `${place.setting}.${part}` in place.names);
  const nested = shown.find(([, one]) => one.type === "array" && one.items);
  const setLabel = (words: Labels): void => {
    const before = keyFrom((row.label as Labels)[language] ?? "", "");
    const key = String(row.key ?? "");
    const followed = key === "" || key === before || /^option(_\d+)?$/.test(key) || key.startsWith(`${before}_`);
    const taken = new Set(values.filter((_one, other) => other !== index).map((one) => String(one.key)));
    set("key" in row && followed ? { label: words, key: freeKey(keyFrom(words[language] ?? "", key || "option"), taken) } : { label: words });
  };
  const move = (by: number): void => {
    const other = values[index + by];
    if (other) place.change(values.with(index, other).with(index + by, row));
  };
  return html`<div class="entry" role="group" aria-label=${name}>
    <div class="line">
      ${shown.map(([part, one]) => {
        const at = `${path}.${part}`;
        const label = place.names[`${place.setting}.${part}`] ?? part;
        if (part === "label") return inlineWords(label, (row.label ?? {}) as Labels, at, place.around, setLabel);
        if (part === "key") return nothing;
        return inline(resolved(one, place.defs), label, row[part], at, `${place.setting}.${part}`, place, (value) => set({ [part]: value }));
      })}
      <span class="does">
        <button type="button" class="quiet tiny icon-only" aria-label=${t("Move {thing} up", { thing: name })} ?disabled=${index === 0} @click=${() => move(-1)}>${icon("arrow-up")}</button>
        <button type="button" class="quiet tiny icon-only" aria-label=${t("Move {thing} down", { thing: name })} ?disabled=${index === values.length - 1} @click=${() => move(1)}>${icon("arrow-down")}</button>
        <button type="button" class="quiet tiny icon-only" aria-label=${t("Remove {thing}", { thing: name })} @click=${() => place.change(values.toSpliced(index, 1))}>${icon("trash")}</button>
      </span>
    </div>
    <details class="fold">
      <summary>${t("Key, other languages")}</summary>
      <div class="fields two">
        ${"key" in row ? inline({ type: "string" }, place.names[`${place.setting}.key`] ?? "", row.key, `${path}.key`, "", place, (value) => set({ key: value })) : nothing}
        ${place.around.languages.slice(1).map(([code, own]) =>
          inline({ type: "string" }, own, (row.label as Labels | undefined)?.[code] ?? "", `${path}.label.${code}`, "", place, (value) => {
            const { [code]: _gone, ...others } = (row.label ?? {}) as Labels;
            set({ label: value ? { ...others, [code]: String(value) } : others });
          }),
        )}
      </div>
    </details>
    ${wrong(place.around, path)}${wrong(place.around, `${path}.key`)}${wrong(place.around, `${path}.label`)}
    ${nested && depth < 4 && (Array.isArray(row[nested[0]]) || row[nested[0]] === undefined) ? below(shape, row, nested[0], path, place, depth, set) : nothing}
  </div>`;
}

function below(shape: Schema, row: Row, part: string, path: string, place: Place, depth: number, set: (change: Row) => void): unknown {
  const values = (row[part] ?? []) as Row[];
  const change = (value: unknown): void => set({ [part]: value });
  if (values.length === 0) {
    const thing = labelIn(row.label as Labels) || String(row.key ?? "");
    return html`<div class="row"><button type="button" class="quiet tiny" @click=${() => change([blank(shape, [])])}>${icon("plus")}${t("Add options below “{thing}”", { thing })}</button></div>`;
  }
  return rows(shape, "", values, { ...place, path: `${path}.${part}`, change }, depth + 1);
}

function inlineWords(label: string, words: Labels, path: string, around: Surroundings, change: (words: Labels) => void): unknown {
  const [language] = around.languages[0] ?? ["en"];
  return html`<input
    class="main"
    id=${idFor(`${path}.${language}`)}
    aria-label=${label}
    placeholder=${label}
    lang=${language}
    aria-invalid=${invalid(around, path)}
    .value=${live(words[language] ?? "")}
    @input=${(event: Event) => {
      const text = (event.target as HTMLInputElement).value;
      const { [language]: _gone, ...others } = words;
      change(text.trim() === "" ? others : { ...words, [language]: text });
    }}
  />`;
}

function inline(shape: Schema, label: string, value: unknown, path: string, setting: string, place: Place, change: (value: unknown) => void): unknown {
  if (shape.type === "array") return nothing;
  if (shape.type === "boolean") {
    return html`<label class="check"><input type="checkbox" .checked=${live(value === true)} @change=${(event: Event) => change((event.target as HTMLInputElement).checked)} /><span>${label}</span></label>`;
  }
  if (shape.enum) {
    return html`<select aria-label=${label} @change=${(event: Event) => change((event.target as HTMLSelectElement).value)}>
      ${shape.enum.map((one) => html`<option value=${String(one)} ?selected=${one === value}>${place.names[`${setting}=${String(one)}`] ?? String(one)}</option>`)}
    </select>`;
  }
  const small = setting.endsWith(".shortcut");
  return html`<label class=${small ? "small" : "field"}><span>${label}</span><input
    id=${idFor(path)}
    maxlength=${small ? 1 : nothing}
    aria-invalid=${invalid(place.around, path)}
    .value=${live(value === null || value === undefined ? "" : String(value))}
    @change=${(event: Event) => change((event.target as HTMLInputElement).value.trim() || (small ? null : ""))}
  />${small ? wrong(place.around, path) : nothing}</label>`;
}
