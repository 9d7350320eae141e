/**
 * One person at work on one assignment after the other: everything the workbench does, without how it looks. It fires
 * `changed` whenever there is something new to draw.
 */
import { randomId } from "@preceptor/ui";
import type { Assignment, Bench, ChangeKind, Problem } from "../../../kinds/widget.ts";
import { Api, ApiProblem, Unreachable } from "./api.ts";
import { Asking } from "./asking.ts";
import { RunningClock } from "./clock.ts";
import { Drafts, sameJson, type Newer, type SaveState } from "./drafts.ts";
import { Heart, isExamOver } from "./heart.ts";
import { History } from "./history.ts";
import { InputLog } from "./inputs.ts";
import { Mirror } from "./mirror.ts";
import { fetchNext, startAhead, type Next } from "./next.ts";
import { Tabs } from "./tabs.ts";
import { TryOut } from "./tryout.ts";
import { LiveTurns } from "./turns.ts";
import type { Beaten, Question, Receipt, WorkbenchData } from "./types.ts";

/** What a submit led to. */
export type Submitted =
  | { kind: "receipt"; receipt: Receipt }
  | { kind: "questions"; questions: Question[] }
  | { kind: "invalid"; problems: readonly Problem[]; words: string }
  | { kind: "refused"; code: string; words: string }
  | { kind: "away" };

const PREFETCH_AFTER = 60_000;
const ENDED = new Set(["submitted", "surplus", "skipped", "reported", "accepted", "rejected", "returned"]);

