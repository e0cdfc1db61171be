"""What schemathesis is told: the contract, two people, and every check that it has."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.pair.operations import CONTRACT

if TYPE_CHECKING:
    from tests.pair.person import Person

# Enough for each boundary of each field (the coverage phase takes as many as there are).
EXAMPLES = 20
SEED = 20260101
HOOKS = Path(__file__).with_name("hooks.py")

CONFIGURATION = """
color = false
seed = {seed}
hooks = "{hooks}"

[generation]
mode = "all"
max-examples = {examples}
database = "none"

[phases.examples]
enabled = false  # the contract holds none

[auth.wfc]
path = "{people}"
peers = ["alice", "bob"]

# Everybody is `me`: one's own path leads to another's things as soon as an owner is mixed up.
[parameters]
userId = "me"

# What else than a success may follow from a valid request: what is asked for may not be there, be
# there already or at another version, and a PUT without a condition is refused as such.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 404, 409, 412, 428]

# A file that is too large is refused as such.
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 428]

# No schema can say which strings are cursors, or that a cursor belongs to one list only.
[[operations]]
include-operation-id = "listTodos"
checks.positive_data_acceptance.expected-statuses = ["2xx", 400]
"""


def write(folder: Path, people: dict[str, Person]) -> None:
    """The files `api.json`, `people.json` and `schemathesis.toml`."""
    (folder / "api.json").write_text(json.dumps(contract()))
    known = [
        {
            "name": name,
            "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {person.token}"}],
        }
        for name, person in people.items()
    ]
    (folder / "people.json").write_text(json.dumps({"auth": known}))
    text = CONFIGURATION.format(
        seed=SEED, examples=EXAMPLES, people=folder / "people.json", hooks=HOOKS
    )
    (folder / "schemathesis.toml").write_text(text)


def contract() -> dict[str, Any]:
    """api.yaml; it calls `oauth2` what comes down to a bearer token."""
    changed = copy.deepcopy(CONTRACT)
    changed["components"]["securitySchemes"] = {"AccessToken": {"type": "http", "scheme": "bearer"}}
    return changed
