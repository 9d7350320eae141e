/**
 * Stands in for the package `entities`, which the Markdown parser asks for one thing: what a character reference such as
 * `&eacute;` stands for. The browser knows, without a table of 10 kB.
 */

const area = document.createElement("textarea");

/** `match` is one reference, from its ampersand to its semicolon; an unknown one comes back as it is. */
export function decodeHTMLStrict(match: string): string {
  if (!/^&[#\w]+;$/.test(match)) return match;
  // The content of a textarea is text and references only: nothing in it can become an element.
  area.innerHTML = match;
  const decoded = area.value;
  // Browsers take old names without their semicolon, as in `&notit;`. Markdown does not.
  return decoded.length > 1 && decoded.endsWith(";") ? match : decoded;
}
