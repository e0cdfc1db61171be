"""How a rehearsal ends early."""


class NotUnderstood(Exception):
    """A workflow holds what cannot be rehearsed here."""


class StepFailed(Exception):
    """A step ended red; the text says why."""
