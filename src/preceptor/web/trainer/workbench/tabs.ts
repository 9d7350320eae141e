/** Several tabs of one browser: which has the person's attention, and whether two show the same task. */
import { randomId } from "@preceptor/ui";

type Message =
  | { kind: "here"; tab: string; assignment: string; answer: boolean }
  | { kind: "gone"; tab: string }
  | { kind: "input"; tab: string; at: number }
  | { kind: "saved"; tab: string; assignment: string; version: number; content: unknown }
  | { kind: "ended"; tab: string; assignment: string };

interface Listener {
  /** Whether another tab shows this assignment. */
  shared(shared: boolean): void;
  saved(version: number, content: unknown): void;
  /** The assignment was submitted, skipped or reported in another tab. */
  ended(): void;
}

/** Talks to the other tabs of this browser. Where the browser cannot, every tab is alone. */
export class Tabs {
  readonly #tab = randomId();
  readonly #channel = "BroadcastChannel" in window ? new BroadcastChannel("preceptor-workbench") : null;
  readonly #others = new Map<string, string>();
  #mine = 0;
  #theirs = 0;

  constructor(
    private assignmentId: string,
    private readonly listener: Listener,
  ) {
    this.#channel?.addEventListener("message", this.#onMessage);
    addEventListener("pagehide", () => this.#send({ kind: "gone", tab: this.#tab }));
    this.#announce(true);
  }

  /** True where the most recent input of all tabs was here. */
  get isForeground(): boolean {
    return document.visibilityState === "visible" && this.#mine >= this.#theirs;
  }

  noteInput(at: number): void {
    this.#mine = at;
    this.#send({ kind: "input", tab: this.#tab, at });
  }

  show(assignmentId: string): void {
    this.assignmentId = assignmentId;
    this.#announce(true);
    this.#tell();
  }

  saved(version: number, content: unknown): void {
    this.#send({ kind: "saved", tab: this.#tab, assignment: this.assignmentId, version, content });
  }

  ended(): void {
    this.#send({ kind: "ended", tab: this.#tab, assignment: this.assignmentId });
  }

  #announce(answer: boolean): void {
    this.#send({ kind: "here", tab: this.#tab, assignment: this.assignmentId, answer });
  }

  #send(message: Message): void {
    this.#channel?.postMessage(message);
  }

  #tell(): void {
    this.listener.shared([...this.#others.values()].includes(this.assignmentId));
  }

  #onMessage = ({ data }: MessageEvent<Message>): void => {
    switch (data.kind) {
      case "here":
        this.#others.set(data.tab, data.assignment);
        if (data.answer) this.#announce(false);
        this.#tell();
        break;
      case "gone":
        this.#others.delete(data.tab);
        this.#tell();
        break;
      case "input":
        this.#theirs = Math.max(this.#theirs, data.at);
        break;
      case "saved":
        if (data.assignment === this.assignmentId) this.listener.saved(data.version, data.content);
        break;
      case "ended":
        if (data.assignment === this.assignmentId) this.listener.ended();
        break;
    }
  };
}
