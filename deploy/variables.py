"""The variables that make was given: which a command knows, needs and understands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.settings import SERVICES
from deploy.terminal import Refused

# What make passes on of its command line: `… -- NAME=value NAME=value`; in values it escapes
# blanks, but no ends of lines.
GIVEN = re.compile(r"(?:^|(?<!\\) )([A-Za-z_][A-Za-z0-9_]*)=")
# Read by the AWS libraries and by scripts/environment.
OTHERS = re.compile("AWS_|PYTHON$")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "SERVICE": SERVICES,
    "CONFIRM": ("yes",),
    "DATA": ("keep", "delete"),
    "TABLE": ("todos", "files"),
    "ROWS": ("missing", "all"),
    "CORE": ("later",),
    "NEWER": ("origin/main",),
}
MINUTES = re.compile("[0-9]{1,3}")
SHAPES = {
    "STACK": "name",
    "TAG": "tag",
    "FROM": "table",
    "PARAMETERS": '"Name=value …"',
    "WAIT": "minutes",
    "PLAN": "lines",
} | {name: "|".join(values) for name, values in CHOICES.items()}


@dataclass(frozen=True)
class Variables:
    """The variables that a command takes."""

    command: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    def usage(self) -> str:
        needed = [f"{name}={SHAPES[name]}" for name in self.required]
        possible = [f"[{name}={SHAPES[name]}]" for name in self.optional]
        return " ".join(["usage: make", self.command, *needed, *possible])

    def read(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The values; one that is empty in the environment is none.

        One that is typed and empty stands for a shell's variable that is not set: going on without
        it would mean another stack, or another image.
        """
        _, _, line = environment.get("MAKEFLAGS", "").partition("-- ")
        for name in GIVEN.findall(line):
            if name not in {*self.required, *self.optional} and not OTHERS.match(name):
                raise Refused(f"{self.command} knows no {name}; {self.usage()}")
            if not OTHERS.match(name) and not environment.get(name):
                raise Refused(f"{name} is empty; {self.usage()}")
        names = (*self.required, *self.optional)
        values = {name: environment[name] for name in names if environment.get(name)}
        for name in self.required:
            if name not in values:
                raise Refused(f"{name} is missing; {self.usage()}")
        self._check(values)
        return values

    def _check(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            if name in CHOICES and value not in CHOICES[name]:
                allowed = " or ".join(CHOICES[name])
                raise Refused(f"{name} is {value!r}: it must be {allowed}; {self.usage()}")
        if not MINUTES.fullmatch(values.get("WAIT", "0")):
            raise Refused(f"WAIT is {values['WAIT']!r}: it must be minutes; {self.usage()}")
