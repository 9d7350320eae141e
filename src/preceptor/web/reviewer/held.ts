/**
 * `<held-clock>`: the clock on pages where somebody grades or decides. Opening the page takes what is on it; the page
 * holds what `HeldData` says in `<script type="application/json" id="held-data">`.
 */
import { LightElement, addStyles, customElement, html, icon, nothing, state } from "@preceptor/ui";
import { Api, type ApiProblem } from "../trainer/workbench/api.ts";
import { SignIn } from "../trainer/workbench/sign-in.ts";
import "./clock.ts";

interface HeldData {
  /** Where its heartbeats go, below the API. */
  path: string;
  person: { id: string; email: string };
  api: string;
  csrf: string;
  /** 0: never. */
  break_minutes: number;
}

addStyles(`
held-clock { display: flex; align-items: center; gap: .5rem; }
held-clock .notice { margin: 0; }
held-clock:has(.notice) + form { display: none; }
`);

@customElement("held-clock")
export class HeldClock extends LightElement {
  @state() private ended = "";
  #data!: HeldData;
  #api!: Api;
  #signIn!: SignIn;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#data = JSON.parse(document.getElementById("held-data")?.textContent ?? "null") as HeldData;
    this.#api = new Api(this.#data.api, this.#data.csrf);
    this.#signIn = new SignIn(this.#api, this.#data.person, () => this.requestUpdate());
  }

  override render(): unknown {
    if (this.ended) return html`<div class="notice warn" role="status">${icon("alert")}<div class="body">${this.ended}</div></div>`;
    return html`<review-clock .api=${this.#api} .path=${this.#data.path} .breakMinutes=${this.#data.break_minutes} .onEnd=${this.#lost}></review-clock>
      ${this.#signIn.asking ? this.#signIn.dialog() : nothing}`;
  }

  override updated(): void {
    this.querySelector<HTMLDialogElement>("dialog.dialog:not([open])")?.showModal();
  }

  // A colleague has it, it was decided, or a measure keeps them from it: the words say which.
  #lost = (problem: ApiProblem): void => {
    this.ended = problem.words;
  };
}
