/**
 * A sign-in that runs out while somebody fills in a form costs them nothing of it: what they send stays in this tab until
 * the answer has come. Where that asks to sign in (an element with `data-lapsed`), it is there again once they have.
 */
import { t } from "../i18n.ts";
import { flash } from "../flash.ts";

const KEY = "preceptor-lapsed";
/** These are not kept: secrets, and what nobody typed. */
const LEFT_OUT = new Set(["password", "hidden", "file", "submit", "button", "image", "reset"]);

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

interface Typed {
  name: string;
  value: string;
  on: boolean;
}

interface Sent {
  /** Who sent it, and from which page. */
  person: string;
  page: string;
  action: string;
  typed: Typed[];
  /** The answer was that they have to sign in. */
  lapsed: boolean;
}

// A browser may refuse to keep anything: then it is not kept, and all else goes on.
function quietly<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}

const here = (): string => location.pathname + location.search;
const controls = (form: HTMLFormElement): Control[] =>
  ([...form.elements] as Control[]).filter((one) => one.matches("input, select, textarea") && one.name && !LEFT_OUT.has(one.type));
const isSwitch = (one: Control): one is HTMLInputElement => one.type === "checkbox" || one.type === "radio";
const read = (): Sent | null => quietly(() => JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Sent | null);
const write = (sent: Sent): void => void quietly(() => sessionStorage.setItem(KEY, JSON.stringify(sent)));
const forget = (): void => void quietly(() => sessionStorage.removeItem(KEY));

function restore(sent: Sent): boolean {
  const form = [...document.forms].find((one) => one.method === "post" && new URL(one.action).pathname === sent.action);
  if (!form) return false;
  const left = [...sent.typed];
  for (const control of controls(form)) {
    const place = left.findIndex((one) => one.name === control.name && (control.type !== "radio" || one.value === control.value));
    const [typed] = place < 0 ? [] : left.splice(place, 1);
    if (!typed) continue;
    if (isSwitch(control)) control.checked = typed.on;
    else control.value = typed.value;
    for (const type of ["input", "change"]) control.dispatchEvent(new Event(type, { bubbles: true }));
  }
  return true;
}

window.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const person = document.body.dataset.person;
  if (event.defaultPrevented || form.method !== "post" || !person) return;
  const typed = controls(form).map((one) => ({ name: one.name, value: one.value, on: isSwitch(one) && one.checked }));
  write({ person, page: here(), action: new URL(form.action).pathname, typed, lapsed: false });
});

const sent = read();
const asks = document.querySelector<HTMLElement>("[data-lapsed]");
if (sent && asks) {
  write({ ...sent, lapsed: true });
  asks.hidden = false;
} else if (sent && !sent.lapsed) {
  forget();
} else if (sent && document.body.dataset.person) {
  const theirs = sent.person === document.body.dataset.person;
  if (!theirs || sent.page === here()) forget();
  if (theirs && sent.page === here() && restore(sent)) flash(t("What you had typed before you signed in again is here. It has not been sent yet."), "good");
}
