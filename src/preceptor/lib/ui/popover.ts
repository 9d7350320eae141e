/** Places `floating` (in the top layer) below `anchor`, or above where there is no room, inside the window. */
export function placeBeside(floating: HTMLElement, anchor: HTMLElement): void {
  const margin = 8;
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = floating;
  const rtl = getComputedStyle(anchor).direction === "rtl";
  const nearEnd = rtl ? box.left < innerWidth / 2 : box.left + box.width / 2 > innerWidth / 2;
  const wanted = nearEnd !== rtl ? box.right - width : box.left;
  const left = Math.max(margin, Math.min(wanted, innerWidth - width - margin));
  const below = box.bottom + 4;
  const fitsBelow = below + height <= innerHeight - margin;
  const top = fitsBelow || box.top < height + margin ? Math.min(below, Math.max(margin, innerHeight - height - margin)) : box.top - height - 4;
  // Through the object model: the page's content policy forbids style attributes, not this.
  floating.style.setProperty("left", `${left}px`);
  floating.style.setProperty("top", `${top}px`);
}
