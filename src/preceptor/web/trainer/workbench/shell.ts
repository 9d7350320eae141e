import { LightElement, addStyles, closeDialog, customElement, flash, formatDuration, hasCommand, html, icon, isTyping, nothing, query, shownKeys, state, t, tn } from "@preceptor/ui";
import type { Problem, TaskWidget, ValueChanged, WidgetModule } from "../../../kinds/widget.ts";
import { ApiProblem, Unreachable, backOff, pause } from "./api.ts";
import { bar } from "./bar.ts";
import { conflictDialog, endDialog, keysDialog, leaveDialog, pauseDialog, questionsDialog, receiptDialog } from "./dialogs.ts";
import { isUnread, newestGuidelines, type BenchGuidelines } from "./guidelines.ts";
import { notices } from "./notices.ts";
import { Wellbeing } from "./wellbeing.ts";
import { Session, type Submitted } from "./session.ts";
import { SignIn } from "./sign-in.ts";
import type { Guidelines, Question, Receipt, WorkbenchData } from "./types.ts";
import styles from "./styles.css";

addStyles(styles);

type Open =
  | { kind: "skip" | "report" }
  | { kind: "keys" }
  | { kind: "questions"; questions: Question[] }
  | { kind: "receipt"; receipt: Receipt }
  | { kind: "end"; title: string; words: string; reload: boolean };

const SINGLE_KEYS = "preceptor-single-keys";

/** The screen a trainer works on: everything around the kind's widget. What it does stands in `Session`. */
@customElement("preceptor-workbench")
export class PreceptorWorkbench extends LightElement {
  @state() private open: Open | null = null;
  @state() private busy = false;
  @state() private words = "";
  @state() private waiting = false;
  @state() private guidelines: Guidelines | null = null;
  @state() private showsGuidelines = false;
  @state() private problems: readonly Problem[] = [];
  @state() private singleKeys = localStorage.getItem(SINGLE_KEYS) !== "off";
  @query("dialog[open]") private dialog!: HTMLDialogElement | null;
  @query("bench-guidelines") private panel!: BenchGuidelines | null;
  #session!: Session;
  #signIn!: SignIn;
  #widget: TaskWidget | null = null;
  #confirmed = new Set<string>();
  #wellbeing = new Wellbeing(() => this.#session, { changed: () => this.requestUpdate(), pause: () => void this.#pause() });

