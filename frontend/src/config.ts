/** What differs between one deployment and another: the stack's outputs, served at /config.json. */
export interface Config {
  readonly apiUrl: string;
  readonly region: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  readonly cognitoEndpoint: string;
  /** Cognito is not AWS's own, as on one's own machine. */
  readonly hasOwnCognito: boolean;
}

export class ConfigRefused extends Error {}

export async function loadConfig(): Promise<Config> {
  const answer = await fetch("/config.json", { cache: "no-cache" });
  if (!answer.ok) throw new ConfigRefused(`/config.json answers ${answer.status}`);
  return readConfig(await answer.json());
}

export function readConfig(outputs: unknown): Config {
  const region = text(outputs, "Region");
  const cognito = optionalText(outputs, "CognitoEndpoint");
  return {
    apiUrl: text(outputs, "ApiUrl").replace(/\/+$/, ""),
    region,
    userPoolId: text(outputs, "UserPoolId"),
    userPoolClientId: text(outputs, "UserPoolClientId"),
    cognitoEndpoint: cognito ?? `https://cognito-idp.${region}.amazonaws.com`,
    hasOwnCognito: cognito !== undefined,
  };
}

function text(outputs: unknown, key: string): string {
  const value = optionalText(outputs, key);
  if (value === undefined) throw new ConfigRefused(`/config.json has no ${key}`);
  return value;
}

function optionalText(outputs: unknown, key: string): string | undefined {
  const value: unknown = Object(outputs)[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}
