import { expect, test } from "vitest";

import { ConfigRefused, readConfig } from "./config.ts";

const OUTPUTS = {
  ApiUrl: "https://api.example/",
  UserPoolId: "eu-central-1_abc",
  UserPoolClientId: "client",
  Region: "eu-central-1",
};

test("on AWS Cognito is where the region says", () => {
  expect(readConfig(OUTPUTS)).toMatchObject({
    apiUrl: "https://api.example",
    cognitoEndpoint: "https://cognito-idp.eu-central-1.amazonaws.com",
    hasOwnCognito: false,
  });
});

test("elsewhere it is where the outputs say", () => {
  const config = readConfig({ ...OUTPUTS, CognitoEndpoint: "http://127.0.0.1:8002" });

  expect(config).toMatchObject({ cognitoEndpoint: "http://127.0.0.1:8002", hasOwnCognito: true });
});

test.each(Object.keys(OUTPUTS))("without %s there is no start", (key) => {
  expect(() => readConfig({ ...OUTPUTS, [key]: undefined })).toThrow(ConfigRefused);
  expect(() => readConfig({ ...OUTPUTS, [key]: undefined })).toThrow(key);
});

test.each([null, [], "text", 1])("%j is no configuration", (outputs) => {
  expect(() => readConfig(outputs)).toThrow(ConfigRefused);
});
