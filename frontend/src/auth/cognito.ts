import { type AccessToken, Unreachable } from "../api/client.ts";
import type { Config } from "../config.ts";

/** What Cognito answers to a sign-in or a renewal. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Cognito's refusal; `name` is its error code, such as `NotAuthorizedException`. */
export class CognitoRefused extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/**
 * The calls of a session that is under way. They need no secure remote password, so they do without
 * Amplify, which the sign-in alone loads.
 */
export interface Cognito {
  renew(refreshToken: string): Promise<Tokens>;
  revoke(refreshToken: string): Promise<void>;
  signOutEverywhere(accessToken: string): Promise<void>;
  changePassword(accessToken: string, previous: string, proposed: string): Promise<void>;
}

interface RenewalAnswer {
  readonly AuthenticationResult?: { readonly AccessToken: string; readonly RefreshToken?: string };
}

export function createCognito(config: Config): Cognito {
  const ClientId = config.userPoolClientId;
  const call = (action: string, body: object) => post(config.cognitoEndpoint, action, body);
  return {
    async renew(refreshToken) {
      const answer = await call("GetTokensFromRefreshToken", {
        ClientId,
        RefreshToken: refreshToken,
      });
      const renewed = (answer as RenewalAnswer).AuthenticationResult;
      if (renewed === undefined) throw new Unreachable("Something else answers for Cognito");
      const { AccessToken, RefreshToken } = renewed;
      return { accessToken: AccessToken, refreshToken: RefreshToken ?? refreshToken };
    },
    async revoke(refreshToken) {
      await call("RevokeToken", { ClientId, Token: refreshToken });
    },
    async signOutEverywhere(accessToken) {
      await call("GlobalSignOut", { AccessToken: accessToken });
    },
    async changePassword(accessToken, previous, proposed) {
      await call("ChangePassword", {
        AccessToken: accessToken,
        PreviousPassword: previous,
        ProposedPassword: proposed,
      });
    },
  };
}

async function post(endpoint: string, action: string, body: object): Promise<unknown> {
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${action}`,
    },
    credentials: "omit",
    cache: "no-store",
    keepalive: true, // also from a page that is being closed: the end of a session
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  }).catch((error: unknown) => {
    throw new Unreachable("Cognito does not answer", { cause: error });
  });
  const content: unknown = await answer.json().catch(() => ({}));
  if (answer.status >= 500) throw new Unreachable(`Cognito answers ${answer.status}`);
  if (!answer.ok) throw refusal(content);
  return content;
}

function refusal(content: unknown): CognitoRefused {
  const { __type: type, message } = Object(content) as { __type?: string; message?: string };
  return new CognitoRefused(type?.split("#").at(-1) ?? "Unknown", message ?? "");
}

/** Call Cognito with the access token, and again with a new one when it refuses that one. */
export async function withToken(
  accessToken: AccessToken,
  call: (token: string) => Promise<void>,
): Promise<void> {
  const token = await accessToken();
  await call(token).catch(async (error: unknown) => {
    if (!meansToken(error)) throw error;
    await call(await accessToken(token));
  });
}

/** A wrong password is refused by the same name. */
function meansToken(error: unknown): boolean {
  const isRefused = error instanceof CognitoRefused && error.name === "NotAuthorizedException";
  return isRefused && !/password/i.test(error.message);
}
