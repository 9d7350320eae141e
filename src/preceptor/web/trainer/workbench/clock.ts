/** The clock in the page: the server's figures, moving on by themselves until the server speaks again. */
import type { Clock, Money } from "../../../kinds/widget.ts";

export interface ClockShown {
  paid_ms: number;
  amount: Money;
  /** False while nothing is counted: idle or paused. */
  running: boolean;
  figures: Clock;
}

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
    if (counts) this.#since += now - this.#at;
    this.#at = now;
    const { amount, paid_ms } = this.#figures;
    const earned = this.rate ? Math.floor((this.rate.amount * this.#since) / 3_600_000) : 0;
    return {
      paid_ms: paid_ms + this.#since,
      amount: { ...amount, amount: amount.amount + earned },
      running: counts,
      figures: this.#figures,
    };
  }
}
