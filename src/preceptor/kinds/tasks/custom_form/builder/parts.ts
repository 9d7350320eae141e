/** What stands around the questions: the columns of the data that are shown, and the models that are asked. */
import { html, icon, live, nothing, t } from "@preceptor/ui";
import { labelIn } from "../../../widget.ts";
import type { ShownData } from "../form.ts";
import type { Edited, Position, Surroundings } from "./model.ts";
import { idFor, problemAt, wordsControl, wrong } from "./schema.ts";

type Change = (settings: Edited, path?: string) => void;

export function shownEditor(settings: Edited, around: Surroundings, change: Change): unknown {
  const set = (shown: readonly ShownData[], path?: string): void => change({ ...settings, shown }, path);
  return html`<details class="card fold" ?open=${settings.shown.length > 0} id=${idFor("shown")}>
    <summary><h4>${t("What is shown")}</h4><span class="count">${settings.shown.length}</span></summary>
    <p class="help measure">${t("Name the columns of your data that people see above the questions. Without any, every text of an item is shown. A conversation and its responses are always shown.")}</p>
    ${settings.shown.map((one, at) => {
      const path = `shown.${at}`;
      const replace = (next: Partial<ShownData>): void => set(settings.shown.with(at, { ...one, ...next }), path);
      return html`<div class="entry" role="group" aria-label=${labelIn(one.title) || one.key}>
        <div class="line">
          <label class="field"><span>${t("Column")}</span><input id=${idFor(`${path}.key`)} aria-invalid=${problemAt(around, `${path}.key`) ? "true" : nothing} .value=${live(one.key)} @change=${(event: Event) => replace({ key: (event.target as HTMLInputElement).value.trim() })} /></label>
          <label class="field"><span>${t("Shown as")}</span><select @change=${(event: Event) => replace({ format: (event.target as HTMLSelectElement).value as ShownData["format"] })}>
            <option value="markdown" ?selected=${one.format === "markdown"}>${t("Markdown")}</option><option value="plain" ?selected=${one.format === "plain"}>${t("Plain text")}</option></select></label>
          <span class="does"><button type="button" class="quiet tiny icon-only" aria-label=${t("Remove {thing}", { thing: one.key })} @click=${() => set(settings.shown.toSpliced(at, 1))}>${icon("trash")}</button></span>
        </div>
        ${wrong(around, `${path}.key`)}
        ${wordsControl(t("Title above it"), one.title, `${path}.title`, around, (title) => replace({ title }))}
      </div>`;
    })}
    <div class="row"><button type="button" class="tiny" @click=${() => set([...settings.shown, { key: freeColumn(settings.shown), title: {}, format: "markdown" }])}>${icon("plus")}${t("Add a column")}</button></div>
  </details>`;
}

function freeColumn(shown: readonly ShownData[]): string {
  const taken = new Set(shown.map((one) => one.key));
  let key = "text";
  for (let number = 2; taken.has(key); number += 1) key = `text_${number}`;
  return key;
}

const FIRST: Position = { model: null, system_prompt: null, temperature: 0.9, top_p: 0.95, max_tokens: 512, seed: null };

