/** Rankings as groups of ids, best first; ids in one group are tied. Pure, and the same as the field's Python. */

export type Groups = readonly (readonly string[])[];

/** The ranking that ratings imply. Ties keep the order of `ids`; ids without a rating are left out. */
export function rankingFrom(ids: readonly string[], ratings: Readonly<Record<string, number>>): string[][] {
  const places = new Map<number, string[]>();
  for (const id of ids) {
    const rating = ratings[id];
    if (rating !== undefined) places.set(rating, [...(places.get(rating) ?? []), id]);
  }
  return [...places.entries()].sort(([a], [b]) => b - a).map(([, group]) => group);
}

/** Place of an id, from 0; -1 where it is not ranked. */
export function placeOf(groups: Groups, id: string): number {
  return groups.findIndex((group) => group.includes(id));
}

/**
 * One step up (-1) or down (1). Something that stands alone joins its neighbour's place; something tied leaves its place
 * on that side. So every order, with every tie, can be reached with two keys.
 */
export function moved(groups: Groups, id: string, step: -1 | 1): string[][] {
  const at = placeOf(groups, id);
  if (at < 0) return groups.map((group) => [...group]);
  const alone = groups[at]?.length === 1;
  const without = groups.map((group) => group.filter((one) => one !== id));
  if (alone) {
    const target = at + step;
    if (target < 0 || target >= groups.length) return groups.map((group) => [...group]);
    return without.map((group, index) => (index === target ? [...group, id] : group)).filter((group) => group.length > 0);
  }
  without.splice(step === -1 ? at : at + 1, 0, [id]);
  return without;
}

/** `id` taken out and put alone before place `before` (a place of `groups` as they were). */
export function placedBefore(groups: Groups, id: string, before: number): string[][] {
  const made: string[][] = [];
  groups.forEach((group, index) => {
    if (index === before) made.push([id]);
    const rest = group.filter((one) => one !== id);
    if (rest.length > 0) made.push(rest);
  });
  if (before >= groups.length) made.push([id]);
  return made;
}

/** `id` taken out and tied with those at place `with_`. */
export function tiedWith(groups: Groups, id: string, with_: number): string[][] {
  return groups
    .map((group, index) => {
      const rest = group.filter((one) => one !== id);
      return index === with_ ? [...rest, id] : rest;
    })
    .filter((group) => group.length > 0);
}

/** `id` taken out, and nothing put in. */
export function unplaced(groups: Groups, id: string): string[][] {
  return groups.map((group) => group.filter((one) => one !== id)).filter((group) => group.length > 0);
}

/** True where both say the same; the order inside a tie does not count. */
export function sameRanking(one: Groups, other: Groups): boolean {
  return (
    one.length === other.length &&
    one.every((group, index) => group.length === other[index]?.length && group.every((id) => other[index]?.includes(id)))
  );
}

/**
 * A corrected ranking after ratings came or went: what is no longer rated leaves, what is newly rated comes in where its
 * rating puts it, and the rest stays as the person left it.
 */
export function reconciled(groups: Groups, ids: readonly string[], ratings: Readonly<Record<string, number>>): string[][] {
  let made = groups.map((group) => group.filter((id) => ratings[id] !== undefined && ids.includes(id))).filter((group) => group.length);
  for (const id of ids) {
    const rating = ratings[id];
    if (rating === undefined || placeOf(made, id) >= 0) continue;
    const below = made.findIndex((group) => Math.max(...group.map((one) => ratings[one] ?? 0)) < rating);
    made = placedBefore(made, id, below < 0 ? made.length : below);
  }
  return made;
}
