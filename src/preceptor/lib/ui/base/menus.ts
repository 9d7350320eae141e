/** Menus are popovers placed beside the button that opens them. */
import { placeBeside } from "../popover.ts";

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!(menu instanceof HTMLElement) || !menu.hasAttribute("data-menu")) return;
    const button = document.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(menu.id)}"]`);
    const open = (event as ToggleEvent).newState === "open";
    button?.setAttribute("aria-expanded", String(open));
    if (!open || !button) return;
    placeBeside(menu, button);
    menu.querySelector<HTMLElement>("a, button")?.focus({ preventScroll: true });
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const menu = (event.target as Element).closest?.<HTMLElement>("[data-menu]:popover-open");
  if (!menu) return;
  const entries = [...menu.querySelectorAll<HTMLElement>("a, button")];
  const at = entries.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  entries.at(next % entries.length)?.focus();
});
