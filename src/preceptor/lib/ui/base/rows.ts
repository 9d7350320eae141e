/**
 * Rows of a form that are added and removed in the page: `data-rows` holds them and a `<template>` for a new one, in
 * which `__i__` stands for its number; `data-add-row="<id of the holder>"` adds one; `data-remove-row` removes the
 * `data-row` around it. Numbers need not follow each other: the server closes gaps.
 */
export {};

function add(button: HTMLElement): void {
  const holder = document.getElementById(button.dataset.addRow ?? "");
  const template = holder?.querySelector("template");
  if (!holder || !template) return;
  const number = Number(holder.dataset.next ?? holder.querySelectorAll("[data-row]").length);
  holder.dataset.next = String(number + 1);
  const box = document.createElement("template");
  box.innerHTML = template.innerHTML.replaceAll("__i__", String(number));
  const row = box.content.firstElementChild;
  if (!row) return;
  template.before(row);
  row.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
}

function remove(button: HTMLElement): void {
  const row = button.closest<HTMLElement>("[data-row]");
  const holder = row?.closest<HTMLElement>("[data-rows]");
  row?.remove();
  if (holder?.id) document.querySelector<HTMLElement>(`[data-add-row="${CSS.escape(holder.id)}"]`)?.focus();
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const adding = target.closest<HTMLElement>("[data-add-row]");
  if (adding) add(adding);
  const removing = target.closest<HTMLElement>("[data-remove-row]");
  if (removing) remove(removing);
});
