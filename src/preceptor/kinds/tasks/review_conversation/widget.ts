import { LightElement, addStyles, customElement, html, icon, live, locale, nothing, property, state, t, tn, type KeyHelp, type PropertyValues } from "@preceptor/ui";
import "@preceptor/fields/choice";
import "@preceptor/fields/spans";
import "@preceptor/fields/text";
import type { FieldText } from "../../field.ts";
import type { Span } from "../../fields/spans/marks.ts";
import { labelIn, valueChanged, type Assignment, type Bench, type ChangeKind, type Labels, type Problem, type Progress, type TaskWidget, type WidgetMode } from "../../widget.ts";
import { MESSAGE_VERDICTS, SEVERITIES, VERDICTS, filled, judgedKeys, keyOf, messageVerdictName, missing, progressOf, replaced, severityName, verdictName, who, withMessage, withSpans, withVerdict, type Answer, type ItemContent, type MessageVerdict, type Settings, type Severity, type Verdict } from "./value.ts";
import { keepChoice, showsAtOnce } from "./veil.ts";
import styles from "./widget.css";

addStyles(styles);

export const tag = "review-conversation-widget";

interface Option {
  key: string;
  label: Labels;
  shortcut: string | null;
  options: readonly Option[];
}

/** A conversation that a user reported: why, the texts (blurred until asked), marks, a verdict per message and for the whole. */
@customElement(tag)
export class ReviewConversationWidget extends LightElement implements TaskWidget<Answer> {
  @property({ attribute: false }) assignment: Assignment<ItemContent, Settings, Answer> | null = null;
  @property({ attribute: false }) value: Answer | null = null;
  @property({ attribute: false }) original: Answer | null = null;
  @property() mode: WidgetMode = "work";
  @property({ attribute: false }) bench: Bench | null = null;
  @state() private veiled = !showsAtOnce();
  @state() private atOnce = showsAtOnce();
  @state() private current = "";
  @state() private shownProblems: readonly Problem[] = [];

  // What the report is about comes before its texts, also where the page is loaded again further down.
  override connectedCallback(): void {
    super.connectedCallback();
    if (this.mode !== "preview") history.scrollRestoration = "manual";
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("value") && this.shownProblems.length > 0) this.shownProblems = this.problems();
    if (changed.has("assignment") && changed.get("assignment")?.id !== this.assignment?.id) {
      this.shownProblems = [];
      this.veiled = !this.atOnce;
      this.current = this.assignment ? (this.#judged()[0] ?? "") : "";
    }
  }

  override render(): unknown {
    if (!this.assignment) return nothing;
    const answer = this.#answer();
    return html`${this.#report()} ${this.#conversation(answer)} ${this.#whole(answer)} ${this.#note(answer)}`;
  }

  // What the page asks of a widget.

