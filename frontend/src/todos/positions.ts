import { generateKeyBetween } from "fractional-indexing";

interface Placed {
  readonly id: string;
  readonly position: string;
}

/** By position; ids decide between two that were given the same one. */
export function byPosition(a: Placed, b: Placed): number {
  return compare(a.position, b.position) || compare(a.id, b.id);
}

/** A position after all others. */
export function lastPosition(all: Iterable<Placed>): string {
  let last: string | null = null;
  for (const { position } of all) if (last === null || position > last) last = position;
  return generateKeyBetween(last, null);
}

/**
 * The position that puts a to-do where `index` is among the others (in their order, without it), or
 * undefined when two neighbours share a position and there is no room between them.
 */
export function positionAt(others: readonly Placed[], index: number): string | undefined {
  const before = others[index - 1]?.position ?? null;
  const after = others[index]?.position ?? null;
  if (before !== null && after !== null && before >= after) return undefined;
  return generateKeyBetween(before, after);
}

// Not by locale: positions are compared byte by byte, as DynamoDB does.
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
