/** When the person did something: keys, pointer, scrolling, touch. The fair clock is made from these moments. */

const APART = 5000;
/** Half of what the server takes at once. Hours without an answer stand twice as far apart then, and nothing is lost. */
const MOST = 1000;
const EVENTS = ["keydown", "pointerdown", "pointermove", "wheel", "scroll", "touchmove", "input"] as const;

export interface PendingInputs {
  /** Milliseconds since each moment, oldest first. */
  ages: number[];
  until: number;
}

/** Moments of input, thinned to one in five seconds, kept until the server has acknowledged them. */
export class InputLog {
  #moments: number[] = [];
  #last = 0;

  constructor(private readonly onInput: (at: number) => void) {
    for (const name of EVENTS) addEventListener(name, this.#note, { capture: true, passive: true });
  }

  /** When something was done last, as of `Date.now()`; 0 for never. */
  get last(): number {
    return this.#last;
  }

  /** What the server does not know yet. Hand it back to `acknowledge` once it does. */
  pending(): PendingInputs {
    const now = Date.now();
    return { ages: this.#moments.map((moment) => Math.max(0, now - moment)), until: this.#moments.at(-1) ?? 0 };
  }

  acknowledge(sent: PendingInputs): void {
    this.#moments = this.#moments.filter((moment) => moment > sent.until);
  }

  /** A new assignment: no past, and coming to it is the first thing the person did. */
  begin(): void {
    this.#last = Date.now();
    this.#moments = [this.#last];
  }

  close(): void {
    for (const name of EVENTS) removeEventListener(name, this.#note, { capture: true });
  }

  #note = (event: Event): void => {
    // What scripts do (scrolling to a response, tests of a page) is nobody's input; scrolling is never "trusted" apart.
    if (!event.isTrusted || document.visibilityState === "hidden") return;
    const now = Date.now();
    this.#last = now;
    if (now - (this.#moments.at(-1) ?? 0) < APART) return;
    if (this.#moments.length >= MOST) this.#moments = this.#moments.filter((_moment, index) => index % 2 === 0);
    this.#moments.push(now);
    this.onInput(now);
  };
}
