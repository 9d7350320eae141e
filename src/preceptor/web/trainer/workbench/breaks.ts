/** Breaks: how long somebody has been at it without a rest, whether they do tasks or judge them, and proposing one. */
import { html, icon, t, tn } from "@preceptor/ui";

const KEY = "preceptor:stretch";
const MINUTE = 60_000;
/** A rest as long as this begins a new stretch, whatever made it. */
const REST = 5 * MINUTE;
/** Somebody who would rather go on is asked again after this. */
const LATER = 15 * MINUTE;

interface Stretch {
  /** Milliseconds at work in this stretch. */
  worked: number;
  /** When it was last looked at. */
  seen: number;
  /** When there was work last. */
  busy: number;
  /** From so many milliseconds on a break is proposed. */
  due: number;
}

/** How long this person has been at work without a rest, over tasks, reviews and tabs of this device. */
export class Stretches {
  #after: number;

  constructor(breakMinutes: number) {
    this.#after = breakMinutes * MINUTE;
  }

  /** Looks at the clock; true when a break is to be proposed. */
  tick(running: boolean, now = Date.now()): boolean {
    if (this.#after <= 0) return false;
    const before = this.#read(now);
    const rested = now - before.busy >= REST;
    const passed = Math.min(Math.max(now - before.seen, 0), MINUTE);
    const stretch: Stretch = rested
      ? { worked: 0, seen: now, busy: running ? now : before.busy, due: this.#after }
      : { ...before, worked: before.worked + (running ? passed : 0), seen: now, busy: running ? now : before.busy };
    this.#write(stretch);
    return running && stretch.worked >= Math.max(stretch.due, this.#after);
  }

  /** Not now: ask again later. */
  later(now = Date.now()): void {
    const stretch = this.#read(now);
    this.#write({ ...stretch, due: stretch.worked + LATER });
  }

  /** A break is taken: a new stretch begins after it. */
  rest(now = Date.now()): void {
    this.#write({ worked: 0, seen: now, busy: now, due: this.#after });
  }

  #read(now: number): Stretch {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as Partial<Stretch> | null;
      if (kept && [kept.worked, kept.seen, kept.busy, kept.due].every((one) => typeof one === "number")) return kept as Stretch;
    } catch {
      // No storage, or something else under this name: a stretch begins here.
    }
    return { worked: 0, seen: now, busy: now, due: this.#after };
  }

  #write(stretch: Stretch): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(stretch));
    } catch {
      // It is counted as long as the page lives nowhere: no break is proposed, nothing else is lost.
    }
  }
}

/** A break is proposed, calmly: nothing stops, and it goes away when told. */
export function breakNotice(minutes: number, actions: { take(): void; later(): void }): unknown {
  return html`<div class="notice info break-notice" role="status">${icon("clock")}<div class="body"><strong>${tn("You have been at it for {count} minute.", "You have been at it for {count} minutes.", minutes)}</strong>
    <p>${t("How about a break? The clock pauses, and this task is kept for you.")}</p></div>
    <div class="actions"><button type="button" @click=${actions.take}>${t("Take a break")}</button><button type="button" class="quiet" @click=${actions.later}>${t("Later")}</button></div></div>`;
}
