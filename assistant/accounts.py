"""Who may log in: names with argon2 hashes, and the logins that still stand.

A password or a hash never leaves this room but as a yes or a no.
"""

import re
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Update,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError

from assistant.database import open_database, reading
from assistant.errors import InputError
from assistant.schema import LOCAL_USER
from assistant.settings import Settings

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
MIN_PASSWORD_CHARS, MAX_PASSWORD_CHARS = 8, 1024
PASSWORD = "password"  # noqa: S105 - the word for one way to log in
FREE_FAILURES = 5
"""Wrong passwords in a row before an account waits."""
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 15, 900
"""The wait doubles with each further failure."""
FORGET_SECONDS = 86_400
"""After so long without an attempt, failures no longer count."""
N_VERIFIED_AT_ONCE = 2
"""A verification takes 64 MB: so many attempts at once cannot use up the memory."""

_metadata = MetaData()
_accounts = Table(
    "accounts",
    _metadata,
    Column("name", String(64), primary_key=True),
    Column("hash", String(200)),  # none where a provider vouches for the user
    Column("provider", String(40), nullable=False),
    Column("login_key", String(64), nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("last_login_at", String(40)),
)
_failures = Table(
    "failed_logins",
    _metadata,
    Column("name", String(64), primary_key=True),
    Column("n_failed", Integer, nullable=False),
    Column("tried_at", Float, nullable=False, index=True),
)


def _drop_administrators(connection: Connection) -> None:
    """The second step: once, a user could be marked as one."""
    if any(one["name"] == "is_admin" for one in inspect(connection).get_columns("accounts")):
        connection.execute(text("ALTER TABLE accounts DROP COLUMN is_admin"))


STEPS = (_metadata.create_all, _drop_administrators)
"""All that were ever taken, oldest first."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user, without what proves it.

    Attributes:
        login: How the user logs in: "password", or the name of the OAuth provider.
        created_at: ISO 8601, UTC.
        last_login_at: ISO 8601, UTC; `None` before the first login.
    """

    name: str
    login: str
    created_at: str
    last_login_at: str | None


@dataclass(frozen=True, slots=True)
class Login:
    """A login that was granted; the key is the account's until its logins are ended."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A login that was not granted; `wait_seconds` is 0 where the next attempt may come at once."""

    wait_seconds: float = 0.0


class Accounts:
    """The users of a state folder.

    Args:
        settings: Say where the database is.
        hasher: Makes the hashes; those that another one made are renewed at the next login.
        now: The time in seconds.

    Raises:
        SettingsError: The database cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        hasher: PasswordHasher | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._engine = open_database(settings, "users", STEPS)
        self._engine.hide_parameters = True  # an error of the database must not tell a hash
        self._hasher = hasher or PasswordHasher()
        self._now = now
        self._verifying = threading.BoundedSemaphore(N_VERIFIED_AT_ONCE)

    def close(self) -> None:
        """Closes the database."""
        self._engine.dispose()

    def all(self) -> list[Account]:
        """Every account, by name."""
        columns = _accounts.c
        query = select(
            columns.name,
            columns.provider,
            columns.created_at,
            columns.last_login_at,
        ).order_by(columns.name)
        with reading(self._engine) as connection:
            return [Account(*row) for row in connection.execute(query)]

    def add(self, name: str, password: str) -> str:
        """Makes an account with a password.

        Returns:
            The name as it is kept.

        Raises:
            InputError: The name or the password is not allowed, or the name is taken.
        """
        name = account_name(name)
        self._insert(name, self._hash(password), PASSWORD)
        return name

    def change_password(self, name: str, password: str) -> None:
        """Sets another password, and ends the account's logins.

        Raises:
            InputError: There is no such account, or the password is not allowed.
        """
        name = account_name(name)
        hashed = self._hash(password)
        change = _accounts.update().where(
            _accounts.c.name == name, _accounts.c.provider == PASSWORD
        )
        with self._engine.begin() as connection:
            found = connection.execute(change.values(hash=hashed, login_key=_fresh_key()))
            _forget_failures(connection, name)
        if not found.rowcount:
            raise InputError(
                f"There is no user {name} with a password: see `assistant users list`."
            )

    def remove(self, name: str) -> None:
        """Deletes an account, and ends its logins; what else is the user's is not touched.

        Raises:
            InputError: There is no such account.
        """
        name = account_name(name)
        with self._engine.begin() as connection:
            found = connection.execute(_accounts.delete().where(_accounts.c.name == name))
            _forget_failures(connection, name)
        if not found.rowcount:
            raise InputError(f"There is no user {name}: see `assistant users list`.")

    def log_in(self, name: str, password: str) -> Login | Refusal:
        """Checks a name and a password; an unknown name takes as long as a wrong password.

        An attempt counts as failed until it has succeeded, so that many at once are no way around
        the wait, and unknown names wait as well, so that the wait tells nothing.
        """
        name = name.lower()
        is_possible = NAME.fullmatch(name) is not None
        wait = self._count_attempt(name) if is_possible else 0.0
        if wait:
            return Refusal(wait)
        with reading(self._engine) as connection:
            own = _accounts.c.name == name
            row = connection.execute(select(_accounts).where(own)).first() if is_possible else None
        nobodys_hash = self._nobodys_hash
        hashed = row.hash if row is not None and row.hash else nobodys_hash
        if not self._verify(hashed, password) or row is None or hashed is nobodys_hash:
            return Refusal()
        return self._grant(Login(name, row.login_key), password, hashed)

    def admit(self, name: str, provider: str) -> Login | Refusal:
        """Logs in whom an OAuth provider vouches for; the first login makes the account.

        A name that has a password, or another provider, is somebody else's: it is refused.
        """
        if not NAME.fullmatch(name := name.lower()) or name == LOCAL_USER:
            return Refusal()
        with suppress(InputError):  # it is there already
            self._insert(name, None, provider)
        own = (_accounts.c.name == name) & (_accounts.c.provider == provider)
        with self._engine.begin() as connection:
            row = connection.execute(select(_accounts).where(own)).first()
            connection.execute(_accounts.update().where(own).values(last_login_at=self._time()))
        return Refusal() if row is None else Login(name, row.login_key)

    def stands(self, name: str, key: str) -> bool:
        """Whether a login that was granted has not been ended."""
        query = select(_accounts.c.login_key).where(_accounts.c.name == name)
        with reading(self._engine) as connection:
            return connection.scalar(query) == key

    @cached_property
    def _nobodys_hash(self) -> str:
        return self._hasher.hash(secrets.token_hex())

    def _hash(self, password: str) -> str:
        password = _normal(password)
        if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
            raise InputError(
                f"A password must have {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters, "
                f"got {len(password)}: choose another, such as a few words in a row."
            )
        return self._hasher.hash(password)

    def _verify(self, hashed: str, password: str) -> bool:
        with self._verifying:
            try:
                return self._hasher.verify(hashed, _normal(password)[: MAX_PASSWORD_CHARS + 1])
            except VerificationError:
                return False

    def _insert(self, name: str, hashed: str | None, provider: str) -> None:
        row = _accounts.insert().values(
            name=name,
            hash=hashed,
            provider=provider,
            login_key=_fresh_key(),
            created_at=self._time(),
        )
        try:
            with self._engine.begin() as connection:
                connection.execute(row)
        except IntegrityError:
            raise InputError(
                f"The name {name} is taken: choose another, or set another password with "
                f"`assistant users passwd {name}`."
            ) from None

    def _count_attempt(self, name: str) -> float:
        """Counts an attempt as failed, or says for how many seconds there may be none."""
        own, now = _failures.c.name == name, self._now()
        with self._engine.begin() as connection:
            connection.execute(
                _failures.delete().where(_failures.c.tried_at < now - FORGET_SECONDS)
            )
            connection.execute(
                text(
                    "INSERT INTO failed_logins (name, n_failed, tried_at) VALUES (:name, 0, :now) "
                    "ON CONFLICT (name) DO NOTHING"
                ),
                {"name": name, "now": now},
            )
            row = connection.execute(select(_failures).where(own).with_for_update()).one()
            wait = row.tried_at + _delay(row.n_failed) - now
            if wait <= 0:
                connection.execute(_counted(name, row.n_failed + 1, now))
        return max(0.0, float(wait))

    def _grant(self, login: Login, password: str, hashed: str) -> Login:
        values = {"last_login_at": self._time()}
        if self._hasher.check_needs_rehash(hashed):
            values["hash"] = self._hasher.hash(_normal(password))
        # A password that was changed meanwhile stays changed.
        own = (_accounts.c.name == login.name) & (_accounts.c.hash == hashed)
        with self._engine.begin() as connection:
            connection.execute(_accounts.update().where(own).values(**values))
            _forget_failures(connection, login.name)
        return login

    def _time(self) -> str:
        return datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="seconds")


def account_name(given: str) -> str:
    """A name as it is kept: in lower case.

    Raises:
        InputError: It is not allowed.
    """
    name = user_name(given)
    if name == LOCAL_USER:
        raise InputError(
            f"The name {LOCAL_USER} is taken: it stands for whoever uses the assistant without a "
            "login. Choose another."
        )
    return name


def user_name(given: str) -> str:
    """A name of a user as it is kept, that of the single local user included.

    Raises:
        InputError: It is not allowed.
    """
    name = given.lower()
    if not NAME.fullmatch(name):
        raise InputError(
            "A user's name must have 1 to 64 of the letters a to z, digits and . _ - @, the first "
            f"of them a letter or a digit, got {given[:80]!r}: choose another."
        )
    return name


def _normal(password: str) -> str:
    """The same characters however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)


def _fresh_key() -> str:
    return secrets.token_hex(16)


def _delay(n_failed: int) -> float:
    """Seconds to wait behind so many failures in a row."""
    over = n_failed - FREE_FAILURES
    return 0.0 if over < 0 else min(FIRST_WAIT_SECONDS * 2.0 ** min(over, 10), LONGEST_WAIT_SECONDS)


def _counted(name: str, n_failed: int, now: float) -> Update:
    change = _failures.update().where(_failures.c.name == name)
    return change.values(n_failed=n_failed, tried_at=now)


def _forget_failures(connection: Connection, name: str) -> None:
    connection.execute(_failures.delete().where(_failures.c.name == name))
