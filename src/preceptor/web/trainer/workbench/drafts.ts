/** Drafts on their way to the server: at most two seconds after the last keystroke, in order, and never lost. */
import { ApiProblem, Unreachable, backOff, type Api } from "./api.ts";
import type { InputLog } from "./inputs.ts";
import type { Mirror } from "./mirror.ts";
import type { Saved } from "./types.ts";

export type SaveState =
  | { kind: "untouched" }
  | { kind: "saving" }
  | { kind: "saved"; at: Date }
  | { kind: "offline" }
  | { kind: "conflict" }
  | { kind: "refused"; words: string; problem: ApiProblem };

/** Somebody (oneself, elsewhere) saved a newer draft. */
export interface Newer {
  version: number;
  content: unknown;
}

interface Listener {
  saveState(state: SaveState): void;
  saved(saved: Saved, content: unknown): void;
  newer(newer: Newer): void;
}

const QUIET = 800;
const LATEST = 1500;
/** Browsers let so many bytes outlive a page. */
const KEEPALIVE_BYTES = 60_000;

/** True where two JSON values say the same. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameJson(a[key], b[key]));
}

/** Saves the draft of one assignment. */
export class Drafts {
  #content: unknown = null;
  #changedAt = 0;
  #dirtySince = 0;
  #sending: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #held = false;
  #closed = false;

  constructor(
    private readonly api: Api,
    private readonly mirror: Mirror,
    private readonly inputs: InputLog,
    private readonly assignmentId: string,
    /** The server's version. */
    public version: number,
    private readonly listener: Listener,
  ) {
    addEventListener("online", this.#soon);
    addEventListener("pagehide", this.#leave);
    document.addEventListener("visibilitychange", this.#hidden);
  }

  /** True while something is not yet on the server. */
  get dirty(): boolean {
    return this.#dirtySince > 0;
  }

  /** The person changed the draft to `content`. */
  change(content: unknown): void {
    this.#content = content;
    this.#changedAt = performance.now();
    this.#dirtySince ||= this.#changedAt;
    void this.mirror.put(this.assignmentId, { content, version: this.version, at: Date.now() });
    if (!this.#held && this.#tries === 0) this.listener.saveState({ kind: "saving" });
    this.#schedule();
  }

  /** Sends what is not yet sent. Resolves when the server has it, or when it is plain that it will take longer. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sending;
    if (this.dirty && !this.#held) await this.#send();
  }

  /** Another tab of this browser saved; nothing here was in the way. */
  adopt(version: number): void {
    this.version = Math.max(this.version, version);
  }

  /** After a conflict: keep what is here (it becomes the newest) or take the newer one (nothing is left to send). */
  resolve(choice: "mine" | "newer", newer: Newer): void {
    this.version = newer.version;
    this.#held = false;
    if (choice === "newer") {
      this.#dirtySince = 0;
      void this.mirror.remove(this.assignmentId);
      this.listener.saveState({ kind: "saved", at: new Date() });
      return;
    }
    void this.flush();
  }

  /** Keeps sending back until `resolve`. */
  hold(): void {
    this.#held = true;
    this.listener.saveState({ kind: "conflict" });
  }

  /** The assignment has ended; whatever is kept here is the server's now. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    removeEventListener("online", this.#soon);
    removeEventListener("pagehide", this.#leave);
    document.removeEventListener("visibilitychange", this.#hidden);
  }

  /** Forgets what is kept on this device: the submission holds it. */
  forget(): void {
    this.#dirtySince = 0;
    void this.mirror.remove(this.assignmentId);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#held || this.#sending || this.#tries > 0) return;
    const latest = this.#dirtySince + LATEST - performance.now();
    this.#timer = setTimeout(() => void this.#send(), Math.max(0, Math.min(QUIET, latest)));
  }

  async #send(): Promise<void> {
    if (this.#sending || !this.dirty || this.#held || this.#closed) return;
    clearTimeout(this.#timer);
    this.#sending = this.#put();
    await this.#sending;
    this.#sending = null;
    if (!this.dirty || this.#held || this.#closed) return;
    if (this.#tries === 0) this.#schedule();
    else this.#timer = setTimeout(() => void this.#send(), backOff(this.#tries - 1));
  }

  async #put(): Promise<void> {
    const content = this.#content;
    const changedAt = this.#changedAt;
    const sentAt = performance.now();
    try {
      // Signs of life travel with the heartbeats: a draft saved every second or two stays one cheap write.
      const saved = await this.api.request<Saved>("PUT", this.#path(), { version: this.version + 1, content });
      this.#done(saved.version, changedAt, sentAt, new Date(saved.saved_at));
      this.listener.saved(saved, content);
    } catch (error) {
      this.#failed(error, content, changedAt, sentAt);
    }
  }

  #done(version: number, changedAt: number, sentAt: number, at: Date): void {
    this.version = version;
    this.#tries = 0;
    if (changedAt === this.#changedAt) {
      this.#dirtySince = 0;
      this.listener.saveState({ kind: "saved", at });
      void this.mirror.remove(this.assignmentId);
    } else {
      this.#dirtySince = sentAt;
      void this.mirror.put(this.assignmentId, { content: this.#content, version, at: Date.now() });
    }
  }

  #failed(error: unknown, content: unknown, changedAt: number, sentAt: number): void {
    if (error instanceof Unreachable) {
      this.#tries += 1;
      this.listener.saveState({ kind: "offline" });
      return;
    }
    if (!(error instanceof ApiProblem)) throw error;
    if (error.code === "draft_newer") {
      const newer = { version: Number(error.body.version), content: error.body.content };
      // Our own draft, whose answer got lost on the way.
      if (sameJson(newer.content, content)) return this.#done(newer.version, changedAt, sentAt, new Date());
      this.hold();
      this.listener.newer(newer);
      return;
    }
    // Refused for good; the next change tries again, and this device keeps it meanwhile.
    this.#dirtySince = 0;
    this.listener.saveState({ kind: "refused", words: error.fields[0]?.message ?? error.words, problem: error });
  }

  #path(): string {
    return `/assignments/${this.assignmentId}/draft`;
  }

  #soon = (): void => {
    if (!this.dirty || this.#held) return;
    clearTimeout(this.#timer);
    void this.#send();
  };

  #hidden = (): void => {
    if (document.visibilityState === "hidden") this.#soon();
  };

  // The page goes away: one last request that may outlive it. If it does not arrive, this device still has the draft.
  #leave = (): void => {
    if (!this.dirty || this.#held || this.#closed) return;
    const body = { version: this.version + 1, content: this.#content, inputs: this.inputs.pending().ages };
    if (JSON.stringify(body).length * 2 > KEEPALIVE_BYTES) return;
    this.api.request("PUT", this.#path(), body, { keepalive: true, signIn: false }).catch(() => undefined);
  };
}
