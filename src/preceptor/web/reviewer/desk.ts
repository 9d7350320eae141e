/**
 * The review desk's script. The page holds `<review-desk>` and, in `<script type="application/json" id="review-data">`,
 * what `types.ts` calls `DeskData`.
 */
import { LightElement, addStyles, closeDialog, customElement, flash, hasCommand, html, isTyping, nothing, query, state, t } from "@preceptor/ui";
import { contentClasses, contentNotice } from "../../kinds/notice.ts";
import type { Problem, TaskWidget, ValueChanged, WidgetModule } from "../../kinds/widget.ts";
import { Api, ApiProblem, Unreachable } from "../trainer/workbench/api.ts";
import { History } from "../trainer/workbench/history.ts";
import { SignIn } from "../trainer/workbench/sign-in.ts";
import { foot } from "./bar.ts";
import "./clock.ts";
import { discardDialog, endDialog, keysDialog, refusalDialog } from "./dialogs.ts";
import { forget, keep, kept, said, say } from "./kept.ts";
import { asAssignment, type Decision, type DeskData, type Verdict } from "./types.ts";
import styles from "./desk.css";

addStyles(styles);

type Open = { kind: "return" | "reject" | "keys" | "discard" } | { kind: "end"; title: string; words: string };

const SINGLE_KEYS = "preceptor-single-keys";
/** A key that was meant for the answer before must not decide this one. */
const SETTLE = 900;
/** Nothing can be decided here any more, whatever is tried. */
const ENDED = new Set(["already_decided", "review_ended", "review_taken", "stale_review", "review_not_held", "not_submitted", "no_such_review"]);

/** The answer in its kind's own form, and the bar that gives the verdict. */
@customElement("review-desk")
export class ReviewDesk extends LightElement {
  @state() private open: Open | null = null;
  @state() private busy = false;
  @state() private words = "";
  @state() private correcting = false;
  @state() private value: unknown = null;
  @state() private note = "";
  @state() private reason = "";
  @state() private showsNote = false;
  @state() private problems: readonly Problem[] = [];
  @state() private shown = false;
  @state() private singleKeys = localStorage.getItem(SINGLE_KEYS) !== "off";
  @query("dialog[open]") private dialog!: HTMLDialogElement | null;
  #data!: DeskData;
  #api!: Api;
  #signIn!: SignIn;
  #widget: TaskWidget | null = null;
  #history = new History<unknown>();
  #shownAt = Infinity;
  #ended = false;
  #shows: Readonly<Record<string, unknown>> = {};

  override connectedCallback(): void {
    super.connectedCallback();
    this.#data = JSON.parse(document.getElementById("review-data")?.textContent ?? "null") as DeskData;
    this.#api = new Api(this.#data.api, this.#data.csrf);
    this.#signIn = new SignIn(this.#api, this.#data.person, () => this.requestUpdate());
    this.#shows = { submission_id: this.#review.submission_id };
    this.value = this.#review.answer;
    if (this.#review.may_decide) this.#begin();
    document.addEventListener("keydown", this.#onKey);
    const before = said();
    if (before) flash(before, "good");
    void this.#load();
  }

  override render(): unknown {
    const warnings = this.#review.content_warnings;
    const pictures = this.#widget?.querySelector("img, canvas") != null;
    const leaving = t("Put it back whenever you like: your time with it is paid, and somebody else looks at it.");
    return html`<break-place></break-place>${contentNotice({ warnings, choice: this.#data.wellbeing, shown: this.shown, pictures, leaving }, (shown) => (this.shown = shown))}
      <div class="answered ${contentClasses(warnings, this.#data.wellbeing, this.shown)}">${this.#widget ?? html`<div class="skeleton"><span></span><span></span><span></span></div>`}</div>
      ${this.#review.may_decide ? this.#foot() : nothing} ${this.#dialog()}`;
  }

  override updated(): void {
    this.querySelector<HTMLDialogElement>("dialog.dialog:not([open])")?.showModal();
  }

  get #review(): DeskData["review"] {
    return this.#data.review;
  }

  get #inbox(): string {
    return this.#data.project ? `/reviews?project=${encodeURIComponent(this.#data.project)}` : "/reviews";
  }

  // Parts.

