/**
 * Choosing rows of a table, in a form with `data-choosing`: `data-choose-all` ticks every box in the table's body,
 * `data-chosen-count` says how many are ticked, and the buttons inside `data-chosen` wait until one is.
 */
import { tn } from "../i18n.ts";

const boxesOf = (form: HTMLElement): HTMLInputElement[] => [...form.querySelectorAll<HTMLInputElement>("tbody input[type=checkbox]")];

function update(form: HTMLElement): void {
  const boxes = boxesOf(form);
  const ticked = boxes.filter((box) => box.checked).length;
  const all = form.querySelector<HTMLInputElement>("[data-choose-all]");
  if (all) {
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  const count = form.querySelector("[data-chosen-count]");
  if (count) count.textContent = ticked > 0 ? tn("{count} chosen", "{count} chosen", ticked) : "";
  for (const button of form.querySelectorAll<HTMLButtonElement>("[data-chosen] button")) button.disabled = ticked === 0;
}

document.addEventListener("change", (event) => {
  const target = event.target as HTMLInputElement;
  const form = target.closest<HTMLElement>("[data-choosing]");
  if (!form) return;
  if (target.hasAttribute("data-choose-all")) for (const box of boxesOf(form)) box.checked = target.checked;
  update(form);
});

// Also after a way back, when the browser has ticked again what was ticked.
addEventListener("pageshow", () => document.querySelectorAll<HTMLElement>("[data-choosing]").forEach(update));
