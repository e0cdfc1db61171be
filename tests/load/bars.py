"""The bars of docs/performance.md, and how a run's figures compare."""

from __future__ import annotations

from dataclasses import dataclass

WIDTHS = (52, 11, 6, 8)


@dataclass(frozen=True)
class Bar:
    """What must be reached, and what would be splendid."""

    name: str
    must: float
    moonshot: float | None
    unit: str
    at_least: bool  # the more the better; else the less

    def reached(self, value: float, limit: float) -> bool:
        return value >= limit if self.at_least else value <= limit

    def verdict(self, value: float) -> str:
        if not self.reached(value, self.must):
            return "MISSED"
        if self.moonshot is None or self.reached(value, self.moonshot):
            return "reached" if self.moonshot is None else "moonshot"
        return "reached, not the moonshot"


def more(name: str, must: float, moonshot: float | None = None, unit: str = "x") -> Bar:
    return Bar(name, must, moonshot, unit, at_least=True)


def less(name: str, must: float, moonshot: float | None = None, unit: str = "x") -> Bar:
    return Bar(name, must, moonshot, unit, at_least=False)


BARS = {
    "list_100": more("list page of 100 to-dos / original's list", 5, 10),
    "list_1000": more("list page of 1,000 to-dos / original's list", 40, 80),
    "list_10000": more("list page of 10,000 to-dos / of 100", 0.9),
    "get": more("get / original's", 1.4, 3.5),
    "add": more("add / original's", 1.4, 3),
    "floor": less("CPU of a get / floor's", 12, 5),
    "quarter_rate": more("quarter core, 64 clients: list pages / original's", 6, 15),
    "quarter_p99": less("quarter core, 64 clients: p99 / original's", 0.35, 0.12),
    "steady_p99": less("quarter core, 20 lists a second: p99 / original's", 0.15, 0.03),
    "memory": less("memory at 64 clients", 100, 70, "MB"),
    "start": less("quarter core, start to first answer / original's", 0.5, 0.35),
    "log": less("log of a request, at any list size", 500, 300, "bytes"),
    "read_list": less("read units of a list page, strong, at any length", 5.5, 2, "units"),
    "write_create": less("write units of create", 4, 3, "units"),
    "write_patch": less("write units of patch", 4, 3, "units"),
    "write_complete": less("write units of complete", 5, 4, "units"),
}


def table(values: dict[str, float]) -> list[str]:
    """The bars that were measured, a line each."""
    lines = [_line("what", "measured", "must", "moonshot", "verdict")]
    for key, value in values.items():
        bar = BARS[key]
        sign = ">=" if bar.at_least else "<="
        moonshot = "" if bar.moonshot is None else f"{sign}{bar.moonshot:g}"
        shown = f"{_rounded(value)} {bar.unit}"
        lines.append(_line(bar.name, shown, f"{sign}{bar.must:g}", moonshot, bar.verdict(value)))
    return lines


def missed(values: dict[str, float]) -> list[str]:
    return [BARS[key].name for key, value in values.items() if BARS[key].verdict(value) == "MISSED"]


def _line(*cells: str) -> str:
    first, *others = cells[:-1]
    padded = [cell.rjust(width) for cell, width in zip(others, WIDTHS[1:], strict=True)]
    return "  ".join([first.ljust(WIDTHS[0]), *padded, cells[-1]])


def _rounded(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
