/**
 * For whoever is quicker than the page's scripts, which run only once the whole page is there. The page's head loads
 * this small classic script first. Until `base.js` says that it is ready, it keeps the last thing somebody did that HTML
 * alone cannot do, and does it then:
 *
 * - a form that asks first (`data-confirm`) does not go out unasked
 * - a button that only a script understands is not pressed in vain
 */
{
  /** Buttons that work by themselves, here and now. */
  const alone = "commandForElement" in HTMLButtonElement.prototype ? "[popovertarget], [commandfor]" : "[popovertarget]";
  let again: (() => void) | null = null;

  const onSubmit = (event: SubmitEvent): void => {
    const { submitter } = event;
    const form = event.target as HTMLFormElement;
    if (!submitter?.dataset.confirm && !form.dataset.confirm) return;
    event.preventDefault();
    again = () => form.requestSubmit(submitter);
  };

  const onClick = (event: MouseEvent): void => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('button[type="button"]') : null;
    if (button && !button.matches(alone)) again = () => button.click();
  };

  addEventListener("submit", onSubmit, true);
  addEventListener("click", onClick, true);
  addEventListener(
    "base-ready",
    () => {
      removeEventListener("submit", onSubmit, true);
      removeEventListener("click", onClick, true);
      again?.();
    },
    { once: true },
  );
}
