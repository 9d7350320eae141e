/** What makes hard content bearable: it is announced, blurred where somebody chose that, and breaks are proposed. */
import { html, nothing, t } from "@preceptor/ui";
import { contentClasses, contentNotice } from "../../../kinds/notice.ts";
import { Stretches, breakNotice } from "./breaks.ts";
import type { Session } from "./session.ts";
import type { WellbeingData } from "./types.ts";

/** All of it for one workbench. */
export class Wellbeing {
  #find: () => Session;
  #actions: { changed(): void; pause(): void };
  #kept: Stretches | null = null;
  #shownTask = "";

  /** `find`: the session, once there is one. */
  constructor(find: () => Session, actions: { changed(): void; pause(): void }) {
    this.#find = find;
    this.#actions = actions;
  }

  get #session(): Session {
    return this.#find();
  }

  get #stretches(): Stretches {
    this.#kept ??= new Stretches(this.#session.isPreview ? 0 : (this.#data?.break_minutes ?? 0));
    return this.#kept;
  }

  get #data(): WellbeingData | null {
    return this.#session.data.wellbeing ?? null;
  }

  get #shown(): boolean {
    return this.#shownTask === this.#session.assignment.id;
  }

  /** What the part with the task is marked with, for the styles. */
  get classes(): string {
    return contentClasses(this.#session.assignment.content_warnings ?? [], this.#data, this.#shown);
  }

  /** The sentences above the task; also looks at how long this stretch has been. */
  notices(): unknown {
    const { assignment } = this.#session;
    const pictures = document.querySelector("preceptor-workbench .work :is(img, canvas)") !== null;
    const due = this.#stretches.tick(this.#session.counts) && assignment.state === "active";
    const leaving = t("Skip it whenever you like: it costs nothing and its time is paid. You can say no to such content under Account, at any time.");
    const what = { warnings: assignment.content_warnings ?? [], choice: this.#data, shown: this.#shown, pictures, leaving };
    return html`${contentNotice(what, (shown) => {
      this.#shownTask = shown ? assignment.id : "";
      this.#actions.changed();
    })}
    ${due ? breakNotice(this.#data?.break_minutes ?? 0, { take: () => this.#rest(), later: () => this.#later() }) : nothing}`;
  }

  #rest(): void {
    this.#stretches.rest();
    this.#actions.pause();
  }

  #later(): void {
    this.#stretches.later();
    this.#actions.changed();
  }
}
