import type { Database } from "../offline/database.ts";

/** The only thing of a session that outlives a page: who it is, and the token that renews it. */
export interface Keepsake {
  readonly userId: string;
  readonly email: string;
  readonly refreshToken: string;
}

interface Sealed {
  readonly userId: string;
  readonly email: string;
  readonly key: CryptoKey;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

export interface Vault {
  /** Undefined also if what is there cannot be read. */
  read(): Promise<Keepsake | undefined>;
  write(keepsake: Keepsake): Promise<void>;
  /** Write it in place of the same person's; false if nobody, or somebody else, is signed in now. */
  replace(keepsake: Keepsake): Promise<boolean>;
}

const ENTRY = "current";
const CIPHER = "AES-GCM";

/** Keeps the refresh token encrypted, under a key that the browser does not hand out. */
export function createVault(database: Database): Vault {
  return {
    async read() {
      const entry = await database.get<Sealed>("session", ENTRY);
      return entry && unseal(entry).catch(() => undefined); // damaged: signing in replaces it
    },
    async write(keepsake) {
      await database.put("session", ENTRY, await seal(keepsake));
    },
    async replace(keepsake) {
      const isTheirs = (before: Sealed) => before.userId === keepsake.userId;
      return database.replace("session", ENTRY, await seal(keepsake), isTheirs);
    },
  };
}

async function unseal({ userId, email, key, iv, sealed }: Sealed): Promise<Keepsake> {
  const opened = await crypto.subtle.decrypt({ name: CIPHER, iv }, key, sealed);
  return { userId, email, refreshToken: new TextDecoder().decode(opened) };
}

async function seal({ userId, email, refreshToken }: Keepsake): Promise<Sealed> {
  const algorithm = { name: CIPHER, length: 256 };
  const key = await crypto.subtle.generateKey(algorithm, false, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(refreshToken);
  const sealed = await crypto.subtle.encrypt({ name: CIPHER, iv }, key, plain);
  return { userId, email, key, iv, sealed };
}
