"""Golden questions and their runs in the database: every statement is bound to one user."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from assistant.database import open_database, overwrite_log, reading
from assistant.settings import Settings
from evals.golden.questions import GoldenQuestion, question_of
from evals.golden.runs import Run, as_text, from_text
from evals.golden.tables import STEPS, questions, runs


class GoldenStore:
    """The golden questions and runs of all users.

    Raises:
        SettingsError: The database cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._engine = open_database(settings, "golden", STEPS)

    def questions(self, user: str) -> list[GoldenQuestion]:
        """A user's questions, oldest first."""
        query = (
            select(questions.c.content)
            .where(questions.c.user == user)
            .order_by(questions.c.added_at, questions.c.id)
        )
        with reading(self._engine) as connection:
            return [question_of(json.loads(content)) for (content,) in connection.execute(query)]

    def add(self, user: str, question: GoldenQuestion) -> bool:
        """Keeps a question; returns whether it is new."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        added: Any = dialect.insert(questions).values(
            user=user,
            id=question.id,
            added_at=datetime.now(UTC).isoformat(),
            content=json.dumps(question.fields()),
        )
        with self._engine.begin() as connection:
            kept = added.on_conflict_do_nothing().returning(questions.c.id)
            return connection.scalar(kept) is not None

    def remove(self, user: str, ids: Sequence[str]) -> list[str]:
        """Deletes questions; returns the ids of those that were there."""
        own = (questions.c.user == user) & questions.c.id.in_(ids)
        with self._engine.begin() as connection:
            found = [one for (one,) in connection.execute(select(questions.c.id).where(own))]
            connection.execute(delete(questions).where(own))
        overwrite_log(self._engine)
        return found

    def keep(self, user: str, run: Run, name: str = "") -> None:
        """Keeps a run; under a name it is the baseline of that name, instead of an earlier one."""
        row = {"id": run.id, "user": user, "name": name, "started_at": run.started_at}
        with self._engine.begin() as connection:
            if name:
                same = (runs.c.user == user) & (runs.c.name == name)
                connection.execute(update(runs).where(same).values(name=""))
            connection.execute(insert(runs).values(content=as_text(run), **row))

    def runs(self, user: str) -> list[tuple[str, Run]]:
        """A user's runs, oldest first, each behind its name as a baseline."""
        query = (
            select(runs.c.name, runs.c.content, runs.c.id)
            .where(runs.c.user == user)
            .order_by(runs.c.started_at, runs.c.id)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [(name, from_text(content, f"The run {run}")) for name, content, run in rows]

    def baseline(self, user: str, name: str) -> Run | None:
        """The run that is kept under a name, if there is one."""
        query = select(runs.c.content).where(runs.c.user == user, runs.c.name == name)
        with reading(self._engine) as connection:
            content = connection.scalar(query)
        return None if content is None else from_text(content, f"The baseline {name!r}")

    def forget(self, user: str) -> None:
        """Deletes all that is a user's."""
        with self._engine.begin() as connection:
            connection.execute(delete(questions).where(questions.c.user == user))
            connection.execute(delete(runs).where(runs.c.user == user))
        overwrite_log(self._engine)

    def close(self) -> None:
        """Closes the database."""
        self._engine.dispose()