  override connectedCallback(): void {
    super.connectedCallback();
    const data = JSON.parse(document.getElementById("workbench-data")?.textContent ?? "null") as WorkbenchData;
    this.#session = new Session(data, this);
    this.#signIn = new SignIn(this.#session.api, data.person, () => this.requestUpdate());
    this.guidelines = data.guidelines;
    this.showsGuidelines = data.guidelines !== null && isUnread(data.guidelines) && matchMedia("(width > 64rem)").matches;
    this.#session.addEventListener("changed", () => this.#sync());
    this.#session.addEventListener("said", (event) => flash((event as CustomEvent<string>).detail, "warn"));
    document.addEventListener("keydown", this.#onKey);
    addEventListener("popstate", () => location.reload());
    this.addEventListener("value-changed", (event) => this.#onValue(event as CustomEvent<ValueChanged<unknown>>));
    this.addEventListener("undo-wanted", () => void this.#session.undo());
    this.addEventListener("redo-wanted", () => void this.#session.redo());
    setInterval(() => this.requestUpdate(), 1000);
    void this.#load(data.widget);
  }

  override render(): unknown {
    const [session, { brief }] = [this.#session, this.#session.assignment.item];
    return html`
      ${bar({ session, clock: session.clock.tick(session.counts), progress: this.#widget?.progress() ?? { done: 0, all: 0 }, guidelines: this.guidelines, signedOut: this.#signIn.needed }, {
        guidelines: () => this.#toggleGuidelines(), keys: () => this.#show({ kind: "keys" }), signIn: () => this.#signIn.show(), retry: () => void session.save(),
      })}
      ${brief && !this.#widget?.showsBrief ? html`<p class="brief" dir="auto" data-reading>${brief}</p>` : nothing}
      ${this.#wellbeing.notices()} ${notices(session, this.busy, { takeUp: () => void this.#takeUp() })}
      <div class="desk ${this.showsGuidelines ? "with-guidelines" : ""}">
        <div class="work ${this.#wellbeing.classes}">${this.#widget ?? html`<div class="skeleton"><span></span><span></span><span></span></div>`}</div>
        ${this.showsGuidelines
          ? html`<bench-guidelines role="complementary" aria-label=${t("Guidelines")} .guidelines=${this.guidelines} .busy=${this.busy} @close-wanted=${this.#toggleGuidelines} @read=${this.#acknowledge}></bench-guidelines>`
          : nothing}
      </div>
      ${this.#foot()} ${this.#dialog()}
    `;
  }

  override updated(): void {
    this.querySelector<HTMLDialogElement>("dialog.dialog:not([open])")?.showModal();
  }

  // Parts.

  #foot(): unknown {
    const { history, isPreview } = this.#session;
    const can = this.#session.isOpen;
    return html`<div class="act" role="region" aria-label=${t("This task")}>
      ${isPreview
        ? nothing
        : html`<button type="button" class="quiet" popovertarget="bench-leave-menu" aria-haspopup="true" ?disabled=${!can || this.#session.assignment.rework_round > 0}>${icon("skip", { turns: true })}<span class="hide-small">${t("Skip or report")}</span><span class="only-small sr-only">${t("Skip or report")}</span></button>
          <div id="bench-leave-menu" class="menu" popover data-menu>
            <button type="button" @click=${() => this.#leaveMenu("skip")}>${icon("skip", { turns: true })}${t("Skip this task…")}</button>
            <button type="button" @click=${() => this.#leaveMenu("report")}>${icon("flag")}${t("Report a problem…")}</button>
          </div>
          <button type="button" class="quiet" ?disabled=${!can} aria-label=${t("Pause")} @click=${() => void this.#pause()}>${icon("pause")}<span class="hide-small">${t("Pause")}</span></button>`}
      <button type="button" class="quiet icon-only" ?disabled=${!history.canUndo} aria-label=${t("Undo")} title=${t("Undo")} @click=${() => this.#session.undo()}>${icon("undo", { turns: true })}</button>
      <button type="button" class="quiet icon-only" ?disabled=${!history.canRedo} aria-label=${t("Redo")} title=${t("Redo")} @click=${() => this.#session.redo()}>${icon("redo", { turns: true })}</button>
      <span class="grow"></span>
      ${this.waiting ? this.#waitingNotice() : this.#far()}
      <button type="button" class="primary submit" ?disabled=${!can || this.busy} @click=${() => void this.#submit()}>
        ${this.busy ? html`<span class="spinner"></span>` : nothing}${isPreview ? t("Check") : t("Submit")} <kbd>${shownKeys(["Mod", "Enter"]).join(" ")}</kbd>
      </button>
    </div>`;
  }

  #far(): unknown {
    if (this.problems.length > 0) {
      const [first] = this.problems;
      return html`<button type="button" class="link wrong small" @click=${() => first && this.#widget?.focusProblem(first.path)}>${tn("{count} thing missing", "{count} things missing", this.problems.length)}</button>`;
    }
    const { done, all } = this.#widget?.progress() ?? { done: 0, all: 0 };
    if (all === 0) return nothing;
    return done === all ? html`<span class="far ready hide-small">${icon("check")} ${t("ready")}</span>` : html`<span class="far hide-small">${t("{done} of {all} done", { done, all })}</span>`;
  }

  #waitingNotice(): unknown {
    return html`<span class="waiting" role="status"><span class="warn small">${t("No connection. This is kept and goes out by itself.")}</span><button type="button" class="link small" @click=${() => (this.waiting = false)}>${t("Do not submit yet")}</button></span>`;
  }

  #dialog(): unknown {
    const session = this.#session;
    const { urls } = session.data;
    const onClose = (): void => this.#close();
    if (this.#signIn.asking) return this.#signIn.dialog();
    if (session.newer) return conflictDialog((choice) => this.#closing(() => session.resolve(choice)));
    if (session.ended && this.open?.kind !== "receipt") {
      return endDialog({ title: t("This task has ended"), words: t("It was submitted or given back, perhaps in another tab."), work: urls.work });
    }
    if (session.isPaused) return pauseDialog({ busy: this.busy, since: session.pausedSince, task: session.assignment, onResume: () => void this.#resume() });
    switch (this.open?.kind) {
      case "skip":
      case "report": {
        const how = this.open.kind;
        const reasons = how === "skip" ? session.assignment.skip_reasons : session.assignment.report_reasons;
        return leaveDialog(how, { reasons, busy: this.busy, words: this.words, onClose, onLeave: (reason, note) => void this.#leave(how, reason, note) });
      }
      case "keys":
        return keysDialog(this.#widget?.keys() ?? [], { single: this.singleKeys, onClose, onSingle: (on) => this.#setSingleKeys(on) });
      case "questions":
        return questionsDialog(this.open.questions, { busy: this.busy, onClose, onLook: (path) => this.#closing(() => this.#widget?.focusProblem(path)), onConfirm: () => this.#confirm() });
      case "receipt":
        return receiptDialog(this.open.receipt, session.next, { busy: this.busy, work: urls.work, submission: urls.submission.replace("{id}", this.open.receipt.submission_id ?? ""), claim: urls.submission.replace("{id}", this.open.receipt.assignment_id), onNext: () => void this.#goOn() });
      case "end":
        return endDialog({ title: this.open.title, words: this.open.words, work: urls.work, ...(this.open.reload ? { onReload: () => location.reload() } : {}) });
      default:
        return nothing;
    }
  }

  // What happens.

  async #load(specifier: string): Promise<void> {
    let module: WidgetModule;
    try {
      module = (await import(specifier)) as WidgetModule;
    } catch {
      this.#show({ kind: "end", title: t("This page is not complete"), words: t("A part of it could not be fetched. Your draft is safe; load the page again."), reload: true });
      return;
    }
    const widget = document.createElement(module.tag) as TaskWidget;
    widget.mode = this.#session.data.mode;
    widget.bench = this.#session.asksModels ? this.#session.bench : null;
    this.#widget = widget;
    this.#sync();
    await this.updateComplete;
    this.#arrive();
  }

  // The widget is told at once, so that it can go on as soon as what it asked for is there.
  #sync(): void {
    const widget = this.#widget;
    if (!this.#session.isPaused) closeDialog(this.querySelector<HTMLDialogElement>("#bench-pause"));
    if (widget) {
      const { assignment } = this.#session;
      // Something new came: what was missing before it is no longer the question.
      if (widget.assignment?.turns.length !== assignment.turns.length) this.problems = [];
      if (widget.assignment !== assignment) widget.assignment = assignment;
      if (widget.value !== this.#session.value) widget.value = this.#session.value;
      if (this.problems.length > 0) this.problems = widget.problems();
    }
    this.requestUpdate();
  }

  // A new task: its beginning in view, and the focus where work begins.
  #arrive(): void {
    document.title = `${this.#session.assignment.project.title} · Preceptor`;
    const { turns } = this.#session.assignment;
    if (turns.length > 0 || !matchMedia("(hover: hover)").matches || this.showsGuidelines) return;
    // Once the widget has drawn itself.
    requestAnimationFrame(() => this.#widget?.focusProblem("next_prompt"));
  }

  #onValue({ detail }: CustomEvent<ValueChanged<unknown>>): void {
    this.#session.change(detail.value, detail.kind, detail.path);
    if (this.#widget?.problems().length === 0) void this.#session.prefetch();
  }

  async #submit(): Promise<void> {
    const widget = this.#widget;
    if (!widget || this.busy || this.open || this.#session.isPaused || !this.#session.isOpen) return;
    const problems = widget.problems();
    if (problems.length > 0) return this.#refused(problems);
    if (this.#session.isPreview) return flash(t("Everything is there. In a try-out nothing is submitted."), "good");
    this.problems = [];
    this.busy = true;
    try {
      this.#take(await this.#session.submit([...this.#confirmed]));
    } finally {
      this.busy = false;
    }
  }

  #take(result: Submitted): void {
    switch (result.kind) {
      case "receipt":
        this.waiting = false;
        return this.#show({ kind: "receipt", receipt: result.receipt });
      case "questions":
        return this.#show({ kind: "questions", questions: result.questions });
      case "invalid":
        if (result.problems.length > 0) return this.#refused(result.problems);
        return flash(result.words, "bad");
      case "refused":
        return this.#show({ kind: "end", title: t("This could not be submitted"), words: result.words, reload: result.code === "stale_form" });
      case "away":
        this.waiting = true;
        void this.#submitLater();
    }
  }

  #refused(problems: readonly Problem[]): void {
    this.problems = problems;
    this.#widget?.showProblems(problems);
    const [first] = problems;
    if (!first) return;
    flash(first.message, "warn");
    this.#widget?.focusProblem(first.path);
  }

  async #submitLater(): Promise<void> {
    for (let tries = 0; this.waiting; tries += 1) {
      await pause(backOff(tries));
      if (!this.waiting || this.busy) return;
      const result = await this.#session.submit([...this.#confirmed]);
      if (result.kind === "away") continue;
      this.waiting = false;
      this.#take(result);
    }
  }

  #confirm(): void {
    if (this.open?.kind === "questions") for (const { code } of this.open.questions) this.#confirmed.add(code);
    this.#closing(() => void this.#submit());
  }

  async #leave(how: "skip" | "report", reason: string, note: string): Promise<void> {
    await this.#working(async () => {
      const receipt = await this.#session.leave(how, reason, note);
      this.#closing(() => this.#show({ kind: "receipt", receipt }));
    });
  }

  async #goOn(): Promise<void> {
    await this.#working(async () => {
      const version = this.guidelines?.version;
      if (!(await this.#session.goOn())) return;
      this.#confirmed.clear();
      this.problems = [];
      this.#close();
      scrollTo({ top: 0 });
      this.#arrive();
      if (version !== undefined && this.#session.assignment.guidelines.version !== version) await this.#fetchGuidelines();
    });
  }

  async #pause(): Promise<void> {
    await this.#session.pause();
  }

  async #resume(): Promise<void> {
    await this.#working(() => this.#session.resume());
  }

  async #takeUp(): Promise<void> {
    await this.#working(async () => {
      if (!(await this.#session.takeUp())) flash(t("The place is taken, or another task of this project is open. You can still submit: your work is kept and paid."), "warn");
    });
  }

  #toggleGuidelines = (): void => {
    this.showsGuidelines = !this.showsGuidelines;
    if (this.showsGuidelines) void this.updateComplete.then(() => this.panel?.focus());
  };

  #acknowledge = async (event: CustomEvent<number>): Promise<void> => {
    const { slug } = this.#session.assignment.project;
    await this.#working(async () => {
      const read = await this.#session.api.post<{ timed_ms: number } | undefined>(`/projects/${slug}/guidelines/acknowledge`, { version: event.detail });
      if (this.guidelines) this.guidelines = { ...this.guidelines, acknowledged_version: event.detail };
      flash(read?.timed_ms ? t("Thank you. {time} of reading is paid apart from this task.", { time: formatDuration(read.timed_ms) }) : t("Thank you. They stay within reach under “Guidelines”."), "good");
    });
  };

  async #fetchGuidelines(): Promise<void> {
    const { slug } = this.#session.assignment.project;
    this.guidelines = await newestGuidelines(this.#session.api, slug, this.guidelines);
    this.showsGuidelines ||= isUnread(this.guidelines) && matchMedia("(width > 64rem)").matches;
  }

  // Busy while it lasts; what goes wrong is said where the person looks.
  async #working(act: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.words = "";
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiProblem) && !(error instanceof Unreachable)) throw error;
      this.words = error instanceof ApiProblem ? (error.fields[0]?.message ?? error.words) : error.message;
      if (!this.dialog || this.open?.kind === "receipt") flash(this.words, "warn");
    } finally {
      this.busy = false;
    }
  }

  #leaveMenu(how: "skip" | "report"): void {
    this.querySelector<HTMLElement>("#bench-leave-menu")?.hidePopover();
    this.#show({ kind: how });
  }

  #show(open: Open): void {
    this.words = "";
    this.open = open;
  }

