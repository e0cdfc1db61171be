"""Which of a person's to-dos a list shows, and in which order. Knows no database."""

from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Literal

from .todos import Todo

Status = Literal["open", "done", "all", "trashed"]
Sort = Literal["due", "created", "position"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Days are YYYY-MM-DD, both included; None selects everything."""

    status: Status = "open"
    sort: Sort = "due"
    text: str | None = None
    label: str | None = None
    due_from: str | None = None
    due_to: str | None = None

    def holds(self, todo: Todo) -> bool:
        return (
            self._status_is(todo)
            and (self.label is None or self.label in todo.labels)
            and self._is_due(todo)
            and (self.text is None or _contains(todo, self.text.casefold()))
        )

    def digest(self) -> str:
        """Tells this selection from others."""
        return blake2b(repr(asdict(self)).encode(), digest_size=12).hexdigest()

    def _status_is(self, todo: Todo) -> bool:
        if self.status == "trashed" or todo.deleted_at:
            return self.status == "trashed" and todo.deleted_at is not None
        return self.status == "all" or (self.status == "done") == (todo.completed_at is not None)

    def _is_due(self, todo: Todo) -> bool:
        if self.due_from is None and self.due_to is None:
            return True
        day = todo.due_date
        return day is not None and (self.due_from or day) <= day <= (self.due_to or day)


def _contains(todo: Todo, text: str) -> bool:
    """Case is folded, not lowered: "STRASSE" finds "Straße"."""
    fields = (todo.title, todo.description, todo.notes, *todo.labels)
    return any(text in field.casefold() for field in fields)
