const plural = new Intl.PluralRules("en");

/** "1 to-do", "2 to-dos". */
export function counted(count: number, one: string, other: string): string {
  return `${count.toLocaleString("en")} ${plural.select(count) === "one" ? one : other}`;
}

/** What is said of accounts, sessions and settings. */
export const enAccount = {
  auth: {
    signIn: "Sign in",
    signUp: "Create account",
    email: "E-mail address",
    password: "Password",
    newPassword: "New password",
    currentPassword: "Current password",
    showPassword: "Show password",
    code: "Code from the e-mail",
    forgot: "Forgot your password?",
    toSignUp: "New here? Create an account",
    toSignIn: "Have an account? Sign in",
    welcome: "Welcome back",
    create: "Create your account",
    confirmTitle: "Check your e-mail",
    confirmText: (email: string) =>
      `If ${email} is new here, a code is on its way. If you already have an account, sign in or reset your password instead.`,
    confirm: "Confirm",
    resend: "Send another code",
    resent: "If the address waits for confirmation, another code is on its way.",
    confirmed: "Confirmed. You can sign in now.",
    forgotTitle: "Reset your password",
    forgotText: "We send a code to your e-mail address, if there is an account.",
    sendCode: "Send code",
    codeSent: (email: string) => `If there is an account for ${email}, a code is on its way.`,
    setPassword: "Set new password",
    passwordSet: "Your password is set. You can sign in now.",
    haveCode: "I have a code already",
    newPasswordText: "Your first password was for the first time only.",
    rule: {
      length: "12 characters or more",
      lower: "a lower case letter",
      upper: "an upper case letter",
      digit: "a digit",
    },
    expiredTitle: "Please sign in again",
    expiredText: "Your session has ended. Nothing you typed is lost.",
    continue: "Continue",
    signOut: "Sign out",
    signOutEverywhere: "Sign out everywhere",
    everywhereText: "“Everywhere” ends every session of yours, on all devices.",
    leaveTitle: "Sign out with unsent changes?",
    leaveText: (count: number) =>
      `${counted(count, "change has", "changes have")} not been sent and will be lost.`,
    lost: "You are signed out. What had not been saved is lost.",
    changePassword: "Change password",
    passwordChanged: "Your password is changed.",
  },

  account: {
    title: "Account",
    signedInAs: (email: string) => `Signed in as ${email}`,
    appearance: "Appearance",
    theme: "Theme",
    themes: { system: "As the system", light: "Light", dark: "Dark" },
    language: "Language",
    languages: { auto: "As the browser", en: "English", fr: "Français" },
    shortcuts: "Keyboard shortcuts of a single key",
    sessions: "Sessions",
  },

  authErrors: {
    NotAuthorizedException: "The e-mail address or the password is wrong.",
    CodeMismatchException: "This code is wrong or no longer valid.",
    InvalidPasswordException: "Choose a stronger password.",
    InvalidParameterException: "Please check what you have entered.",
    LimitExceededException: "Too many tries. Wait a while, then try again.",
    TooManyRequestsException: "Too many tries. Wait a while, then try again.",
    TooManyFailedAttemptsException: "Too many tries. Wait a while, then try again.",
    PasswordHistoryPolicyViolationException:
      "You have used this password before. Choose another one.",
    PasswordResetRequiredException: "Your password must be reset. Use “Forgot your password?”.",
    CodeDeliveryFailureException: "The e-mail could not be sent. Try again later.",
    NetworkError: "The server cannot be reached. Check your connection.",
    unsupported: "This account needs a way of signing in that this application does not offer.",
    unknown: "Something went wrong. Please try again.",
    emailInvalid: "Enter an e-mail address.",
    passwordWeak: "The password does not meet the rules yet, or begins or ends with a space.",
    codeNeeded: "Enter the code of six digits.",
    passwordNeeded: "Enter your password.",
  } as Record<string, string>,
};