  #foot(): unknown {
    return foot(
      { clock: html`<review-clock .api=${this.#api} .path=${`/reviews/${this.#review.id}`} .shows=${this.#shows} .breakMinutes=${this.#data.wellbeing.break_minutes} .onEnd=${this.#lost}></review-clock>`, busy: this.busy, correcting: this.correcting, note: this.note, showsNote: this.showsNote, noReturn: this.#review.no_return, problems: this.problems, canUndo: this.#history.canUndo, canRedo: this.#history.canRedo },
      {
        choose: (verdict) => this.#choose(verdict),
        sendCorrection: () => void this.#sendCorrection(),
        cancel: () => this.#stopCorrecting(),
        undo: () => this.#undo(),
        redo: () => this.#redo(),
        note: (note) => this.#setNote(note),
        toggleNote: () => this.#toggleNote(),
        keys: () => this.#show({ kind: "keys" }),
        look: (path) => this.#widget?.focusProblem(path),
      },
    );
  }

  #dialog(): unknown {
    const onClose = (): void => this.#close();
    if (this.#signIn.asking) return this.#signIn.dialog();
    switch (this.open?.kind) {
      case "return":
      case "reject": {
        const how = this.open.kind;
        return refusalDialog({
          how,
          reasons: how === "return" ? this.#review.return_reasons : this.#review.reject_reasons,
          reason: this.reason,
          note: this.note,
          busy: this.busy,
          words: this.words,
          onNote: (note) => this.#setNote(note),
          onReason: (reason) => (this.reason = reason),
          onSend: () => void this.#send({ verdict: how, reason: this.reason, note: this.note, content: null }),
          onClose,
        });
      }
      case "keys":
        return keysDialog(this.#widget?.keys() ?? [], { single: this.singleKeys, onClose, onSingle: (on) => this.#setSingleKeys(on) });
      case "discard":
        return discardDialog({ onClose, onDiscard: () => this.#discard() });
      case "end":
        return endDialog({ title: this.open.title, words: this.open.words, inbox: this.#inbox, onReload: () => location.reload() });
      default:
        return nothing;
    }
  }

  // What happens.

  // What was written here before, and the hold that lasts as long as somebody is at it.
  #begin(): void {
    const before = kept(this.#review.id, this.#review.submission_id);
    if (before) {
      this.note = before.note;
      this.showsNote = before.note !== "";
      if (before.content !== null) {
        this.value = before.content;
        this.correcting = true;
      }
    }
    this.addEventListener("value-changed", (event) => this.#onValue(event as CustomEvent<ValueChanged<unknown>>));
    this.addEventListener("undo-wanted", () => this.#undo());
    this.addEventListener("redo-wanted", () => this.#redo());
  }

  async #load(): Promise<void> {
    const module = (await import(this.#data.widget)) as WidgetModule;
    const widget = document.createElement(module.tag) as TaskWidget;
    widget.assignment = asAssignment(this.#review);
    this.#widget = widget;
    this.#sync();
    this.#shownAt = performance.now();
    // Pictures may come later; whoever wants them blurred can ask for them then.
    if (this.#data.wellbeing?.blur) new MutationObserver(() => this.requestUpdate()).observe(widget, { childList: true, subtree: true });
  }

  #sync(): void {
    const widget = this.#widget;
    if (widget) {
      widget.mode = this.correcting ? "correct" : "review";
      widget.original = this.correcting ? this.#review.answer : null;
      widget.value = this.value;
      if (this.problems.length > 0) this.problems = widget.problems();
    }
    this.requestUpdate();
  }

  #choose(verdict: Verdict): void {
    if (this.busy || this.open) return;
    if (verdict === "accept") void this.#send({ verdict, reason: null, note: this.note, content: null });
    else if (verdict === "correct") this.#correct();
    else if (verdict === "return" && this.#review.no_return) flash(this.#review.no_return, "warn");
    else {
      this.reason = "";
      this.#show({ kind: verdict });
    }
  }

  #correct(): void {
    this.correcting = true;
    this.#sync();
  }

  #stopCorrecting(): void {
    if (this.#changed) this.#show({ kind: "discard" });
    else this.#discard();
  }

  get #changed(): boolean {
    return this.#history.canUndo || JSON.stringify(this.value) !== JSON.stringify(this.#review.answer);
  }

  #discard(): void {
    this.#close();
    this.correcting = false;
    this.value = this.#review.answer;
    this.problems = [];
    this.#history.clear();
    this.#keep();
    this.#sync();
  }

  #onValue({ detail }: CustomEvent<ValueChanged<unknown>>): void {
    if (!this.correcting) return;
    this.#history.push(this.value, detail.kind, detail.path);
    this.#setValue(detail.value);
  }

  #undo(): void {
    const before = this.#history.undo(this.value);
    if (before !== undefined) this.#setValue(before);
  }

  #redo(): void {
    const after = this.#history.redo(this.value);
    if (after !== undefined) this.#setValue(after);
  }

  #setValue(value: unknown): void {
    this.value = value;
    this.#keep();
    this.#sync();
  }

  #setNote(note: string): void {
    this.note = note;
    this.#keep();
  }

  #keep(): void {
    const content = this.correcting && this.#changed ? this.value : null;
    if (content === null && this.note === "") forget(this.#review.id);
    else keep(this.#review.id, { submission_id: this.#review.submission_id, note: this.note, content });
  }

  async #sendCorrection(): Promise<void> {
    const widget = this.#widget;
    if (!widget || this.busy || this.open) return;
    const problems = widget.problems();
    if (problems.length > 0) return this.#refused(problems);
    await this.#send({ verdict: "correct", reason: null, note: this.note, content: this.value });
  }

  async #send(decision: Decision): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.words = "";
    try {
      await this.#api.post(`/reviews/${this.#review.id}/decide`, { ...decision, submission_id: this.#review.submission_id });
      forget(this.#review.id);
      const words: Record<Verdict, string> = { accept: t("Accepted."), correct: t("Accepted with your correction."), return: t("Returned for rework."), reject: t("Rejected.") };
      say(words[decision.verdict]);
      location.assign(await this.#next());
    } catch (error) {
      this.busy = false;
      this.#failed(error);
    }
  }

  // Where the next review is; the inbox says why where there is none.
  async #next(): Promise<string> {
    try {
      const next = await this.#api.post<{ id: string }>("/reviews/claim", { project: this.#data.project || null });
      return this.#data.project ? `/reviews/${next.id}?project=${encodeURIComponent(this.#data.project)}` : `/reviews/${next.id}`;
    } catch {
      return this.#inbox;
    }
  }

  #failed(error: unknown): void {
    if (error instanceof Unreachable) {
      this.words = t("There is no connection. What you wrote is kept; try again in a moment.");
    } else if (error instanceof ApiProblem) {
      if (ENDED.has(error.code)) return this.#closing(() => this.#show({ kind: "end", title: t("Your verdict was not taken"), words: error.words }));
      const inAnswer = error.fields.filter((field) => !["reason", "note", "verdict", "content"].includes(field.path));
      if (this.correcting && inAnswer.length > 0) return this.#refused(inAnswer);
      this.words = error.fields[0]?.message ?? error.words;
    } else {
      throw error;
    }
    if (!this.dialog) flash(this.words, "warn");
  }

  #refused(problems: readonly Problem[]): void {
    this.problems = problems;
    this.#widget?.showProblems(problems);
    const [first] = problems;
    if (!first) return;
    flash(first.message, "warn");
    this.#widget?.focusProblem(first.path);
  }

  // While a verdict is on its way the hold may well have ended: that is no news.
  // Said once, and so that it is seen: from here on nothing that is done counts or is paid. What nobody holds is taken
  // again with the next sign of life.
  #lost = (problem: ApiProblem): void => {
    if (this.busy || this.#ended || problem.code === "review_not_held" || !ENDED.has(problem.code)) return;
    this.#ended = true;
    this.#closing(() => this.#show({ kind: "end", title: t("This cannot be decided here any more"), words: problem.words }));
  };

  #toggleNote(): void {
    this.showsNote = !this.showsNote;
    if (this.showsNote) void this.updateComplete.then(() => this.querySelector<HTMLElement>("#review-note")?.focus());
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
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const typing = isTyping(event.target);
    if (hasCommand(event)) {
      if (this.#command(event, typing)) event.preventDefault();
      return;
    }
    if (event.key === "Escape") {
      if (typing) (event.target as HTMLElement).blur();
      else if (this.correcting) {
        event.preventDefault(); // or the dialog that opens now is closed by this very key
        this.#stopCorrecting();
      }
      return;
    }
    if (typing || (event.target as Element).closest?.("[popover]")) return;
    if (this.#plainKey(event)) event.preventDefault();
  };

  #command(event: KeyboardEvent, typing: boolean): boolean {
    if (!this.correcting) return false;
    const key = event.key.toLowerCase();
    if (key === "enter") void this.#sendCorrection();
    else if (typing) return false;
    else if (key === "z") event.shiftKey ? this.#redo() : this.#undo();
    else if (key === "y") this.#redo();
    else return false;
    return true;
  }

  #plainKey(event: KeyboardEvent): boolean {
    if (event.key === "?") {
      this.#show({ kind: "keys" });
      return true;
    }
    if (event.key.length === 1 && !event.altKey && !this.singleKeys) return false;
    if (this.#widget?.handleKey(event)) return true;
    if (event.altKey || event.repeat) return false;
    const key = event.key.toLowerCase();
    if (key === "g") document.querySelector<HTMLElement>('[commandfor="guidelines"]')?.click();
    else if (!this.#review.may_decide || performance.now() - this.#shownAt < SETTLE) return false;
    else if (key === "n") this.#toggleNote();
    else if (this.correcting) return false;
    else if (key === "a") this.#choose("accept");
    else if (key === "c") this.#choose("correct");
    else if (key === "r") this.#choose("return");
    else if (key === "x") this.#choose("reject");
    else return false;
    return true;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "review-desk": ReviewDesk;
  }
}
