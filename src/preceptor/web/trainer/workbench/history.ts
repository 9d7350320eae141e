/** Undo and redo over whole answers. Typing in one text counts as one step while it goes on. */

const STRETCH = 1500;
const MOST = 200;

export class History<Value> {
  #past: Value[] = [];
  #future: Value[] = [];
  #lastPath = "";
  #lastAt = 0;

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** `before` was replaced by something new. */
  push(before: Value, kind: "text" | "mark", path: string): void {
    const now = performance.now();
    const goesOn = kind === "text" && path === this.#lastPath && now - this.#lastAt < STRETCH;
    this.#lastPath = kind === "text" ? path : "";
    this.#lastAt = now;
    this.#future = [];
    if (goesOn) return;
    this.#past.push(before);
    if (this.#past.length > MOST) this.#past.shift();
  }

  /** What was before `now`, or undefined at the beginning. */
  undo(now: Value): Value | undefined {
    const before = this.#past.pop();
    if (before !== undefined) this.#future.push(now);
    this.#lastPath = "";
    return before;
  }

  /** What was undone last, or undefined. */
  redo(now: Value): Value | undefined {
    const after = this.#future.pop();
    if (after !== undefined) this.#past.push(now);
    this.#lastPath = "";
    return after;
  }

  clear(): void {
    this.#past = [];
    this.#future = [];
    this.#lastPath = "";
  }
}
