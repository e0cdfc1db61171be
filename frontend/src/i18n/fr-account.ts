import type { enAccount } from "./en-account.ts";

const plural = new Intl.PluralRules("fr");

export function counted(count: number, one: string, other: string): string {
  return `${count.toLocaleString("fr")} ${plural.select(count) === "one" ? one : other}`;
}

/** Ce qui se dit des comptes, des sessions et des réglages. */
export const frAccount: typeof enAccount = {
  auth: {
    signIn: "Se connecter",
    signUp: "Créer un compte",
    email: "Adresse e-mail",
    password: "Mot de passe",
    newPassword: "Nouveau mot de passe",
    currentPassword: "Mot de passe actuel",
    showPassword: "Afficher le mot de passe",
    code: "Code reçu par e-mail",
    forgot: "Mot de passe oublié ?",
    toSignUp: "Nouveau ici ? Créez un compte",
    toSignIn: "Déjà un compte ? Connectez-vous",
    welcome: "Heureux de vous revoir",
    create: "Créez votre compte",
    confirmTitle: "Consultez vos e-mails",
    confirmText: (email) =>
      `Si ${email} est nouvelle ici, un code est en route. Si vous avez déjà un compte, connectez-vous ou réinitialisez votre mot de passe.`,
    confirm: "Confirmer",
    resend: "Envoyer un autre code",
    resent: "Si l’adresse attend une confirmation, un autre code est en route.",
    confirmed: "Confirmé. Vous pouvez vous connecter.",
    forgotTitle: "Réinitialiser le mot de passe",
    forgotText: "Nous envoyons un code à votre adresse e-mail, s’il y a un compte.",
    sendCode: "Envoyer le code",
    codeSent: (email) => `S’il y a un compte pour ${email}, un code est en route.`,
    setPassword: "Définir le mot de passe",
    passwordSet: "Votre mot de passe est défini. Vous pouvez vous connecter.",
    haveCode: "J’ai déjà un code",
    newPasswordText: "Votre premier mot de passe ne valait qu’une fois.",
    rule: {
      length: "12 caractères ou plus",
      lower: "une minuscule",
      upper: "une majuscule",
      digit: "un chiffre",
    },
    expiredTitle: "Reconnectez-vous, s’il vous plaît",
    expiredText: "Votre session est terminée. Rien de ce que vous avez écrit n’est perdu.",
    continue: "Continuer",
    signOut: "Se déconnecter",
    signOutEverywhere: "Se déconnecter partout",
    everywhereText: "« Partout » met fin à toutes vos sessions, sur tous vos appareils.",
    leaveTitle: "Se déconnecter avec des modifications non envoyées ?",
    leaveText: (count) =>
      `${counted(count, "modification n’est pas envoyée et sera perdue", "modifications ne sont pas envoyées et seront perdues")}.`,
    lost: "Vous êtes déconnecté. Ce qui n’était pas enregistré est perdu.",
    changePassword: "Changer le mot de passe",
    passwordChanged: "Votre mot de passe est changé.",
  },

  account: {
    title: "Compte",
    signedInAs: (email) => `Connecté en tant que ${email}`,
    appearance: "Apparence",
    theme: "Thème",
    themes: { system: "Comme le système", light: "Clair", dark: "Sombre" },
    language: "Langue",
    languages: { auto: "Comme le navigateur", en: "English", fr: "Français" },
    shortcuts: "Raccourcis clavier d’une seule touche",
    sessions: "Sessions",
  },

  authErrors: {
    NotAuthorizedException: "L’adresse e-mail ou le mot de passe est faux.",
    CodeMismatchException: "Ce code est faux ou n’est plus valable.",
    InvalidPasswordException: "Choisissez un mot de passe plus fort.",
    InvalidParameterException: "Vérifiez ce que vous avez saisi.",
    LimitExceededException: "Trop d’essais. Attendez un peu, puis réessayez.",
    TooManyRequestsException: "Trop d’essais. Attendez un peu, puis réessayez.",
    TooManyFailedAttemptsException: "Trop d’essais. Attendez un peu, puis réessayez.",
    PasswordHistoryPolicyViolationException:
      "Vous avez déjà utilisé ce mot de passe. Choisissez-en un autre.",
    PasswordResetRequiredException:
      "Votre mot de passe doit être réinitialisé : « Mot de passe oublié ? ».",
    CodeDeliveryFailureException: "L’e-mail n’a pas pu être envoyé. Réessayez plus tard.",
    NetworkError: "Le serveur est injoignable. Vérifiez votre connexion.",
    unsupported: "Ce compte demande une connexion que cette application n’offre pas.",
    unknown: "Un problème est survenu. Réessayez.",
    emailInvalid: "Saisissez une adresse e-mail.",
    passwordWeak:
      "Le mot de passe ne remplit pas encore les règles, ou commence ou finit par une espace.",
    codeNeeded: "Saisissez le code à six chiffres.",
    passwordNeeded: "Saisissez votre mot de passe.",
  },
};
