/** Filters that submit themselves, text that is copied, files that are dropped, and where the focus goes after an error. */
import { t } from "../i18n.ts";
import { flash } from "../flash.ts";

document.addEventListener("change", (event) => {
  const control = event.target as HTMLInputElement;
  const form = control.form;
  if (form?.hasAttribute("data-filters") && control.type !== "search" && control.type !== "text") form.requestSubmit();
});

// Filters left empty have no place in an address.
document.addEventListener("formdata", (event) => {
  if (!(event.target as HTMLFormElement).hasAttribute("data-filters")) return;
  for (const [name, value] of [...event.formData.entries()]) if (value === "") event.formData.delete(name);
});

document.addEventListener("click", async (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy ?? "");
  flash(t("Copied."), "good");
});

for (const type of ["dragover", "dragleave", "drop"] as const) {
  document.addEventListener(type, (event) => {
    const place = (event.target as Element).closest?.<HTMLElement>("[data-drop]");
    if (!place) return;
    event.preventDefault();
    place.classList.toggle("over", type === "dragover");
    const input = place.querySelector<HTMLInputElement>("input[type=file]");
    if (type === "drop" && input && event.dataTransfer?.files.length) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}

// A double click must not send a form twice.
document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.method === "get" || form.method === "dialog") return;
  if ("sent" in form.dataset) event.preventDefault();
  form.dataset.sent = "";
  setTimeout(() => delete form.dataset.sent, 4000);
});

const focusFirst = (root: ParentNode): void => root.querySelector<HTMLElement>("[data-autofocus]")?.focus();
focusFirst(document);
document.addEventListener("htmx:after:settle", (event) => focusFirst(event.target as HTMLElement));
