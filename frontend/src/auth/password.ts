/** The user pool's rules (PasswordPolicy in template.yaml). */
export const RULES = {
  length: (password: string) => password.length >= 12,
  lower: (password: string) => /[a-z]/.test(password),
  upper: (password: string) => /[A-Z]/.test(password),
  digit: (password: string) => /[0-9]/.test(password),
} as const;

export type Rule = keyof typeof RULES;

export const RULE_NAMES = Object.keys(RULES) as Rule[];

export function meetsRules(password: string): boolean {
  // Cognito takes no blank at either end, and calls that something else than too weak.
  return password === password.trim() && RULE_NAMES.every((rule) => RULES[rule](password));
}
