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

/**
 * Places `floating` at the side of `box` (a card whose text should stay readable), as low as `anchor` allows. False where
 * there is no room at either side.
 */
export function placeAside(floating: HTMLElement, anchor: HTMLElement, box: HTMLElement): boolean {
  const margin = 8;
  const around = box.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = floating;
  const places = [around.right + 4, around.left - width - 4].filter((left) => left >= margin && left + width <= innerWidth - margin);
  if (getComputedStyle(anchor).direction === "rtl") places.reverse();
  const [left] = places;
  if (left === undefined) return false;
  const bottom = Math.min(innerHeight - margin, anchor.getBoundingClientRect().bottom + height / 3);
  floating.style.setProperty("left", `${left}px`);
  floating.style.setProperty("top", `${Math.max(margin, bottom - height)}px`);
  return true;
}
