import { expect, test } from "vitest";

import { en } from "../i18n/en.ts";
import { CognitoRefused } from "./cognito.ts";
import { describeAuthError, refuseCode } from "./errors.ts";

const told = en.authErrors;

test("a locked account is no wrong password", () => {
  const refused = (words: string) => new CognitoRefused("NotAuthorizedException", words);

  expect(describeAuthError(refused("Incorrect username or password."))).toBe(
    told["NotAuthorizedException"],
  );
  expect(describeAuthError(refused("Password attempts exceeded"))).toBe(
    told["LimitExceededException"],
  );
});

test.each([
  "AliasExistsException",
  "CodeMismatchException",
  "ExpiredCodeException",
  "InvalidParameterException",
  "NotAuthorizedException",
  "UserNotConfirmedException",
  "UserNotFoundException",
])("%s is told as a wrong code", (name) => {
  expect(() => refuseCode(new CognitoRefused(name, ""))).toThrow(
    expect.objectContaining({ name: "CodeMismatchException" }),
  );
});

test("what says nothing of the account is told as it is", () => {
  const tooMany = new CognitoRefused("LimitExceededException", "");

  expect(() => refuseCode(tooMany)).toThrow(tooMany);
});
