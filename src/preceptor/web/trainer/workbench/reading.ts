/** How long the text in view takes to read, so that reading is not taken for absence. */
import { countWords } from "@preceptor/ui";

const WORDS_PER_MINUTE = 200;

const counted = new WeakMap<Element, { text: string; words: number }>();

function wordsOf(element: Element): number {
  const text = element.textContent ?? "";
  const known = counted.get(element);
  if (known?.text === text) return known.words;
  const words = countWords(text);
  counted.set(element, { text, words });
  return words;
}

/** Milliseconds to read what is visible now of the elements marked `data-reading`, at 200 words a minute. */
export function readingAllowance(root: ParentNode): number {
  let words = 0;
  for (const element of root.querySelectorAll("[data-reading]")) {
    const box = element.getBoundingClientRect();
    if (box.height === 0 || box.width === 0) continue;
    const height = Math.max(0, Math.min(box.bottom, innerHeight) - Math.max(box.top, 0));
    const width = Math.max(0, Math.min(box.right, innerWidth) - Math.max(box.left, 0));
    words += wordsOf(element) * (height / box.height) * (width / box.width);
  }
  return Math.round((words / WORDS_PER_MINUTE) * 60_000);
}
