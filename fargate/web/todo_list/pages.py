"""The pages: read a form, ask the store, show or redirect."""

import re
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as Redirection

from .store import ListFull, TaskChanged, TaskOpen, TaskStore
from .tasks import TITLE_LENGTH, TitleRefused, title_of

if TYPE_CHECKING:
    from .database import Database

Page = Response | Redirection | str | tuple[str, int]
IMPORTANCE = {"yes": True, "no": False}
VERSION = re.compile(r"[1-9][0-9]{0,8}")  # fits the column

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def show_list() -> Page:
    return _list()


@blueprint.post("/tasks")
def add() -> Page:
    task_id, important = _form_id(), _form_importance()
    try:
        title = title_of(_form_title())
        _store().add(task_id, title, important=important)
    except TitleRefused as refusal:
        return _list(refused=str(refusal)), 422
    except ListFull:
        return _list(refused="The list is full: delete completed tasks first."), 409
    flash(f"Added: {title}")
    return _back()


@blueprint.get("/tasks/<uuid:task_id>")
def show_task(task_id: UUID) -> Page:
    task = _store().find(task_id)
    return _task(task_id, task.title, important=task.important)


@blueprint.post("/tasks/<uuid:task_id>")
def change(task_id: UUID) -> Page:
    version, typed, important = _form_version(), _form_title(), _form_importance()
    try:
        title = title_of(typed)
        _store().change(task_id, version, title, important=important)
    except TitleRefused as refusal:
        return _task(task_id, typed, important=important, refused=str(refusal)), 422
    except TaskChanged:
        return _task(task_id, typed, important=important, changed=True), 409
    flash(f"Saved: {title}")
    return _back()


@blueprint.post("/tasks/<uuid:task_id>/complete")
def complete(task_id: UUID) -> Page:
    _store().complete(task_id)
    flash("Completed.")
    return _back()


@blueprint.post("/tasks/<uuid:task_id>/reopen")
def reopen(task_id: UUID) -> Page:
    _store().reopen(task_id)
    flash("Reopened.")
    return _back()


@blueprint.post("/tasks/<uuid:task_id>/delete")
def delete(task_id: UUID) -> Page:
    try:
        _store().delete(task_id)
    except TaskOpen:
        return _list(notice="That task is not completed, so it was not deleted."), 409
    flash("Deleted.")
    return _back()


@blueprint.post("/tasks/delete-completed")
def delete_completed() -> Page:
    count = _store().delete_completed()
    flash(f"Deleted {count} completed {'task' if count == 1 else 'tasks'}.")
    return _back()


def health() -> tuple[dict[str, str], int]:
    """For the load balancer: without its database the application serves nobody."""
    database: Database = current_app.extensions["database"]
    return ({"status": "ok"}, 200) if database.answers() else ({"status": "no database"}, 503)


def _list(*, refused: str = "", notice: str = "") -> str:
    """The list; `refused` says what is wrong with what was typed, `notice` anything else."""
    tasks = _store().all()
    return render_template(
        "list.html",
        open=[task for task in tasks if not task.completed],
        completed=[task for task in tasks if task.completed],
        # The browser names the new task: to send a form twice adds one.
        new_id=uuid4(),
        typed=request.form.get("title", "") if refused else "",
        important=request.form.get("important") == "yes" if refused else False,
        refused=refused,
        notice=notice,
        length=TITLE_LENGTH,
    )


def _task(
    task_id: UUID, typed: str, *, important: bool, refused: str = "", changed: bool = False
) -> str:
    """The page of a task as somebody is changing it; `changed` when somebody else just has."""
    return render_template(
        "task.html",
        task=_store().find(task_id),
        typed=typed,
        important=important,
        refused=refused,
        changed=changed,
        length=TITLE_LENGTH,
    )


def _back() -> Redirection:
    return redirect(url_for("pages.show_list"), 303)


def _store() -> TaskStore:
    store: TaskStore = current_app.extensions["store"]
    return store


def _form_title() -> str:
    return request.form.get("title", "")


def _form_id() -> UUID:
    try:
        return UUID(request.form.get("id", ""))
    except ValueError:
        abort(400)


def _form_version() -> int:
    text = request.form.get("version", "")
    if not VERSION.fullmatch(text):
        abort(400)
    return int(text)


def _form_importance() -> bool:
    try:
        return IMPORTANCE[request.form.get("important", "no")]
    except KeyError:
        abort(400)