  #close(): void {
    this.#closing(() => undefined);
  }

  // Closed before it is taken off the page, so that the focus goes back to where it was.
  #closing(then: () => void): void {
    closeDialog(this.dialog);
    this.open = null;
    then();
  }

  #setSingleKeys(on: boolean): void {
    this.singleKeys = on;
    localStorage.setItem(SINGLE_KEYS, on ? "on" : "off");
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || this.dialog || event.isComposing) return;
    const typing = isTyping(event.target);
    if (hasCommand(event)) {
      if (this.#command(event, typing)) event.preventDefault();
      return;
    }
    if (event.key === "Escape") {
      if (typing) (event.target as HTMLElement).blur();
      else if (this.showsGuidelines && matchMedia("(width <= 64rem)").matches) this.#toggleGuidelines();
      return;
    }
    if (typing || (event.target as Element).closest?.("[popover]")) return;
    if (this.#plainKey(event)) event.preventDefault();
  };

  #command(event: KeyboardEvent, typing: boolean): boolean {
    const key = event.key.toLowerCase();
    if (key === "enter") void this.#submit();
    else if (key === "s") void this.#session.save().then(() => flash(t("Saved."), "good"));
    else if (typing) return false;
    else if (key === "z") void (event.shiftKey ? this.#session.redo() : this.#session.undo());
    else if (key === "y") this.#session.redo();
    else return false;
    return true;
  }

  #plainKey(event: KeyboardEvent): boolean {
    if (event.key === "?") {
      this.#show({ kind: "keys" });
      return true;
    }
    const single = event.key.length === 1 && !event.altKey;
    if (single && !this.singleKeys) return false;
    if (this.#widget?.handleKey(event)) return true;
    if (event.altKey || this.#session.isPreview) return false;
    const key = event.key.toLowerCase();
    if (key === "g" && this.guidelines) this.#toggleGuidelines();
    else if (key === "p" && this.#session.isOpen) void this.#pause();
    else return false;
    return true;
  }
}
