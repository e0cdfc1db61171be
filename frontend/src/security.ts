/**
 * Scripts that are loaded by address, worker and service worker, must come from this origin. The
 * content security policy demands a Trusted Types policy for them; there is no other one.
 */
interface ScriptPolicy {
  createScriptURL(address: string): string;
}

declare global {
  interface Window {
    readonly trustedTypes?: {
      createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
    };
  }
}

const rules: ScriptPolicy = {
  createScriptURL(address) {
    const url = new URL(address, location.href);
    if (url.origin !== location.origin) throw new TypeError(`a script from ${url.origin}`);
    return url.href;
  },
};

const policy = window.trustedTypes?.createPolicy("todo-on-ecs", rules) ?? rules;

export function ownScript(address: string): string {
  return policy.createScriptURL(address);
}
