/** The browser's own database: the session, the last known list and the changes not yet sent. */

const NAME = "todo-on-ecs";
const VERSION = 1;

export type StoreName = "session" | "todos" | "outbox";

const STORES: readonly StoreName[] = ["session", "todos", "outbox"];

export interface Database {
  /** The browser had thrown everything away: what is kept from now on is not all there is. */
  onRenewed(listener: () => void): void;
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
  return over(connection);
}

async function connect(): Promise<IDBDatabase> {
  const opening = indexedDB.open(NAME, VERSION);
  opening.onupgradeneeded = () => {
    for (const store of STORES) opening.result.createObjectStore(store);
  };
  const connection = await result(opening);
  connection.onversionchange = () => connection.close();
  return connection;
}

/** A closed connection is opened once more: the browser may have thrown its data away. */
function over(first: IDBDatabase): Database {
  let connection = first;
  let reopening: Promise<void> | undefined;
  let renewed = () => {};

  const reopen = async () => {
    connection = await connect();
    renewed();
  };
  const run = async <T>(
    names: StoreName | readonly StoreName[],
    mode: IDBTransactionMode,
    work: (transaction: IDBTransaction) => Promise<T>,
  ): Promise<T> => {
    try {
      return await work(connection.transaction(names, mode));
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
    }
    reopening ??= reopen().finally(() => {
      reopening = undefined;
    });
    await reopening;
    return work(connection.transaction(names, mode));
  };

  const database: Database = {
    onRenewed(listener) {
      renewed = listener;
    },
    get: (name, key) => run(name, "readonly", (t) => result(t.objectStore(name).get(key))),
    all: (name) => run(name, "readonly", (t) => result(t.objectStore(name).getAll())),
    put: (name, key, value) => database.write(name, new Map([[key, value]]), []),
    replace: <T>(name: StoreName, key: string, value: T, expected: (before: T) => boolean) =>
      run(name, "readwrite", async (transaction) => {
        const target = transaction.objectStore(name);
        const before: T | undefined = await result(target.get(key));
        const isExpected = before !== undefined && expected(before);
        if (isExpected) target.put(value, key);
        await finished(transaction);
        return isExpected;
      }),
    write: (name, puts, deletes) =>
      run(name, "readwrite", (transaction) => {
        const target = transaction.objectStore(name);
        for (const [key, value] of puts) target.put(value, key);
        for (const key of deletes) target.delete(key);
        return finished(transaction);
      }),
    update: (name, change) =>
      run(name, "readwrite", (transaction) => update(transaction.objectStore(name), change)),
    clear: (...names) =>
      run(names, "readwrite", (transaction) => {
        for (const name of names) transaction.objectStore(name).clear();
        return finished(transaction);
      }),
  };
  return database;
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
