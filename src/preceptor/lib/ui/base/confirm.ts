/** `data-confirm`: a question before a form goes out. The dialog is made once and speaks the page's language. */
import { t } from "../i18n.ts";

let pending: { form: HTMLFormElement; submitter: HTMLElement | null } | null = null;
let dialog: HTMLDialogElement | null = null;

function button(text: string, classes: string, answer: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.value = answer;
  made.className = classes;
  made.textContent = text;
  return made;
}

function build(): HTMLDialogElement {
  const made = document.createElement("dialog");
  made.className = "dialog";
  made.setAttribute("aria-labelledby", "confirm-title");
  const form = document.createElement("form");
  form.method = "dialog";
  const header = document.createElement("header");
  const title = document.createElement("h2");
  title.id = "confirm-title";
  header.append(title);
  const body = document.createElement("div");
  body.className = "dialog-body";
  const actions = document.createElement("div");
  actions.className = "dialog-actions";
  form.append(header, body, actions);
  made.append(form);
  document.body.append(made);
  made.addEventListener("close", () => {
    if (made.returnValue === "yes" && pending) {
      pending.form.dataset.confirmed = "";
      pending.form.requestSubmit(pending.submitter);
      delete pending.form.dataset.confirmed;
    }
    pending = null;
  });
  return made;
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target as HTMLFormElement;
    const asking = event.submitter?.dataset.confirm ? event.submitter : form.dataset.confirm ? form : null;
    if (!asking || "confirmed" in form.dataset) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pending = { form, submitter: event.submitter };
    dialog ??= build();
    const title = dialog.querySelector("h2");
    const body = dialog.querySelector(".dialog-body");
    const actions = dialog.querySelector(".dialog-actions");
    if (!title || !body || !actions) return;
    const { confirm = "", confirmTitle, confirmButton } = asking.dataset;
    title.textContent = confirmTitle ?? confirm;
    body.textContent = confirmTitle ? confirm : "";
    const danger = event.submitter?.classList.contains("danger") ?? false;
    actions.replaceChildren(
      button(t("Cancel"), "", "no"),
      button(confirmButton ?? event.submitter?.textContent?.trim() ?? t("Go on"), danger ? "danger primary" : "primary", "yes"),
    );
    dialog.returnValue = "no";
    dialog.showModal();
  },
  true,
);
