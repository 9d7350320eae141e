/** A sign-in that ran out while somebody works: it is renewed in place, and what waited for it goes on. */
import { closeDialog, hasPasskeys, passkeyTrouble, signInWithPasskey, t } from "@preceptor/ui";
import { ApiProblem, Unreachable, type Api } from "./api.ts";
import { signInDialog } from "./dialogs.ts";

export class SignIn {
  /** Requests wait until somebody has signed in again. */
  needed = false;
  /** The dialog is shown; the person may put it off. */
  asking = false;
  #busy = false;
  #words = "";
  /** The password was right, and a second factor is to be shown as well. */
  #asksCode = false;
  #waiting: (() => void)[] = [];

  constructor(
    private readonly api: Api,
    private readonly person: { id: string; email: string },
    private readonly changed: () => void,
  ) {
    api.signInAgain = () => this.#wait();
    // Signed in again in another tab: whoever comes back goes on.
    document.addEventListener("visibilitychange", () => {
      if (this.needed && document.visibilityState === "visible") void this.#look();
    });
  }

  show(): void {
    this.asking = true;
    this.changed();
  }

  dialog(): unknown {
    return signInDialog(this.person.email, {
      busy: this.#busy,
      words: this.#words,
      asksCode: this.#asksCode,
      onSignIn: (email, password, code) => void this.#attempt(() => this.#signIn(email, password, code)),
      onPasskey: hasPasskeys() ? () => void this.#attempt(() => this.#usePasskey()) : null,
      onLater: () => this.#hide(),
    });
  }

  #wait(): Promise<void> {
    if (!this.needed) {
      this.needed = true;
      this.#asksCode = false;
      this.#words = "";
      this.show();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #hide(): void {
    closeDialog(document.querySelector<HTMLDialogElement>("#bench-sign-in"));
    this.asking = false;
    this.changed();
  }

  async #signIn(email: string, password: string, code: string): Promise<void> {
    try {
      await this.api.post("/session", { email, password, code }, { signIn: false });
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== "second_factor") throw error;
      if (this.#asksCode) this.#words = t("This code is not right, or was used before. Take the next one.");
      this.#asksCode = true;
      // Once the field is there.
      requestAnimationFrame(() => document.querySelector<HTMLInputElement>("#again-code")?.select());
      return;
    }
    await this.#arrive();
  }

  async #usePasskey(): Promise<void> {
    try {
      await signInWithPasskey("");
    } catch (error) {
      this.#words = passkeyTrouble(error);
      return;
    }
    await this.#arrive();
  }

  async #arrive(): Promise<void> {
    const me = await this.api.request<{ person_id: string }>("GET", "/me", undefined, { signIn: false });
    // Somebody else's draft must not be saved as this one's.
    if (me.person_id !== this.person.id) {
      this.#words = t("You signed in as somebody else. This task belongs to {email}.", { email: this.person.email });
      return;
    }
    this.needed = false;
    this.#hide();
    for (const go of this.#waiting.splice(0)) go();
  }

  // Without a word where nobody has signed in yet.
  async #look(): Promise<void> {
    try {
      await this.#arrive();
    } catch (error) {
      if (!(error instanceof ApiProblem) && !(error instanceof Unreachable)) throw error;
    } finally {
      this.changed();
    }
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    this.#busy = true;
    this.#words = "";
    this.changed();
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiProblem) && !(error instanceof Unreachable)) throw error;
      this.#words = error instanceof ApiProblem ? (error.fields[0]?.message ?? error.words) : error.message;
    } finally {
      this.#busy = false;
      this.changed();
    }
  }
}
