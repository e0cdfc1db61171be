import { messages } from "../i18n/language.ts";
import { meetsRules } from "./password.ts";

/** What is wrong with an input, in the person's language; undefined when nothing is. */
type Fault = string | undefined;

export function checkEmail(email: string): Fault {
  return /^\S+@\S+\.\S+$/.test(email) ? undefined : messages.value.authErrors["emailInvalid"];
}

export function checkPassword(password: string): Fault {
  return password === "" ? messages.value.authErrors["passwordNeeded"] : undefined;
}

export function checkNewPassword(password: string): Fault {
  return meetsRules(password) ? undefined : messages.value.authErrors["passwordWeak"];
}

export function checkCode(code: string): Fault {
  return /^\d{6}$/.test(code.trim()) ? undefined : messages.value.authErrors["codeNeeded"];
}
