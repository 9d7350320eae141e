/** Turns of a try-out: asked with the whole conversation so far, streamed back, and kept nowhere but on this page. */
import { t } from "@preceptor/ui";
import type { AskedTurn, Assignment, Response, Turn } from "../../../kinds/widget.ts";
import type { Api } from "./api.ts";
import { eventsOf, type ServerEvent } from "./stream.ts";
import type { LiveTurns } from "./turns.ts";
import type { TryOutData } from "./types.ts";

export class TryOut {
  /** By turn: the text it went on from. The turns that came with the page went on from nothing. */
  readonly #texts = new Map<string, string | null>();
  readonly #stopped = new Set<string>();

  constructor(
    private readonly api: Api,
    private readonly data: TryOutData,
    private readonly turns: LiveTurns,
    private readonly read: () => Assignment,
  ) {}

  /** Resolves once the turn is on the page. Rejects with `ApiProblem` or `Unreachable`. */
  async ask(asked: AskedTurn): Promise<void> {
    const turns = this.read().turns.map(({ id, prompt, responses, parent, continue_from }) => ({
      id,
      prompt,
      responses: responses.map(({ id, text }) => ({ id, text })),
      parent,
      continue_from,
      continued_with: this.#texts.get(id) ?? null,
    }));
    const events = eventsOf(await this.api.postStream(this.data.path, { ...asked, start: this.data.start, turns }));
    const first = await events.next();
    const turn = JSON.parse((first.value as ServerEvent).data) as Turn & { continued_with: string | null };
    this.#texts.set(turn.id, turn.continued_with);
    this.turns.show(turn);
    void this.#follow(turn, events);
  }

  stop(id: string): void {
    this.#stopped.add(id);
    this.turns.patch(id, { state: "stopped" });
  }

  async #follow(turn: Turn, events: AsyncGenerator<ServerEvent>): Promise<void> {
    const open = new Set(turn.responses.map(({ id }) => id));
    try {
      for await (const event of events) this.#take(event, open);
    } catch {
      // It broke off: what is still open is told below.
    }
    for (const id of open) if (!this.#stopped.has(id)) this.turns.patch(id, { state: "failed", error: t("The connection broke off.") });
    this.turns.done(turn.id);
  }

  #take(event: ServerEvent, open: Set<string>): void {
    if (event.name === "response") {
      const { response_id, delta } = JSON.parse(event.data) as { response_id: string; delta: string };
      this.turns.add(response_id, delta);
    } else if (event.name === "state") {
      const response = JSON.parse(event.data) as Response;
      open.delete(response.id);
      if (!this.#stopped.has(response.id)) this.turns.settle(response);
    }
  }
}
