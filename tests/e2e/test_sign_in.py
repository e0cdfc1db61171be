from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.e2e.stack import Person, Stack


def refusal(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def test_nobody_signs_in_before_confirming_their_address(stack: Stack) -> None:
    person = stack.sign_up()

    with pytest.raises(ClientError) as error:
        person.sign_in()

    assert refusal(error) == "UserNotConfirmedException"


def test_a_code_that_was_not_mailed_confirms_nothing(stack: Stack) -> None:
    person = stack.sign_up()
    wrong = str(int(stack.mailed_code(person)) ^ 1)

    with pytest.raises(ClientError) as error:
        stack.confirm(person, wrong)

    assert refusal(error) == "CodeMismatchException"


def test_a_wrong_password_is_refused(alice: Person) -> None:
    before = alice.token

    with pytest.raises(ClientError) as error:
        alice.sign_in("Correct-horse-9-buttery")

    assert refusal(error) == "NotAuthorizedException"
    assert alice.token == before


def test_the_mailed_code_and_the_password_open_the_api(stack: Stack) -> None:
    person = stack.sign_up()

    stack.confirm(person, stack.mailed_code(person))
    person.sign_in()

    assert person.api.get("/me/todos").json() == {"items": [], "nextCursor": None}
    assert person.api.get(f"/{person.sub}/todos").status_code == 200


def test_make_token_prints_a_token_that_the_api_accepts(stack: Stack, alice: Person) -> None:
    printed = stack.make("token", EMAIL=alice.email, PASSWORD=alice.password)

    assert printed.returncode == 0, printed.stderr
    headers = {"Authorization": f"Bearer {printed.stdout.strip()}"}
    assert httpx.get(f"{stack.outputs['ApiUrl']}/me/todos", headers=headers).status_code == 200


def test_make_token_says_in_one_line_that_the_password_is_wrong(
    stack: Stack, alice: Person
) -> None:
    printed = stack.make("token", EMAIL=alice.email, PASSWORD="Wrong-horse-9-battery")

    assert printed.returncode != 0
    assert printed.stdout == ""
    assert "password" in printed.stderr.splitlines()[0]
