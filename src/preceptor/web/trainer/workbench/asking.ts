/** What a widget has models do: a turn asked, a response stopped or asked for again. */
import { t, randomId } from "@preceptor/ui";
import { TurnRefused, type AskedTurn, type Assignment, type Bench, type Turn } from "../../../kinds/widget.ts";
import { ApiProblem, Unreachable, type Api } from "./api.ts";
import type { TryOut } from "./tryout.ts";
import type { LiveTurns } from "./turns.ts";

/** Where it is asked from. */
interface Place {
  assignment(): Assignment;
  turns(): LiveTurns;
  /** Null in real work. */
  tryOut(): TryOut | null;
  say(words: string): void;
}

export class Asking implements Bench {
  #key = { for: "", key: "" };

  constructor(
    private readonly api: Api,
    private readonly place: Place,
  ) {}

  async ask(turn: AskedTurn): Promise<void> {
    const { id, turns } = this.place.assignment();
    // One key per wish: asking again after a lost answer must not ask the models twice.
    const wish = JSON.stringify([id, turns.length, turn]);
    if (this.#key.for !== wish) this.#key = { for: wish, key: randomId() };
    try {
      const tryOut = this.place.tryOut();
      if (tryOut) return await tryOut.ask(turn);
      const asked = await this.api.post<Turn>(`/assignments/${id}/turns`, { key: this.#key.key, ...turn });
      this.place.turns().put(asked);
    } catch (error) {
      if (error instanceof ApiProblem) throw new TurnRefused(error.words, error.fields);
      if (error instanceof Unreachable) throw new TurnRefused(t("There is no connection. Your prompt is kept; send it again in a moment."));
      throw error;
    }
  }

  async stop(id: string): Promise<void> {
    const tryOut = this.place.tryOut();
    if (tryOut) return tryOut.stop(id);
    this.place.turns().patch(id, { state: "stopped" });
    await this.#quietly(() => this.api.post(`/responses/${id}/stop`));
  }

  async retry(id: string): Promise<void> {
    if (this.place.tryOut()) return this.place.say(t("In a try-out no single response is asked for again. Reload the page to begin anew."));
    this.place.turns().patch(id, { state: "pending", text: "", error: null });
    await this.#quietly(() => this.api.post(`/responses/${id}/retry`));
    this.place.turns().again(id);
  }

  // What can be repeated by hand need not stop the page.
  async #quietly(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiProblem) && !(error instanceof Unreachable)) throw error;
      this.place.say(error instanceof ApiProblem ? error.words : error.message);
    }
  }
}
