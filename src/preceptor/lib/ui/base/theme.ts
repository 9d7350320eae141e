/** Light, dark or as the system. The server writes the attribute from the cookie, so that no page flashes. */
export {};

function mark(choice: string): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-choice]")) {
    button.setAttribute("aria-current", String(button.dataset.themeChoice === choice));
  }
}

document.addEventListener("click", (event) => {
  const choice = (event.target as Element).closest<HTMLElement>("[data-theme-choice]")?.dataset.themeChoice;
  if (!choice) return;
  const root = document.documentElement;
  if (choice === "system") delete root.dataset.theme;
  else root.dataset.theme = choice;
  document.cookie = `theme=${choice}; path=/; max-age=${choice === "system" ? 0 : 31_536_000}; samesite=lax`;
  mark(choice);
});

mark(document.documentElement.dataset.theme ?? "system");
