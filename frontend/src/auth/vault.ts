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
  read(): Promise<Keepsake | undefined>;
  write(keepsake: Keepsake): Promise<void>;
}

const ENTRY = "current";
const CIPHER = "AES-GCM";

/** Keeps the refresh token encrypted, under a key that the browser does not hand out. */
export function createVault(database: Database): Vault {
  return {
    async read() {
      const entry = await database.get<Sealed>("session", ENTRY);
      if (entry === undefined) return undefined;
      const { userId, email, key, iv } = entry;
      const opened = await crypto.subtle.decrypt({ name: CIPHER, iv }, key, entry.sealed);
      return { userId, email, refreshToken: new TextDecoder().decode(opened) };
    },
    async write({ userId, email, refreshToken }) {
      const algorithm = { name: CIPHER, length: 256 };
      const key = await crypto.subtle.generateKey(algorithm, false, ["encrypt", "decrypt"]);
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const plain = new TextEncoder().encode(refreshToken);
      const sealed = await crypto.subtle.encrypt({ name: CIPHER, iv }, key, plain);
      await database.put("session", ENTRY, { userId, email, key, iv, sealed } satisfies Sealed);
    },
  };
}
