/** Where a row of links is wider than the screen, the current one is brought into sight. */

const show = (): void => {
  for (const link of document.querySelectorAll<HTMLElement>('nav > a[aria-current="page"]')) {
    const row = link.parentElement;
    if (!row || row.scrollWidth <= row.clientWidth) continue;
    const { left, width } = link.getBoundingClientRect();
    row.scrollLeft += left + width / 2 - row.getBoundingClientRect().left - row.clientWidth / 2;
  }
};

show();
