/** A turn's responses as they are written: server-sent events over fetch, joined again wherever they broke off. */
import type { Response } from "../../../kinds/widget.ts";
import { ApiProblem, Unreachable, backOff, pause, type Api } from "./api.ts";

interface Listener {
  delta(responseId: string, text: string): void;
  state(response: Response): void;
  done(): void;
  /** The server does not know this turn (any more). */
  lost(problem: ApiProblem): void;
}

export interface ServerEvent {
  name: string;
  data: string;
}

/** Events of a stream of bytes, as the HTML standard's "event stream interpretation" has them, without ids and retries. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  let name = "";
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split(/\r\n|\n|\r/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "") {
          if (data.length > 0) yield { name: name || "message", data: data.join("\n") };
          name = "";
          data = [];
          continue;
        }
        const [field, ...after] = line.split(":");
        const text = after.join(":").replace(/^ /, "");
        if (field === "event") name = text;
        else if (field === "data") data.push(text);
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** Follows one turn until it is done. */
export class TurnStream {
  readonly #stopper = new AbortController();

  constructor(
    private readonly api: Api,
    private readonly turnId: string,
    private readonly listener: Listener,
  ) {
    void this.#follow();
  }

  close(): void {
    this.#stopper.abort();
  }

  async #follow(): Promise<void> {
    for (let tries = 0; !this.#stopper.signal.aborted; tries += 1) {
      try {
        const body = await this.api.stream(`/turns/${this.turnId}/stream`, this.#stopper.signal);
        for await (const event of eventsOf(body)) {
          tries = 0;
          if (this.#take(event)) return;
        }
      } catch (error) {
        if (this.#stopper.signal.aborted) return;
        if (error instanceof ApiProblem) return this.listener.lost(error);
        // Anything else is a connection that broke off: join again.
        if (!(error instanceof Unreachable) && !(error instanceof TypeError)) throw error;
      }
      await pause(backOff(tries) / 2);
    }
  }

  // True when it is over.
  #take(event: ServerEvent): boolean {
    if (event.name === "response") {
      const { response_id, delta } = JSON.parse(event.data) as { response_id: string; delta: string };
      this.listener.delta(response_id, delta);
    } else if (event.name === "state") {
      this.listener.state(JSON.parse(event.data) as Response);
    } else if (event.name === "done") {
      this.#stopper.abort();
      this.listener.done();
      return true;
    }
    return false;
  }
}
