/** Heartbeats: they renew the lease and tell the clock what happened since the last one. */
import { ApiProblem, Unreachable, type Api } from "./api.ts";
import type { InputLog } from "./inputs.ts";
import { readingAllowance } from "./reading.ts";
import type { Tabs } from "./tabs.ts";
import type { Assignment } from "../../../kinds/widget.ts";
import type { Beaten } from "./types.ts";

const EVERY = 20_000;
const FIRST = 1500;

/** Beats for one assignment while its page is visible. Moments of input are kept until a beat (or draft) has arrived. */
export class Heart {
  #timer: ReturnType<typeof setInterval> | undefined;
  #beating = false;
  /** The last reading allowance, for the clock in the page. */
  reading = 0;

  constructor(
    private readonly api: Api,
    private readonly inputs: InputLog,
    private readonly tabs: Tabs,
    private readonly assignmentId: string,
    private readonly root: ParentNode,
    private readonly onBeat: (beaten: Beaten) => void,
    private readonly onEnd: (problem: ApiProblem, somebodyIsHere: boolean) => void,
  ) {}

  start(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.beat(), EVERY);
    document.addEventListener("visibilitychange", this.#seen);
    // The first one when the text is there to be read.
    setTimeout(() => this.#timer !== undefined && void this.beat(), FIRST);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    document.removeEventListener("visibilitychange", this.#seen);
  }

  async beat(keepalive = false): Promise<void> {
    if (this.#beating || (document.visibilityState === "hidden" && !keepalive)) return;
    this.#beating = true;
    this.reading = readingAllowance(this.root);
    let inputs = this.inputs.pending();
    try {
      const beaten = await this.api.post<Beaten>(
        `/assignments/${this.assignmentId}/beat`,
        () => {
          inputs = this.inputs.pending();
          return { inputs: inputs.ages, foreground: this.tabs.isForeground, reading_ms: this.reading };
        },
        { keepalive, ...(keepalive ? { signIn: false } : {}) },
      );
      this.inputs.acknowledge(inputs);
      if (this.#timer !== undefined) this.onBeat(beaten);
    } catch (error) {
      if (error instanceof ApiProblem) this.onEnd(error, inputs.ages.length > 0);
      else if (!(error instanceof Unreachable)) throw error;
    } finally {
      this.#beating = false;
    }
  }

  #seen = (): void => void this.beat(document.visibilityState === "hidden");
}

/** Whether the exam that a task is a part of was handed in, while its place was gone. */
export async function isExamOver(api: Api, id: string): Promise<boolean> {
  try {
    return (await api.get<Assignment>(`/assignments/${id}`)).exam_over ?? false;
  } catch {
    return false; // it is asked again with the next heartbeat
  }
}