export function modelsEditor(settings: Edited, around: Surroundings, change: Change): unknown {
  const set = (positions: readonly Position[], path?: string): void => change({ ...settings, positions }, path);
  const { responses, positions } = settings;
  const turns = (name: "min_turns" | "max_turns", label: string): unknown => html`<div class="field short">
    <label for=${idFor(name)}>${label}</label>
    <input id=${idFor(name)} type="number" min="1" max="20" .value=${live(String(settings[name]))} @change=${(event: Event) => {
      const wanted = Math.max(1, Math.min(20, Math.trunc(Number((event.target as HTMLInputElement).value) || 1)));
      change({ ...settings, [name]: wanted });
    }} />${wrong(around, name)}
  </div>`;
  return html`<details class="card fold" ?open=${responses > 0} id=${idFor("models")}>
    <summary><h4>${t("Responses of models")}</h4><span class="count">${responses}</span></summary>
    <div class="field short">
      <label for=${idFor("responses")}>${t("Live responses to each prompt")}</label>
      <input id=${idFor("responses")} type="number" min="0" max="8" .value=${live(String(responses))} @change=${(event: Event) => {
        const wanted = Math.max(0, Math.min(8, Math.trunc(Number((event.target as HTMLInputElement).value) || 0)));
        change({ ...settings, responses: wanted, positions: positions.slice(0, Math.max(1, wanted)) });
      }} />
      <p class="help">${t("0: no model is asked. Items that bring responses along show those.")}</p>${wrong(around, "responses")}
    </div>
    ${wrong(around, "models")}${wrong(around, "positions")}
    ${responses === 0 && settings.max_turns === 1
      ? nothing
      : html`<div class="fields many">${turns("min_turns", t("Fewest turns"))}${turns("max_turns", t("Most turns"))}</div>
          <p class="help">${t("More than one: the person goes on from a response of their choice. Ask of each turn what is to be compared in it.")}</p>`}
    ${responses === 0
      ? nothing
      : html`${positions.map((one, at) => positionEditor(one, at, positions.length, around, (next) => set(next ? positions.with(at, next) : positions.toSpliced(at, 1), `positions.${at}`)))}
          ${positions.length < responses ? html`<div class="row"><button type="button" class="tiny" @click=${() => set([...positions, FIRST])}>${icon("plus")}${t("Add another way to ask")}</button></div>` : nothing}
          <p class="help">${t("Where there are fewer ways than responses, they are gone through again. Whoever answers sees neither names nor order.")}</p>`}
  </details>`;
}

function positionEditor(one: Position, at: number, number: number, around: Surroundings, set: (next: Position | null) => void): unknown {
  const path = `positions.${at}`;
  const figure = (name: "temperature" | "top_p" | "max_tokens" | "seed", label: string): unknown => html`<div class="field">
    <label for=${idFor(`${path}.${name}`)}>${label}</label>
    <input id=${idFor(`${path}.${name}`)} type="number" step="any" .value=${live(one[name] === null ? "" : String(one[name]))} @change=${(event: Event) => {
      const text = (event.target as HTMLInputElement).value;
      set({ ...one, [name]: text === "" ? null : Number(text) });
    }} />${wrong(around, `${path}.${name}`)}
  </div>`;
  const known = one.model === null || around.models.some(([slug]) => slug === one.model);
  return html`<fieldset class="card sunk fields">
    <div class="field medium">
      <label for=${idFor(`${path}.model`)}>${t("Language model")}</label>
      <select id=${idFor(`${path}.model`)} @change=${(event: Event) => set({ ...one, model: (event.target as HTMLSelectElement).value || null })}>
        <option value="" ?selected=${one.model === null}>${t("The installation’s default")}</option>
        ${around.models.map(([slug, name]) => html`<option value=${slug} ?selected=${slug === one.model}>${name}</option>`)}
        ${known ? nothing : html`<option value=${one.model ?? ""} selected>${t("{name} (not ready)", { name: one.model ?? "" })}</option>`}
      </select>${wrong(around, `${path}.model`)}
    </div>
    <div class="fields many">${figure("temperature", t("Temperature"))}${figure("top_p", t("Top-p"))}${figure("max_tokens", t("Longest response"))}${figure("seed", t("Seed"))}</div>
    <div class="field"><label for=${idFor(`${path}.system_prompt`)}>${t("System prompt")}</label>
      <textarea id=${idFor(`${path}.system_prompt`)} rows="2" .value=${live(one.system_prompt ?? "")} @change=${(event: Event) => set({ ...one, system_prompt: (event.target as HTMLTextAreaElement).value.trim() || null })}></textarea>${wrong(around, `${path}.system_prompt`)}</div>
    ${number > 1 ? html`<div class="row"><button type="button" class="quiet tiny push" @click=${() => set(null)}>${icon("trash")}${t("Remove this way")}</button></div>` : nothing}
  </fieldset>`;
}
