"""docs/api.md says what the contract and the services do."""

from __future__ import annotations

import pytest

from tests.docs import api_page
from tests.pair.operations import OPERATIONS, ROOT, Operation

PAGE = api_page.PAGE.read_text()


def test_the_page_is_what_the_contract_and_the_services_make_of_it() -> None:
    assert api_page.page(api_page.kept_units()) == PAGE


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_route_and_every_parameter_is_on_the_page(
    operation: Operation,
) -> None:
    row = next(
        line for line in PAGE.splitlines() if f"| {operation.method} `{operation.path}`" in line
    )

    names = {*operation.variant.query, *operation.variant.headers} - {"Accept"}
    assert [name for name in names if f"`{name}`" not in row] == []
    assert [status for status in operation.successes if str(status) not in row] == []


@pytest.mark.parametrize("service", ["main", "files"])
def test_every_problem_of_the_code_is_on_the_page(service: str) -> None:
    found = list(api_page.raised(ROOT / f"services/{service}/{service}_service"))

    assert len(found) >= 10
    assert [slug for status, slug, _ in found if f"| `{slug}` | {status} |" not in PAGE] == []
