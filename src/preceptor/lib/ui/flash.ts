/** Passing messages at the foot of the page, read out by screen readers. */

export type Tone = "info" | "good" | "warn" | "bad";

function place(): HTMLElement {
  const found = document.querySelector<HTMLElement>("body > .flashes");
  if (found) return found;
  const made = document.createElement("div");
  made.className = "flashes";
  made.setAttribute("role", "status");
  document.body.append(made);
  return made;
}

/** Shows `text` for a few seconds; longer texts stay longer. */
export function flash(text: string, tone: Tone = "info"): void {
  const box = place();
  const notice = document.createElement("div");
  notice.className = `notice ${tone}`;
  notice.textContent = text;
  box.append(notice);
  while (box.childElementCount > 3) box.firstElementChild?.remove();
  setTimeout(
    () => {
      notice.classList.add("going");
      setTimeout(() => notice.remove(), 250);
    },
    3500 + text.length * 40,
  );
}
