/** Amplify's part: whatever happens before somebody is signed in. Loaded when a form needs it. */
import { Amplify } from "aws-amplify";
import {
  confirmResetPassword,
  confirmSignIn,
  confirmSignUp,
  resendSignUpCode,
  resetPassword,
  signIn,
  signUp,
} from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";

import type { Config } from "../config.ts";
import type { Tokens } from "./cognito.ts";

export type SignInStep =
  | { readonly kind: "signed-in"; readonly tokens: Tokens }
  | { readonly kind: "unconfirmed" }
  | { readonly kind: "new-password" }
  | { readonly kind: "unsupported" };

export interface Door {
  signIn(email: string, password: string): Promise<SignInStep>;
  setNewPassword(password: string): Promise<SignInStep>;
  signUp(email: string, password: string): Promise<void>;
  confirm(email: string, code: string): Promise<void>;
  resend(email: string): Promise<void>;
  forget(email: string): Promise<void>;
  reset(email: string, code: string, password: string): Promise<void>;
}

/** Tokens pass through here on their way to the session, and stay in memory meanwhile. */
const memory = new Map<string, string>();

const memoryStorage = {
  setItem: async (key: string, value: string) => void memory.set(key, value),
  getItem: async (key: string) => memory.get(key) ?? null,
  removeItem: async (key: string) => void memory.delete(key),
  clear: async () => memory.clear(),
};

export function openDoor(config: Config): Door {
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: config.userPoolId,
        userPoolClientId: config.userPoolClientId,
        ...(config.hasOwnCognito && { userPoolEndpoint: config.cognitoEndpoint }),
      },
    },
  });
  // After `configure`, which sets localStorage.
  cognitoUserPoolsTokenProvider.setKeyValueStorage(memoryStorage);
  return {
    async signIn(username, password) {
      memory.clear(); // a sign-in that broke off must not be in the way of this one
      const { nextStep } = await signIn({
        username,
        password,
        options: { authFlowType: "USER_SRP_AUTH" },
      });
      return step(nextStep.signInStep);
    },
    async setNewPassword(password) {
      const { nextStep } = await confirmSignIn({ challengeResponse: password });
      return step(nextStep.signInStep);
    },
    async signUp(username, password) {
      await signUp({ username, password, options: { userAttributes: { email: username } } });
    },
    async confirm(username, confirmationCode) {
      await confirmSignUp({ username, confirmationCode });
    },
    async resend(username) {
      await resendSignUpCode({ username });
    },
    async forget(username) {
      await resetPassword({ username });
    },
    async reset(username, confirmationCode, newPassword) {
      await confirmResetPassword({ username, confirmationCode, newPassword });
    },
  };
}

function step(name: string): SignInStep {
  if (name === "DONE") return { kind: "signed-in", tokens: takeTokens() };
  if (name === "CONFIRM_SIGN_UP") return { kind: "unconfirmed" };
  if (name === "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED") return { kind: "new-password" };
  if (name === "RESET_PASSWORD") {
    // Cognito's refusal, of which Amplify makes a step.
    throw Object.assign(new Error(), { name: "PasswordResetRequiredException" });
  }
  return { kind: "unsupported" };
}

function takeTokens(): Tokens {
  const stored = (suffix: string) => {
    for (const [key, value] of memory) if (key.endsWith(suffix)) return value;
    throw new Error(`Amplify kept no ${suffix}`);
  };
  const tokens = { accessToken: stored(".accessToken"), refreshToken: stored(".refreshToken") };
  memory.clear();
  return tokens;
}
