"""docs/architecture.md shows what the template has."""

from __future__ import annotations

import pytest

from tests.docs import architecture

PAGE = architecture.PAGE.read_text()


def test_the_diagrams_are_drawn_from_the_template() -> None:
    assert architecture.drawn(PAGE) == PAGE
    assert len(architecture.BLOCK.findall(PAGE)) == 5


@pytest.mark.parametrize(
    "edge",
    [
        ("Api", "", "VpcLink"),
        ("VpcLink", "Listener", "LoadBalancer"),
        ("LoadBalancer", "10: */files*", "FilesTargetGroup"),
        ("MainTargetGroup", "Service", "main"),
        ("files", "", "FilesBucket"),
    ],
    ids=str,
)
def test_a_request_goes_the_whole_way(edge: architecture.Edge) -> None:
    assert edge in list(architecture.request())


@pytest.mark.parametrize("part", architecture.PARTS)
def test_no_part_is_missing(part: str) -> None:
    assert architecture.of_type(*architecture.PARTS[part])
