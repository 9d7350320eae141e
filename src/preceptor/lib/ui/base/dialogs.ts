/** Dialogs opened, closed and returned to by attributes. */
export {};

function opener(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-dialog]") : null;
}

document.addEventListener("click", (event) => {
  const button = opener(event.target);
  if (button) {
    const dialog = document.getElementById(button.dataset.dialog ?? "");
    if (dialog instanceof HTMLDialogElement && !dialog.open) {
      dialog.showModal();
      event.preventDefault();
    }
    return;
  }
  const target = event.target as Element;
  const closer = target.closest("[data-close]");
  if (closer) {
    closer.closest("dialog")?.close();
    return;
  }
  // The dialog itself is the target only where the click fell on its backdrop or padding.
  if (target instanceof HTMLDialogElement && target.matches(".dialog, .drawer") && !target.hasAttribute("data-stay")) {
    const box = target.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) target.close();
  }
});
