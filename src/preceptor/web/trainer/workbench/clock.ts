/** The clock in the page: the server's figures, moving on by themselves until the server speaks again. */
import type { Clock, Money } from "../../../kinds/widget.ts";

export interface ClockShown {
  paid_ms: number;
  amount: Money;
  /** False while nothing is counted: idle or paused. */
  running: boolean;
  figures: Clock;
}

/** Nobody draws less often than a page in the background, once a minute: what is longer was sleep. */
const LONGEST = 65_000;

export class RunningClock {
  #figures: Clock;
  #at = performance.now();
  /** Milliseconds that passed and count, since the server's last word. */
  #since = 0;

  constructor(
    figures: Clock,
    private readonly rate: Money | null,
  ) {
    this.#figures = figures;
  }

  /** The server's figures, which are right. */
  correct(figures: Clock): void {
    this.#figures = figures;
    this.#since = 0;
    this.#at = performance.now();
  }

  /** Moves on to now. `counts`: whether the time since the last call is paid. */
  tick(counts: boolean): ClockShown {
    const now = performance.now();
    if (counts && now - this.#at < LONGEST) this.#since += now - this.#at;
    this.#at = now;
    const { amount, paid_ms, most_ms } = this.#figures;
    const since = Math.min(this.#since, Math.max((most_ms ?? Infinity) - paid_ms, 0));
    const earned = this.rate ? Math.floor((this.rate.amount * since) / 3_600_000) : 0;
    return {
      paid_ms: paid_ms + since,
      amount: { ...amount, amount: amount.amount + earned },
      running: counts,
      figures: this.#figures,
    };
  }
}
