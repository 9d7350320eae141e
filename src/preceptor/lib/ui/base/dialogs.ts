/** Dialogs opened and closed by attributes, also where the browser does not know `command` yet. */
import { giveCaretBack } from "../modal.ts";

document.addEventListener("close", giveCaretBack, true);

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const opener = target.closest('[command="show-modal"]');
  if (opener) {
    const dialog = document.getElementById(opener.getAttribute("commandfor") ?? "");
    if (dialog instanceof HTMLDialogElement && !dialog.open) {
      dialog.showModal();
      event.preventDefault();
    }
    return;
  }
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
