import { Unreachable } from "../api/client.ts";
import { type Cognito, CognitoRefused } from "./cognito.ts";
import type { Keepsake, Vault } from "./vault.ts";

export type Renewal =
  | { readonly kind: "renewed"; readonly accessToken: string }
  /** Only the password helps. */
  | { readonly kind: "refused" }
  /** Signed out meanwhile, here or in another tab, where somebody else may have signed in. */
  | { readonly kind: "gone" };

/** What Cognito, or something in its place, says of itself and not of the session. */
const PASSING = new Set(["InternalErrorException", "TooManyRequestsException", "Unknown"]);

/** Tabs take turns: each renewal makes the refresh token before it worthless. */
export async function renew(
  cognito: Cognito,
  vault: Vault,
  userId: string,
  ended: AbortSignal,
): Promise<Renewal> {
  return navigator.locks.request("session", async (): Promise<Renewal> => {
    const keepsake = await vault.read();
    if (keepsake?.userId !== userId) return { kind: "gone" };
    const tokens = await ask(cognito, keepsake);
    if (tokens === undefined) return { kind: "refused" };
    const { accessToken, refreshToken } = tokens;
    if (!ended.aborted && (await vault.replace({ ...keepsake, refreshToken }))) {
      return { kind: "renewed", accessToken };
    }
    await cognito.revoke(refreshToken).catch(() => {}); // as at the end of a session
    return { kind: "gone" };
  });
}

async function ask(cognito: Cognito, keepsake: Keepsake) {
  try {
    return await cognito.renew(keepsake.refreshToken);
  } catch (error) {
    if (!(error instanceof CognitoRefused)) throw error;
    if (PASSING.has(error.name)) throw new Unreachable("Cognito is busy", { cause: error });
    return undefined;
  }
}