  problems(): Problem[] {
    return this.assignment ? missing(this.#settings(), this.#content(), this.#answer()) : [];
  }

  showProblems(problems: readonly Problem[]): void {
    this.shownProblems = problems;
  }

  focusProblem(path: string): void {
    const [what = "", key] = path.split(".");
    if (what === "messages" || what === "spans") {
      this.veiled = false;
      void this.updateComplete.then(() => this.#focus(what === "messages" && key ? `[data-message="${CSS.escape(key)}"] choice-field` : "spans-field"));
      return;
    }
    // Where work begins: what the report is about stays in view above it.
    if (what === "next_prompt") return this.querySelector<HTMLElement>(".conversation .head button")?.focus({ preventScroll: true });
    this.#focus({ verdict: ".verdict choice-field", categories: ".what choice-field", severity: ".how-bad choice-field", note: "text-field" }[what] ?? ".verdict choice-field");
  }

  progress(): Progress {
    return this.assignment ? progressOf(this.#settings(), this.#content(), this.#answer()) : { done: 0, all: 0 };
  }

  keys(): KeyHelp[] {
    const shared: KeyHelp[] = [{ keys: [["V"]], does: t("Show or blur the texts") }, { keys: [["J"], ["K"]], does: t("The message before or after") }];
    if (!this.assignment || !this.#editable()) return shared;
    const { judged, note, categories } = this.#settings();
    const letters = categories.flatMap(({ shortcut, label }) => (shortcut ? [{ keys: [[shortcut.toUpperCase()]], does: t("Tick “{category}”; in a text, mark the chosen words", { category: labelIn(label) }) }] : []));
    return [
      ...shared,
      ...(judged === "off"
        ? []
        : [
            { keys: [["1"], ["2"], ["3"]], does: t("This message is fine, a problem, the worst") },
            { keys: [["F"]], does: t("All other messages are fine") },
          ]),
      { keys: [["Shift", "1–3"]], does: t("Verdict: a problem, not a problem, cannot tell") },
      { keys: [["Alt", "1–4"]], does: t("How bad it is, from low to critical") },
      ...letters,
      ...(note === "off" ? [] : [{ keys: [["C"]], does: t("Say why") }]),
    ];
  }

  handleKey(event: KeyboardEvent): boolean {
    if (!this.assignment || event.ctrlKey || event.metaKey) return false;
    const key = event.key.toLowerCase();
    // With Shift or Alt the layout decides which sign a digit's key makes; the key itself counts.
    const digit = Number(/^Digit(\d)$/.exec(event.code)?.[1] ?? event.key);
    if (!event.altKey && key === "v") {
      this.#veil(!this.veiled);
      return true;
    }
    if (!event.altKey && (key === "j" || key === "k")) return this.#go(key === "j" ? 1 : -1);
    if (!this.#editable()) return false;
    if (event.altKey) return this.#setSeverity(SEVERITIES[digit - 1]);
    if (event.shiftKey && digit) return this.#setVerdict(VERDICTS[digit - 1]);
    if (digit) return this.#judge(MESSAGE_VERDICTS[digit - 1]);
    if (key === "f") return this.#restIsFine();
    if (key === "c" && this.#settings().note !== "off") {
      this.#focus("text-field");
      return true;
    }
    const category = this.#settings().categories.find((one) => one.shortcut === key);
    if (category) this.#tick(category.key);
    return category !== undefined;
  }

  // Parts.

  #report(): unknown {
    const { categories, severity, reported_at, messages } = this.#content();
    const known = this.#settings().categories;
    const named = categories.map((key) => known.find((one) => one.key === key) ?? { key, label: { en: key }, sensitive: false });
    const hard = named.filter((one) => one.sensitive).map((one) => labelIn(one.label));
    const facts = [tn("{count} message", "{count} messages", messages.length), ...(severity ? [t("Severity: {severity}", { severity: severityName(severity) })] : []), ...(reported_at ? [t("Reported on {date}", { date: dateOf(reported_at) })] : [])];
    return html`<section class="report card" aria-label=${t("The report")}>
      <div class="row tight"><b>${t("Reported as")}</b>${named.length > 0 ? named.map((one) => html`<span class="pill ${one.sensitive ? "bad" : ""}"><bdi>${labelIn(one.label)}</bdi></span>`) : html`<span class="pill">${t("nothing in particular")}</span>`}</div>
      <p class="muted small">${facts.join(" · ")}</p>
      ${hard.length > 0 ? html`<p class="small hard">${icon("alert")} ${t("This may be hard to bear: {categories}. You can skip it, or pause, at any time.", { categories: hard.join(", ") })}</p>` : nothing}
    </section>`;
  }

  #conversation(answer: Answer): unknown {
    const content = this.#content();
    const texts: FieldText[] = content.messages.map((one, index) => ({ key: keyOf(index), name: who(one.role, index + 1), text: one.content }));
    const editable = this.#editable();
    return html`<section class="conversation" aria-label=${t("The conversation")}>
      <div class="head">
        <h3>${t("The conversation")}</h3>
        <button type="button" class="tiny" aria-pressed=${String(!this.veiled)} @click=${() => this.#veil(!this.veiled)}>${this.veiled ? t("Show the texts") : t("Blur the texts")}<kbd aria-hidden="true">V</kbd></button>
        <label class="check"><input type="checkbox" .checked=${live(this.atOnce)} @change=${(event: Event) => this.#choose((event.target as HTMLInputElement).checked)} /><span>${t("Always show texts at once")}</span></label>
        ${editable && this.#judged().length > 0 && !this.veiled ? html`<button type="button" class="quiet tiny" @click=${() => this.#restIsFine()}>${icon("check")}${t("All others are fine")}</button>` : nothing}
      </div>
      <div class="veil ${this.veiled ? "drawn" : ""}">
        ${this.veiled ? html`<div class="ask"><p>${t("The texts are blurred until you ask for them.")}</p><button type="button" class="primary" @click=${() => this.#veil(false)}>${t("Show the texts")}</button></div>` : nothing}
        <div class="veiled" ?inert=${this.veiled}>
          ${content.reason ? html`<div class="said"><span class="who">${t("Why the user reported it")}</span><span class="plain" dir="auto" data-reading>${content.reason}</span></div>` : nothing}
          ${this.#replaced(content)}
          <spans-field
            .settings=${this.#marks()}
            .value=${answer.spans}
            .original=${this.mode === "correct" && this.original ? filled(this.original).spans : null}
            .texts=${texts}
            .label=${t("What is wrong, and what is private")}
            .below=${(text: FieldText) => this.#messageVerdict(text, answer)}
            ?readonly=${!editable}
            .invalid=${this.#wrong("spans") !== undefined}
            @field-changed=${(event: CustomEvent<Span[]>) => this.#change(withSpans(this.#settings(), this.#answer(), event.detail), "mark", "spans")}
          ></spans-field>
          ${this.#problem("spans")}
        </div>
      </div>
    </section>`;
  }

  #replaced(content: ItemContent): unknown {
    const found = replaced(content);
    if (found.length === 0) return nothing;
    const names = found.map(({ label, count }) => t("{label} × {count}", { label: this.#privateName(label), count }));
    return html`<p class="small muted replaced">${icon("lock")} ${t("Replaced before anybody read it: {found}", { found: names.join(", ") })}</p>`;
  }

  #messageVerdict({ key, name }: FieldText, answer: Answer): unknown {
    if (!this.#judged().includes(key)) return nothing;
    const before = this.mode === "correct" && this.original ? filled(this.original).messages[key] : undefined;
    const wrong = this.#wrong(`messages.${key}`);
    return html`<div class="one ${this.current === key ? "current" : ""}" data-message=${key} @focusin=${() => (this.current = key)} @pointerdown=${() => (this.current = key)}>
      <choice-field
        .settings=${choice(MESSAGE_VERDICTS.map((one, index) => option(one, messageVerdictName(one), String(index + 1))))}
        .value=${answer.messages[key] ? [answer.messages[key]] : null}
        .original=${this.mode === "correct" && this.original ? (before ? [before] : []) : null}
        .label=${t("Verdict on {message}", { message: name })}
        .invalid=${wrong !== undefined}
        ?readonly=${!this.#editable()}
        @field-changed=${(event: CustomEvent<string[] | null>) => this.#change(withMessage(this.#answer(), key, (event.detail?.[0] ?? null) as MessageVerdict | null), "mark", `messages.${key}`)}
      ></choice-field>
      ${this.#problem(`messages.${key}`)}
    </div>`;
  }

  #whole(answer: Answer): unknown {
    const settings = this.#settings();
    const original = this.mode === "correct" && this.original ? filled(this.original) : null;
    const categories = settings.categories.map((one) => ({ key: one.key, label: one.label, shortcut: one.shortcut, options: [] }));
    return html`<section class="verdict" aria-label=${t("Verdict")}>
        <h3>${t("Is there a problem?")}</h3>
        <choice-field
          .settings=${choice(VERDICTS.map((one) => option(one, verdictName(one), null)))}
          .value=${answer.verdict ? [answer.verdict] : null}
          .original=${original ? [original.verdict ?? ""] : null}
          .label=${t("Is there a problem?")}
          .invalid=${this.#wrong("verdict") !== undefined}
          ?readonly=${!this.#editable()}
          @field-changed=${(event: CustomEvent<string[] | null>) => this.#change(withVerdict(this.#answer(), (event.detail?.[0] ?? null) as Verdict | null), "mark", "verdict")}
        ></choice-field>
        ${this.#problem("verdict")}
      </section>
      <section class="what" aria-label=${t("What is wrong")}>
        <h3>${t("What is wrong?")}</h3>
        <choice-field
          .settings=${{ ...choice(categories), multiple: true }}
          .value=${answer.categories.length > 0 ? answer.categories : null}
          .original=${original ? original.categories : null}
          .label=${t("What is wrong?")}
          .invalid=${this.#wrong("categories") !== undefined}
          ?readonly=${!this.#editable()}
          @field-changed=${(event: CustomEvent<string[] | null>) => this.#change({ ...this.#answer(), categories: event.detail ?? [] }, "mark", "categories")}
        ></choice-field>
        ${this.#problem("categories")}
      </section>
      ${answer.verdict === "confirmed" || answer.severity ? this.#severity(answer, original) : nothing}`;
  }

  #severity(answer: Answer, original: Answer | null): unknown {
    return html`<section class="how-bad" aria-label=${t("Severity")}>
      <h3>${t("How bad is it?")}</h3>
      <choice-field
        .settings=${choice(SEVERITIES.map((one) => option(one, severityName(one), null)))}
        .value=${answer.severity ? [answer.severity] : null}
        .original=${original ? [original.severity ?? ""] : null}
        .label=${t("How bad is it?")}
        .invalid=${this.#wrong("severity") !== undefined}
        ?readonly=${!this.#editable()}
        @field-changed=${(event: CustomEvent<string[] | null>) => this.#change({ ...this.#answer(), severity: (event.detail?.[0] ?? null) as Severity | null }, "mark", "severity")}
      ></choice-field>
      ${this.#problem("severity")}
    </section>`;
  }

  #note(answer: Answer): unknown {
    const asked = this.#settings().note;
    if (asked === "off" || (!this.#editable() && !answer.note)) return nothing;
    return html`<section class="why" aria-label=${t("Reason")}>
      <h3>${t("Why?")}${asked === "optional" && this.#editable() ? html` <span class="optional">${t("optional")}</span>` : nothing}</h3>
      <text-field
        silent
        .rows=${2}
        .label=${t("Why this verdict?")}
        .value=${answer.note}
        .invalid=${this.#wrong("note") !== undefined}
        .placeholder=${t("What a colleague should know. Repeat nothing private.")}
        ?readonly=${!this.#editable()}
        @field-changed=${(event: CustomEvent<string>) => this.#change({ ...this.#answer(), note: event.detail }, "text", "note")}
      ></text-field>
      ${this.#problem("note")}
    </section>`;
  }

  #problem(path: string): unknown {
    const wrong = this.#wrong(path);
    return wrong ? html`<p class="bad small" role="alert">${icon("alert")} ${wrong}</p>` : nothing;
  }

  // What the person does.

  #veil(drawn: boolean): void {
    this.veiled = drawn;
    if (!drawn) void this.updateComplete.then(() => this.#show(this.current));
  }

  #choose(shown: boolean): void {
    this.atOnce = shown;
    keepChoice(shown);
    if (shown) this.veiled = false;
  }

  #go(by: number): boolean {
    const keys = this.#content().messages.map((_one, index) => keyOf(index));
    const next = keys[Math.max(0, Math.min(keys.length - 1, keys.indexOf(this.current) + by))];
    if (next === undefined || this.veiled) return false;
    this.#show(next);
    return true;
  }

  #show(key: string): void {
    this.current = key;
    if (key) this.querySelector("spans-field")?.focusText(key);
  }

  // The verdict of the message that is current; then on to the next one that has none.
  #judge(verdict: MessageVerdict | undefined): boolean {
    const judged = this.#judged();
    if (!verdict || this.veiled || !judged.includes(this.current)) return false;
    const next = withMessage(this.#answer(), this.current, verdict);
    this.#change(next, "mark", `messages.${this.current}`);
    const open = judged.slice(judged.indexOf(this.current) + 1).find((key) => !next.messages[key]);
    if (open) this.#show(open);
    return true;
  }

  #restIsFine(): boolean {
    const judged = this.#judged();
    if (judged.length === 0 || this.veiled) return false;
    const answer = this.#answer();
    const messages = Object.fromEntries(judged.map((key) => [key, answer.messages[key] ?? ("fine" as const)]));
    this.#change({ ...answer, messages }, "mark", "messages");
    return true;
  }

  #setVerdict(verdict: Verdict | undefined): boolean {
    if (verdict) this.#change(withVerdict(this.#answer(), verdict), "mark", "verdict");
    return verdict !== undefined;
  }

  #setSeverity(severity: Severity | undefined): boolean {
    if (!severity || this.#answer().verdict !== "confirmed") return false;
    this.#change({ ...this.#answer(), severity }, "mark", "severity");
    return true;
  }

  #tick(key: string): void {
    const answer = this.#answer();
    const wanted = new Set(answer.categories);
    if (!wanted.delete(key)) wanted.add(key);
    const categories = this.#settings().categories.map((one) => one.key).filter((one) => wanted.has(one));
    this.#change({ ...answer, categories }, "mark", "categories");
  }

  #change(value: Answer, kind: ChangeKind, path: string): void {
    this.value = value;
    valueChanged(this, { value, kind, path });
  }

  // Finding things.

  #focus(selector: string): void {
    const element = this.querySelector<HTMLElement>(selector);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "center", behavior: "smooth" });
  }

  #marks(): object {
    const { categories, private: kept } = this.#settings();
    const grouped = (labels: readonly { key: string; label: Labels; shortcut: string | null }[], group: string): object[] => labels.map(({ key, label, shortcut }) => ({ key, label, shortcut, group }));
    return { labels: [...grouped(categories, t("Problem")), ...grouped(kept, t("Take out"))], whole_words: true, overlap: true };
  }

  #privateName(key: string): string {
    const found = this.#settings().private.find((one) => one.key === key);
    return found ? labelIn(found.label) : key.replaceAll("_", " ");
  }

  #judged(): string[] {
    return judgedKeys(this.#settings(), this.#content());
  }

  #content(): ItemContent {
    return (this.assignment as Assignment<ItemContent, Settings, Answer>).item.content;
  }

  #settings(): Settings {
    return (this.assignment as Assignment<ItemContent, Settings, Answer>).form.settings;
  }

  #answer(): Answer {
    return filled(this.value);
  }

  #editable(): boolean {
    return this.mode !== "review";
  }

  #wrong(path: string): string | undefined {
    return this.shownProblems.find((one) => one.path === path)?.message;
  }
}

const option = (key: string, name: string, shortcut: string | null): Option => ({ key, label: { en: name }, shortcut, options: [] });

const choice = (options: readonly Option[]): object => ({ options, multiple: false, groups: false, layout: "list" });

function dateOf(moment: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(new Date(moment));
}
