/**
 * Whose it is. Tabs hear of a sign-out a moment late, and a page that the browser had put aside not
 * at all: what they still write must not become the next person's.
 */
import type { Channel } from "./channel.ts";
import type { Database, StoreName } from "./database.ts";

interface Owned {
  readonly id: string;
  /** Missing in what an older release has written, which kept one person's only. */
  readonly owner?: string;
}

export interface OwnDatabase extends Database {
  /** Delete what others have left. */
  sweep(...stores: readonly StoreName[]): Promise<void>;
}

/** The database as if there were nothing in it but what one person's tabs have written. */
export function ownDatabase(database: Database, owner: () => string): OwnDatabase {
  const isMine = isOwnedBy(owner);
  const mark = <T>(entry: T): T => ({ owner: owner(), ...entry });
  return {
    ...database,
    all: async <T>(store: StoreName) =>
      (await database.all<T & Owned>(store)).filter((entry) => isMine(entry)),
    write: (store, puts, deletes) =>
      database.write(store, new Map([...puts].map(([key, value]) => [key, mark(value)])), deletes),
    async update<T extends Owned>(
      store: StoreName,
      change: (entries: readonly T[]) => readonly T[],
    ) {
      const after = await database.update<T>(store, (entries) => [
        ...entries.filter((entry) => !isMine(entry)),
        // The same object stays the same: it need not be written again.
        ...change(entries.filter(isMine)).map((entry) => (entry.owner ? entry : mark(entry))),
      ]);
      return after.filter(isMine);
    },
    async sweep(...stores) {
      for (const store of stores) {
        const others = (await database.all<Owned>(store)).filter(
          (entry) => entry !== null && !isMine(entry),
        );
        await database.write(
          store,
          new Map(),
          others.map(({ id }) => id),
        );
      }
    },
  };
}

/** The channel between the tabs of one person. */
export function ownChannel(channel: Channel, owner: () => string): Channel {
  const isMine = isOwnedBy(owner);
  return {
    tell: (news) => channel.tell({ ...news, owner: owner() }),
    listen: (listener) => channel.listen((news) => isMine(news) && listener(news)),
  };
}

/** What a broken disk may have left of an entry is nobody's. */
function isOwnedBy(owner: () => string): (one: { readonly owner?: string } | null) => boolean {
  return (one) => one !== null && (one.owner === undefined || one.owner === owner());
}
