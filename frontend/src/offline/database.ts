/** The browser's own database: the session, the last known list and the changes not yet sent. */

const NAME = "todo-on-ecs";
const VERSION = 1;

export type StoreName = "session" | "todos" | "outbox";

const STORES: readonly StoreName[] = ["session", "todos", "outbox"];

export interface Database {
  get<T>(store: StoreName, key: string): Promise<T | undefined>;
  all<T>(store: StoreName): Promise<T[]>;
  put(store: StoreName, key: string, value: unknown): Promise<void>;
  /** Replace an entry that is still as `expected`, in one step that no other tab can get between. */
  replace<T>(
    store: StoreName,
    key: string,
    value: T,
    expected: (before: T) => boolean,
  ): Promise<boolean>;
  /** Replace and delete some entries in one step. */
  write(
    store: StoreName,
    puts: ReadonlyMap<string, unknown>,
    deletes: Iterable<string>,
  ): Promise<void>;
  /** Change a whole store in one step that no other tab can get between. */
  update<T extends { readonly id: string }>(
    store: StoreName,
    change: (entries: readonly T[]) => readonly T[],
  ): Promise<readonly T[]>;
  clear(...stores: readonly StoreName[]): Promise<void>;
}

/** The browser keeps no data for websites, or for this one: cookies are blocked, or the disk is full. */
export class StorageRefused extends Error {}

export async function openDatabase(): Promise<Database> {
  const connection = await connect().catch((error: unknown) => {
    throw new StorageRefused("The browser's database does not open", { cause: error });
  });
  connection.onversionchange = () => connection.close();
  return over(connection);
}

async function connect(): Promise<IDBDatabase> {
  const opening = indexedDB.open(NAME, VERSION);
  opening.onupgradeneeded = () => {
    for (const store of STORES) opening.result.createObjectStore(store);
  };
  return result(opening);
}

function over(connection: IDBDatabase): Database {
  const store = (name: StoreName, mode: IDBTransactionMode) =>
    connection.transaction(name, mode).objectStore(name);
  return {
    get: (name, key) => result(store(name, "readonly").get(key)),
    all: (name) => result(store(name, "readonly").getAll()),
    put: (name, key, value) => result(store(name, "readwrite").put(value, key)).then(() => {}),
    async replace(name, key, value, expected) {
      const target = store(name, "readwrite");
      const before = await result(target.get(key));
      const isExpected = before !== undefined && expected(before);
      if (isExpected) target.put(value, key);
      await finished(target.transaction);
      return isExpected;
    },
    async write(name, puts, deletes) {
      const target = store(name, "readwrite");
      for (const [key, value] of puts) target.put(value, key);
      for (const key of deletes) target.delete(key);
      return finished(target.transaction);
    },
    update: (name, change) => update(store(name, "readwrite"), change),
    clear(...names) {
      const transaction = connection.transaction(names, "readwrite");
      for (const name of names) transaction.objectStore(name).clear();
      return finished(transaction);
    },
  };
}

async function update<T extends { readonly id: string }>(
  store: IDBObjectStore,
  change: (entries: readonly T[]) => readonly T[],
): Promise<readonly T[]> {
  const before = await result<T[]>(store.getAll());
  const after = change(before);
  const kept = new Set(after.map((entry) => entry.id));
  const known = new Set(before);
  for (const entry of before) if (!kept.has(entry.id)) store.delete(entry.id);
  for (const entry of after) if (!known.has(entry)) store.put(entry, entry.id);
  await finished(store.transaction);
  return after;
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}
