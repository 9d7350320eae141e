/** The same answer for the same values, without thinking twice: every look at thousands of shapes counts. */
export function remembered<Values extends unknown[], Answer>(work: (...values: Values) => Answer): (...values: Values) => Answer {
  let last: { values: Values; answer: Answer } | null = null;
  return (...values) => {
    if (!last || values.some((one, index) => one !== last?.values[index])) last = { values, answer: work(...values) };
    return last.answer;
  };
}
