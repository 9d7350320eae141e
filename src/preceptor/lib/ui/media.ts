import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Whether a media query holds, for an element that draws itself differently then. */
export class MediaController implements ReactiveController {
  readonly #list: MediaQueryList;

  constructor(
    private readonly host: ReactiveControllerHost,
    query: string,
  ) {
    this.#list = matchMedia(query);
    host.addController(this);
  }

  get matches(): boolean {
    return this.#list.matches;
  }

  hostConnected(): void {
    this.#list.addEventListener("change", this.#update);
  }

  hostDisconnected(): void {
    this.#list.removeEventListener("change", this.#update);
  }

  #update = (): void => this.host.requestUpdate();
}

/** As wide as a phone: where things that stand side by side become a row to swipe through. */
export const NARROW = "(width <= 40rem)";
