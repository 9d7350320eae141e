/** The turns of an assignment as their responses grow. Nothing is changed in place: whoever draws sees what is new. */
import type { Assignment, Response, Turn } from "../../../kinds/widget.ts";
import type { Api, ApiProblem } from "./api.ts";
import { TurnStream } from "./stream.ts";

/** Tokens come faster than eyes read; so often a second they are shown. */
const SHOWN_EVERY = 50;

const isOpen = (response: Response): boolean => response.state === "pending" || response.state === "streaming";

/** Follows the turns that are being asked. */
export class LiveTurns {
  readonly #streams = new Map<string, TurnStream>();
  readonly #deltas = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: Api,
    private readonly read: () => Assignment,
    private readonly write: (assignment: Assignment) => void,
    private readonly lost: (problem: ApiProblem) => void,
  ) {}

  /** Streams every turn that is not complete. */
  follow(): void {
    for (const turn of this.read().turns) {
      if (turn.state === "asking" || turn.responses.some(isOpen)) this.#open(turn.id);
    }
  }

  /** Puts a turn in, in its place, or in place of what was known of it, and streams what is not complete. */
  put(turn: Turn): void {
    this.show(turn);
    this.follow();
  }

  /** Puts a turn in, whose responses somebody else brings. */
  show(turn: Turn): void {
    const assignment = this.read();
    const known = assignment.turns.some((one) => one.id === turn.id);
    const turns = known ? assignment.turns.map((one) => (one.id === turn.id ? turn : one)) : [...assignment.turns, turn];
    this.write({ ...assignment, turns: turns.sort((a, b) => a.position - b.position) });
  }

  /** Something about a response, known before the stream says so. */
  patch(responseId: string, changes: Partial<Response>): void {
    this.#update((response) => (response.id === responseId ? { ...response, ...changes } : response));
  }

  /** The stream of the turn of this response, anew: it was asked for again. */
  again(responseId: string): void {
    const turn = this.read().turns.find((one) => one.responses.some((response) => response.id === responseId));
    if (!turn) return;
    this.#streams.get(turn.id)?.close();
    this.#streams.delete(turn.id);
    this.#open(turn.id);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
    this.#deltas.clear();
  }

  #open(turnId: string): void {
    if (this.#streams.has(turnId)) return;
    const stream = new TurnStream(this.api, turnId, {
      delta: (id, text) => this.add(id, text),
      state: (response) => this.settle(response),
      done: () => this.done(turnId),
      lost: (problem) => {
        this.#streams.delete(turnId);
        this.lost(problem);
      },
    });
    this.#streams.set(turnId, stream);
  }

  /** Adds text to a response. */
  add(id: string, text: string): void {
    this.#deltas.set(id, (this.#deltas.get(id) ?? "") + text);
    this.#timer ??= setTimeout(() => this.#show(), SHOWN_EVERY);
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#deltas.size === 0) return;
    const deltas = new Map(this.#deltas);
    this.#deltas.clear();
    this.#update((response) => {
      const delta = deltas.get(response.id);
      // What was stopped stays stopped, whatever was still on its way.
      return delta === undefined || !isOpen(response) ? response : { ...response, state: "streaming", text: response.text + delta };
    });
  }

  /** A whole response: it replaces what was put together from deltas. */
  settle(response: Response): void {
    this.#show();
    this.#update((known) => (known.id === response.id ? { ...known, ...response } : known));
  }

  /** The turn is complete. */
  done(turnId: string): void {
    this.#show();
    this.#streams.delete(turnId);
    const assignment = this.read();
    this.write({ ...assignment, turns: assignment.turns.map((turn) => (turn.id === turnId ? { ...turn, state: "complete" } : turn)) });
  }

  #update(change: (response: Response) => Response): void {
    const assignment = this.read();
    const turns = assignment.turns.map((turn) => {
      const responses = turn.responses.map(change);
      return responses.every((one, index) => one === turn.responses[index]) ? turn : { ...turn, responses };
    });
    this.write({ ...assignment, turns });
  }
}
