/** What would be lost if the page went away now. */
interface Stake {
  readonly isThere: () => boolean;
  /** Ask whether to give it up; what cannot ask leaves that to the browser. */
  readonly ask?: () => void;
}

const stakes = new Set<Stake>();

/** Hold whoever leaves the page up for this, until the answer is called. */
export function holdUp(stake: Stake): () => void {
  stakes.add(stake);
  return () => void stakes.delete(stake);
}

export function hasStakes(): boolean {
  return [...stakes].some((stake) => stake.isThere());
}

/** Ask before something is given up; false if there is nothing to ask. */
export function askFirst(): boolean {
  const asking = [...stakes].find((stake) => stake.ask && stake.isThere());
  asking?.ask?.();
  return asking !== undefined;
}
