/** The clock of whoever reviews, grades or decides: heartbeats while they are at it, the time and money so far, a pause. */
import { LightElement, addStyles, customElement, formatClock, formatMoney, html, icon, nothing, property, state, t } from "@preceptor/ui";
import { ApiProblem, Unreachable, type Api } from "../trainer/workbench/api.ts";
import { Stretches, breakNotice } from "../trainer/workbench/breaks.ts";
import { InputLog } from "../trainer/workbench/inputs.ts";
import { readingAllowance } from "../trainer/workbench/reading.ts";

addStyles(`
review-clock { display: flex; align-items: center; gap: .1rem; flex: none; }
review-clock .clock { display: inline-flex; align-items: center; gap: .35rem; font-size: var(--text-s); white-space: nowrap; }
break-place { display: block; margin-block-end: .75rem; }
break-place:not(:has(.notice)) { display: none; }
`);

const EVERY = 20_000;
const FIRST = 1500;
/** Without a sign of life for so long nobody is at it, unless the text in view takes longer to read. */
const IDLE = 180_000;

interface StintClock {
  state: "active" | "paused" | "ended";
  active_ms: number;
  amount: { amount: number; currency: string };
}

@customElement("review-clock")
export class ReviewClock extends LightElement {
  @property({ attribute: false }) api: Api | null = null;
  /** What it is about, below the API: where its heartbeats go. */
  @property({ attribute: false }) path = "";
  /** What is in view, for a heartbeat to say. */
  @property({ attribute: false }) shows: Readonly<Record<string, unknown>> = {};
  /** What to do when it is somebody else's by now. */
  @property({ attribute: false }) onEnd: (problem: ApiProblem) => void = () => undefined;
  /** Minutes at work after which a break is proposed; 0: never. */
  @property({ attribute: false }) breakMinutes = 0;
  @state() private clock: StintClock | null = null;
  @state() private busy = false;
  #inputs = new InputLog(() => undefined);
  #beating = false;
  #stretches: Stretches | null = null;
  /** A form is on its way: the page has nothing more to say, and would take again what was just put back. */
  #left = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#inputs.begin();
    this.#timer = setInterval(() => void this.beat(), EVERY);
    setTimeout(() => void this.beat(), FIRST);
    document.addEventListener("visibilitychange", this.#seen);
    window.addEventListener("submit", this.#sent);
    window.addEventListener("pageshow", this.#back);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#seen);
    window.removeEventListener("submit", this.#sent);
    window.removeEventListener("pageshow", this.#back);
    this.#inputs.close();
  }

  override render(): unknown {
    const clock = this.clock;
    if (!clock || clock.state === "ended") return nothing;
    const paused = clock.state === "paused";
    return html`<span class="clock num" role="timer" aria-label=${t("Your time on this")}>${icon("clock")} ${formatClock(clock.active_ms)}${clock.amount.amount ? html` <span class="muted">·</span> ${formatMoney(clock.amount)}` : nothing}</span>
      <button type="button" class="quiet icon-only" aria-pressed=${String(paused)} ?disabled=${this.busy} aria-label=${paused ? t("Go on") : t("Pause the clock")} title=${paused ? t("Go on") : t("Pause the clock")} @click=${() => void this.#pause(!paused)}>${icon(paused ? "play" : "pause")}</button>`;
  }

  /** Tells the server what was done since the last time. */
  async beat(options: { paused?: boolean; keepalive?: boolean } = {}): Promise<void> {
    const { paused = null, keepalive = false } = options as { paused?: boolean | null; keepalive?: boolean };
    if (!this.api || this.#beating || this.#left || (document.visibilityState === "hidden" && !keepalive)) return;
    this.#beating = true;
    let inputs = this.#inputs.pending();
    try {
      const { clock } = await this.api.post<{ clock: StintClock }>(
        `${this.path}/beat`,
        () => {
          inputs = this.#inputs.pending();
          return { inputs: inputs.ages, reading_ms: readingAllowance(document), foreground: true, paused, ...this.shows };
        },
        { keepalive, ...(keepalive ? { signIn: false } : {}) },
      );
      this.#inputs.acknowledge(inputs);
      this.clock = clock;
      this.#lookForBreak();
    } catch (error) {
      if (error instanceof ApiProblem) this.onEnd(error);
      else if (!(error instanceof Unreachable)) throw error;
    } finally {
      this.#beating = false;
    }
  }

  // The same stretch as in tasks: whoever comes from one has not rested.
  #lookForBreak(): void {
    this.#stretches ??= new Stretches(this.breakMinutes);
    const allowed = Math.max(IDLE, readingAllowance(document));
    const running = this.clock?.state === "active" && Date.now() - this.#inputs.last < allowed;
    this.#propose(this.#stretches.tick(running));
  }

  #propose(due: boolean): void {
    const actions = {
      take: () => {
        this.#stretches?.rest();
        this.#propose(false);
        void this.#pause(true);
      },
      later: () => {
        this.#stretches?.later();
        this.#propose(false);
      },
    };
    const place = document.querySelector<BreakPlace>("break-place");
    if (place) place.notice = due ? breakNotice(this.breakMinutes, actions) : nothing;
  }

  async #pause(paused: boolean): Promise<void> {
    this.busy = true;
    await this.beat({ paused });
    this.busy = false;
  }

  #sent = (event: SubmitEvent): void => {
    if (!event.defaultPrevented && (event.target as HTMLFormElement).method !== "dialog") this.#left = true;
  };

  #back = (): void => {
    this.#left = false;
  };

  #seen = (): void => void this.beat({ keepalive: document.visibilityState === "hidden" });
}

/** `<break-place>`: where on the page a break is proposed. */
@customElement("break-place")
export class BreakPlace extends LightElement {
  @property({ attribute: false }) notice: unknown = nothing;

  override render(): unknown {
    return this.notice;
  }
}
