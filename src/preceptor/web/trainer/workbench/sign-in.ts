/** A sign-in that ran out while somebody works: it is renewed in place, and what waited for it goes on. */
import { t } from "@preceptor/ui";
import { ApiProblem, Unreachable, type Api } from "./api.ts";
import { signInDialog } from "./dialogs.ts";

export class SignIn {
  /** Requests wait until somebody has signed in again. */
  needed = false;
  /** The dialog is shown; the person may put it off. */
  asking = false;
  #busy = false;
  #words = "";
  #waiting: (() => void)[] = [];

  constructor(
    private readonly api: Api,
    private readonly person: { id: string; email: string },
    private readonly changed: () => void,
  ) {
    api.signInAgain = () => this.#wait();
  }

  show(): void {
    this.asking = true;
    this.changed();
  }

  dialog(): unknown {
    return signInDialog(this.person.email, {
      busy: this.#busy,
      words: this.#words,
      onSignIn: (email, password) => void this.#signIn(email, password),
      onLater: () => this.#hide(),
    });
  }

  #wait(): Promise<void> {
    if (!this.needed) {
      this.needed = true;
      this.show();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #hide(): void {
    document.querySelector<HTMLDialogElement>("#bench-sign-in")?.close();
    this.asking = false;
    this.changed();
  }

  async #signIn(email: string, password: string): Promise<void> {
    this.#busy = true;
    this.#words = "";
    this.changed();
    try {
      await this.api.post("/session", { email, password }, { signIn: false });
      const me = await this.api.request<{ person_id: string }>("GET", "/me", undefined, { signIn: false });
      // Somebody else's draft must not be saved as this one's.
      if (me.person_id !== this.person.id) {
        this.#words = t("You signed in as somebody else. This task belongs to {email}.", { email: this.person.email });
        return;
      }
      this.needed = false;
      this.#hide();
      for (const go of this.#waiting.splice(0)) go();
    } catch (error) {
      if (!(error instanceof ApiProblem) && !(error instanceof Unreachable)) throw error;
      this.#words = error instanceof ApiProblem ? (error.fields[0]?.message ?? error.words) : error.message;
    } finally {
      this.#busy = false;
      this.changed();
    }
  }
}
