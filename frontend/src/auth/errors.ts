import { Unreachable } from "../api/client.ts";
import { messages } from "../i18n/language.ts";

/** What a refusal of Cognito means for the person; it never tells whether an account exists. */
export function describeAuthError(error: unknown): string {
  const { authErrors } = messages.value;
  return authErrors[publicName(error)] ?? authErrors["unknown"] ?? "";
}

function publicName(error: unknown): string {
  if (error instanceof Unreachable) return "NetworkError";
  const name = nameOf(error);
  if (name === "NotAuthorizedException" && isLockout(error)) return "LimitExceededException";
  return name === "UserNotFoundException" ? "NotAuthorizedException" : name;
}

/** Why Cognito refuses a code tells whether there is an account, and in which state it is. */
const REASONS_OF_A_CODE = new Set([
  "AliasExistsException",
  "ExpiredCodeException",
  "InvalidParameterException",
  "NotAuthorizedException",
  "UserNotConfirmedException",
  "UserNotFoundException",
]);

/** Throws what a refused code looks like, whatever the reason was. */
export function refuseCode(error: unknown): never {
  if (!REASONS_OF_A_CODE.has(nameOf(error))) throw error;
  throw Object.assign(new Error(), { name: "CodeMismatchException" });
}

/** Whether Cognito says that there is such an account already, which the page does not pass on. */
export function meansExists(error: unknown): boolean {
  return nameOf(error) === "UsernameExistsException";
}

/** To reset a password or to confirm with an unknown address looks as if it had worked. */
export function meansUnknown(error: unknown): boolean {
  return ["UserNotFoundException", "InvalidParameterException"].includes(nameOf(error));
}

/** Cognito locks an account for a while; only its words tell that from a wrong password. */
function isLockout(error: unknown): boolean {
  return error instanceof Error && /attempts exceeded/i.test(error.message);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
