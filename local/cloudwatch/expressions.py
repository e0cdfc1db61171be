"""Metric math, as far as the alarms use it: one point in time, None for a missing number."""

import ast
import operator
import re
from collections.abc import Callable, Mapping

Value = float | None

OPERATORS: Mapping[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.And: lambda a, b: bool(a) and bool(b),
    ast.Or: lambda a, b: bool(a) or bool(b),
}
WORDS = re.compile(r"\b(AND|OR)\b")


class ExpressionNotSupported(Exception):
    """Metric math that is not understood here; better none than a wrong number."""


def value(text: str, point: Mapping[str, Value], metrics: tuple[str, ...] = ()) -> Value:
    """What an expression comes to; `point` has the numbers by id, `metrics` are METRICS()."""
    try:
        tree = ast.parse(WORDS.sub(lambda word: word[0].lower(), text), mode="eval").body
        return _Point(point, metrics).value(tree)
    except (SyntaxError, KeyError, TypeError, ValueError) as error:
        raise ExpressionNotSupported(f"{text}: {error!r}") from error


class _Point:
    """The numbers of one point in time."""

    def __init__(self, numbers: Mapping[str, Value], metrics: tuple[str, ...]) -> None:
        self._numbers = numbers
        self._metrics = metrics

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.Name(id=name):
                return self._numbers[name]
            case ast.BinOp(left=left, op=op, right=right):
                return _of_both(op, self.value(left), self.value(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return _of_both(op, self.value(left), self.value(right))
            case ast.BoolOp(op=op, values=[left, right]):
                return _of_both(op, self.value(left), self.value(right))
            case ast.Call(func=ast.Name(id=function), args=args):
                return self._call(function, args)
        raise ValueError(ast.unparse(node))

    def _call(self, function: str, args: list[ast.expr]) -> Value:
        if function == "SUM" and [ast.unparse(arg) for arg in args] == ["METRICS()"]:
            there = [number for id_ in self._metrics if (number := self._numbers[id_]) is not None]
            return sum(there) if there else None
        if function == "FILL":
            number, instead = (self.value(arg) for arg in args)
            return instead if number is None else number
        if function == "IF":
            condition, yes, no = (self.value(arg) for arg in args)
            return None if condition is None else yes if condition else no
        raise ValueError(function)


def _of_both(op: ast.AST, left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    return float(OPERATORS[type(op)](left, right))
