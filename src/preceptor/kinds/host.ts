/**
 * `<task-widget module="…" name="content">`: a kind's widget on an ordinary page, as reviewers, the list of past work and
 * previews show it. Inside it stands
 *
 *     <script type="application/json">{"assignment": …, "value": …, "original": null | …, "mode": "review" | "correct" | "preview", "wellbeing": … | null}</script>
 *
 * `wellbeing`: how the reader wants hard content shown (see `notice.ts`); the assignment says what it may hold.
 *
 * With a `name` it takes part in a form: its value goes along as JSON, and the form does not go out while something is
 * missing. Nothing is saved by itself.
 */
import { addStyles, flash, render, t } from "@preceptor/ui";
import { contentClasses, contentNotice, type ContentChoice } from "./notice.ts";
import type { Assignment, TaskWidget, ValueChanged, WidgetMode, WidgetModule } from "./widget.ts";

interface Hosted {
  assignment: Assignment;
  value: unknown;
  original?: unknown;
  mode: WidgetMode;
  wellbeing?: ContentChoice | null;
}

addStyles("task-widget { display: block; --act: 0px; --bar: 0px; min-inline-size: 0; }");

class HostedWidget extends HTMLElement {
  static readonly formAssociated = true;
  readonly #internals = this.attachInternals();
  #widget: TaskWidget | null = null;
  #value: unknown = null;
  #choice: ContentChoice | null = null;
  #shown = false;
  readonly #notice = document.createElement("div");
  readonly #stage = document.createElement("div");

  connectedCallback(): void {
    if (!this.#widget) void this.#load();
  }

  /** The answer as it stands. */
  get value(): unknown {
    return this.#value;
  }

  async #load(): Promise<void> {
    const { assignment, value, original, mode, wellbeing } = JSON.parse(this.querySelector("script")?.textContent ?? "null") as Hosted;
    const module = (await import(this.getAttribute("module") ?? "")) as WidgetModule;
    const widget = document.createElement(module.tag) as TaskWidget;
    Object.assign(widget, { assignment, value, original: original ?? null, mode });
    widget.addEventListener("value-changed", (event) => this.#take((event as CustomEvent<ValueChanged<unknown>>).detail.value));
    this.#widget = widget;
    this.#take(value);
    this.#choice = wellbeing ?? null;
    this.#stage.append(widget);
    this.append(this.#notice, this.#stage);
    this.#announce();
    // Pictures may come later.
    if (this.#choice?.blur) new MutationObserver(() => this.#announce()).observe(this.#stage, { childList: true, subtree: true });
    document.addEventListener("keydown", (event) => this.#onKey(event));
    this.#internals.form?.addEventListener("submit", (event) => this.#check(event));
  }

  // What it may show comes before it.
  #announce(): void {
    const warnings = this.#widget?.assignment?.content_warnings ?? [];
    this.#stage.className = contentClasses(warnings, this.#choice, this.#shown);
    const pictures = this.#stage.querySelector("img, canvas") !== null;
    const leaving = t("You need not look at it: leave the page whenever you like. It costs nothing.");
    const shown = { warnings, choice: this.#choice, shown: this.#shown, pictures, leaving };
    render(
      contentNotice(shown, (show) => {
        this.#shown = show;
        this.#announce();
      }),
      this.#notice,
    );
  }

  #take(value: unknown): void {
    this.#value = value;
    this.#internals.setFormValue(JSON.stringify(value));
    if (this.#widget) this.#widget.value = value;
  }

  #check(event: SubmitEvent): void {
    if (this.#widget?.mode !== "correct" || event.submitter?.hasAttribute("formnovalidate")) return;
    const problems = this.#widget.problems();
    const [first] = problems;
    if (!first) return;
    event.preventDefault();
    this.#widget.showProblems(problems);
    this.#widget.focusProblem(first.path);
    flash(first.message, "warn");
  }

  // Keys belong to the widget only while something in it has the focus: other parts of the page have their own.
  #onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.defaultPrevented || !this.contains(target) || target.matches("textarea, select, [popover] *")) return;
    if (this.#widget?.handleKey(event)) event.preventDefault();
  }
}

customElements.define("task-widget", HostedWidget);