export class Session extends EventTarget {
  readonly api: Api;
  readonly bench: Bench;
  assignment: Assignment;
  value: unknown = null;
  saveState: SaveState = { kind: "untouched" };
  newer: Newer | null = null;
  /** Another tab shows the same assignment. */
  elsewhere = false;
  /** The assignment ended in another tab. */
  ended = false;
  /** Kept on this device from before and taken up again. */
  recovered = false;
  next: Next | null = null;
  /** When the clock was stopped; null while it runs, and where the page was not there. */
  pausedSince: Date | null = null;
  clock: RunningClock;
  readonly history = new History<unknown>();
  readonly #inputs: InputLog;
  readonly #mirror: Mirror;
  readonly #tabs: Tabs;
  #drafts!: Drafts;
  #heart!: Heart;
  #turns!: LiveTurns;
  #tryOut: TryOut | null = null;
  #submitKey = "";
  #prefetching: Promise<void> | null = null;
  #stopping: Promise<void> = Promise.resolve();
  #prefetchTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly data: WorkbenchData,
    private readonly root: ParentNode,
  ) {
    super();
    this.api = new Api(data.api, data.csrf);
    this.assignment = data.assignment;
    this.clock = new RunningClock(data.assignment.clock, data.assignment.project.rate_per_hour);
    this.#mirror = new Mirror(data.person.id);
    this.#inputs = new InputLog((at) => this.#tabs.noteInput(at));
    this.#tabs = new Tabs(data.assignment.id, {
      shared: (shared) => this.#set({ elsewhere: shared }),
      saved: (version, content) => this.#savedElsewhere(version, content),
      ended: () => {
        this.#stop();
        this.#set({ ended: true });
      },
    });
    this.bench = new Asking(this.api, {
      assignment: () => this.assignment,
      turns: () => this.#turns,
      tryOut: () => this.#tryOut,
      say: (words) => this.#say(words),
    });
    void this.#take(data.assignment);
  }

  get isPreview(): boolean {
    return this.data.mode === "preview";
  }

  /** False in a preview that only shows a sample. */
  get asksModels(): boolean {
    return !this.isPreview || Boolean(this.data.tryout);
  }

  /** True while this assignment can be worked on: also after its lease ran out, for what was written is kept. */
  get isOpen(): boolean {
    return !this.ended && !ENDED.has(this.assignment.state);
  }

  get isPaused(): boolean {
    return this.assignment.state === "paused";
  }

  /** Whether time that passes now is paid, as far as this page can tell. */
  get counts(): boolean {
    if (this.isPreview || this.assignment.state !== "active" || !this.isOpen) return false;
    if (this.assignment.turns.some((turn) => turn.state === "asking")) return true;
    const allowed = Math.max(this.data.idle_after_ms, this.#heart.reading);
    return this.#inputs.last > 0 && Date.now() - this.#inputs.last < allowed;
  }

  // The answer.

  change(value: unknown, kind: ChangeKind, path: string): void {
    this.history.push(this.value, kind, path);
    this.#put(value);
  }

  undo(): boolean {
    return this.#travel(this.history.undo(this.value));
  }

  redo(): boolean {
    return this.#travel(this.history.redo(this.value));
  }

  save(): Promise<void> {
    return this.isPreview ? Promise.resolve() : this.#drafts.flush();
  }

  resolve(choice: "mine" | "newer"): void {
    const newer = this.newer;
    if (!newer) return;
    this.history.push(choice === "newer" ? this.value : newer.content, "mark", ""); // the other one stays a step back
    if (choice === "newer") this.value = newer.content;
    this.#drafts.resolve(choice, newer);
    this.#set({ newer: null });
  }

  // Ends.

  async submit(confirmed: readonly string[]): Promise<Submitted> {
    this.#submitKey ||= randomId();
    try {
      if (this.assignment.rework_round > 0) await this.#openAgain();
      await this.#drafts.flush();
      const body = { key: this.#submitKey, version: this.#drafts.version + 1, content: this.value, confirmed };
      const receipt = await this.api.post<Receipt>(`/assignments/${this.assignment.id}/submit`, () => ({ ...body, ...this.#signs }));
      await this.#finish(receipt);
      return { kind: "receipt", receipt };
    } catch (error) {
      if (error instanceof Unreachable) return { kind: "away" };
      if (!(error instanceof ApiProblem)) throw error;
      if (error.code === "questions") return { kind: "questions", questions: error.body.questions as Question[] };
      if (error.code === "invalid_answer") return { kind: "invalid", problems: error.fields, words: error.words };
      return { kind: "refused", code: error.code, words: error.words };
    }
  }

  /** Skips or reports. Rejects with `ApiProblem` or `Unreachable`. */
  async leave(how: "skip" | "report", reason: string, note: string): Promise<Receipt> {
    const receipt = await this.api.post<Receipt>(`/assignments/${this.assignment.id}/${how}`, () => ({ reason, note, ...this.#signs }));
    await this.#finish(receipt);
    return receipt;
  }

  /** A pause that pauses: the clock stands still on the server, and nothing beats. */
  async pause(): Promise<void> {
    this.#heart.stop();
    this.#write({ ...this.assignment, state: "paused" });
    await this.save();
    await this.#stopClock("pause");
  }

  async resume(): Promise<void> {
    await this.#stopClock("resume");
    if (!this.isPreview && this.isOpen) this.#heart.start();
  }

  /** Asks for the place back whose lease ran out. True where it is ours again. */
  async takeUp(): Promise<boolean> {
    await this.#heart.beat();
    return this.assignment.state === "active";
  }

  /** Asks for the next assignment, so that there is no wait later. Called when a submit becomes likely. */
  prefetch(): Promise<void> {
    if (this.isPreview || this.next) return this.#prefetching ?? Promise.resolve();
    this.#prefetching ??= this.#holdNext().finally(() => (this.#prefetching = null));
    return this.#prefetching;
  }

  /** Goes on to the next assignment, in place. False where there is none; `next.reason` says why. */
  async goOn(): Promise<boolean> {
    const ahead = this.next?.assignment;
    const started = ahead?.state === "prefetched" ? await startAhead(this.api, ahead) : ahead;
    if (!started) this.#set({ next: await fetchNext(this.api, this.assignment, false) });
    const next = started ?? this.next?.assignment;
    if (!next) return false;
    history.pushState(null, "", this.data.urls.workbench.replace("{id}", next.id));
    await this.#take(next);
    this.#tabs.show(next.id);
    return true;
  }

  // Inside.

  /** What the server does not know yet of what was done here. */
  get #signs(): { inputs: number[] } {
    return { inputs: this.#inputs.pending().ages };
  }

  // One after the other: a pause that is still on its way must not arrive after its end.
  #stopClock(how: "pause" | "resume"): Promise<void> {
    const path = `/assignments/${this.assignment.id}/${how}`;
    this.#stopping = this.#stopping.then(async () => {
      if (this.isPreview) return this.#write({ ...this.assignment, state: how === "pause" ? "paused" : "active" });
      try {
        this.#beaten(await this.api.postUntilAnswered<Beaten>(path, () => this.#signs));
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        await this.#refused(error, true);
      }
    });
    return this.#stopping;
  }

  async #take(assignment: Assignment): Promise<void> {
    this.#stop();
    this.assignment = assignment;
    this.pausedSince = null;
    this.clock = new RunningClock(assignment.clock, assignment.project.rate_per_hour);
    this.value = assignment.draft?.content ?? null;
    this.saveState = assignment.draft ? { kind: "saved", at: new Date(assignment.draft.saved_at) } : { kind: "untouched" };
    this.history.clear();
    this.#inputs.begin();
    Object.assign(this, { newer: null, ended: ENDED.has(assignment.state), recovered: false, next: null });
    this.#submitKey = "";
    this.#turns = new LiveTurns(
      this.api,
      () => this.assignment,
      (next) => this.#write(next),
      (problem) => this.#turnLost(problem),
    );
    this.#tryOut = this.data.tryout ? new TryOut(this.api, this.data.tryout, this.#turns, () => this.assignment) : null;
    this.#drafts = new Drafts(this.api, this.#mirror, this.#inputs, assignment.id, assignment.draft?.version ?? 0, {
      saveState: (saveState) => {
        this.#set({ saveState });
        if (saveState.kind === "refused") void this.#refused(saveState.problem, true);
      },
      saved: ({ clock, version, lease_until }, content) => {
        if (clock) this.clock.correct(clock);
        this.assignment = { ...this.assignment, lease_until };
        this.#tabs.saved(version, content);
      },
      newer: (newer) => this.#set({ newer }),
    });
    this.#heart = new Heart(this.api, this.#inputs, this.#tabs, assignment.id, this.root, (beaten) => this.#beaten(beaten), (problem, here) => void this.#refused(problem, here));
    if (!this.isOpen) return this.#changed();
    if (!this.isPreview) {
      await this.#recover();
      if (!this.isPaused) this.#heart.start();
      clearTimeout(this.#prefetchTimer);
      this.#prefetchTimer = setTimeout(() => void this.prefetch(), PREFETCH_AFTER);
    }
    this.#turns.follow();
    this.#changed();
  }

  // What this device kept because the server never answered for it.
  async #recover(): Promise<void> {
    const kept = await this.#mirror.get(this.assignment.id);
    if (!kept) return;
    const version = this.assignment.draft?.version ?? 0;
    if (sameJson(kept.content, this.assignment.draft?.content)) return void this.#mirror.remove(this.assignment.id);
    const before = this.value;
    this.value = kept.content;
    if (kept.version === version) {
      this.recovered = true;
      this.history.push(before, "mark", "");
      this.#drafts.change(kept.content);
      return;
    }
    this.#drafts.hold();
    this.newer = { version, content: before };
  }

  #stop(): void {
    (this.#turns as LiveTurns | undefined)?.close();
    (this.#heart as Heart | undefined)?.stop();
    (this.#drafts as Drafts | undefined)?.close();
    clearTimeout(this.#prefetchTimer);
  }

  async #finish(receipt: Receipt): Promise<void> {
    this.#drafts.forget();
    this.#stop();
    this.#tabs.ended();
    this.clock.correct(receipt.clock);
    this.#write({ ...this.assignment, state: receipt.outcome === "surplus" ? "submitted" : receipt.outcome, clock: receipt.clock });
    if (this.isPreview) return;
    const ahead = this.next?.assignment;
    if (ahead?.lease_until && Date.parse(ahead.lease_until) > Date.now()) return;
    this.next = null; // what was held ahead may be gone by now
    await this.prefetch();
  }

  async #holdNext(): Promise<void> {
    try {
      this.#set({ next: await fetchNext(this.api, this.assignment, true) });
    } catch (error) {
      // Asked for again when the person wants to go on.
      if (!(error instanceof Unreachable)) throw error;
    }
  }

  #put(value: unknown): void {
    this.value = value;
    if (!this.isPreview) this.#drafts.change(value);
    this.#changed();
  }

  #travel(value: unknown): boolean {
    if (value === undefined) return false;
    this.#put(value);
    return true;
  }

  #savedElsewhere(version: number, content: unknown): void {
    if (this.#drafts.dirty || this.newer) return;
    this.#drafts.adopt(version);
    this.value = content;
    this.#changed();
  }

  #beaten({ clock, lease_until, state }: Beaten): void {
    this.clock.correct(clock);
    if (ENDED.has(state)) {
      this.#stop();
      this.ended = true;
    }
    this.#write({ ...this.assignment, clock, lease_until, state });
    if (state === "expired" && !this.assignment.exam_over) void isExamOver(this.api, this.assignment.id).then((over) => over && this.#write({ ...this.assignment, exam_over: true }));
  }

  /** The task has ended; but rework whose time ran out is opened again as soon as somebody is at it. */
  async #refused(problem: ApiProblem, somebodyIsHere: boolean): Promise<void> {
    if (problem.code !== "assignment_ended" || this.ended) return;
    if (this.assignment.rework_round > 0) {
      if (!somebodyIsHere) return;
      try {
        if (await this.#openAgain()) return;
      } catch (error) {
        if (error instanceof Unreachable) return;
        throw error;
      }
    }
    this.#stop();
    this.#set({ ended: true });
  }

  // Where it is open nothing happens. False where it has ended. What was typed meanwhile is saved. Rejects with `Unreachable`.
  async #openAgain(): Promise<boolean> {
    const open = await startAhead(this.api, this.assignment);
    if (!open) return false;
    const { state, clock, lease_until, rework_round } = open;
    this.clock.correct(clock);
    this.#write({ ...this.assignment, state, clock, lease_until, rework_round });
    if (this.saveState.kind === "refused") this.#drafts.change(this.value);
    return true;
  }

  #say(words: string): void {
    this.dispatchEvent(new CustomEvent("said", { detail: words }));
  }

  #turnLost(problem: ApiProblem): void {
    this.#say(problem.words);
  }

  #write(assignment: Assignment): void {
    if (assignment.state !== this.assignment.state) this.pausedSince = assignment.state === "paused" ? new Date() : null;
    this.assignment = assignment;
    this.#changed();
  }

  #set(changes: Partial<Pick<Session, "elsewhere" | "ended" | "newer" | "saveState" | "next">>): void {
    Object.assign(this, changes);
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event("changed"));
  }
}

