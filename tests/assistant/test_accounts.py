"""Names, passwords and logins, on SQLite and on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, inspect, text

from assistant.accounts import (
    FIRST_WAIT_SECONDS,
    FREE_FAILURES,
    LONGEST_WAIT_SECONDS,
    Accounts,
    Login,
    Refusal,
)
from assistant.database import database_url
from assistant.errors import InputError
from assistant.settings import Settings

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = "correct horse"


class Clock:
    """The time, as a test sets it."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(state_settings: Settings, clock: Clock) -> Accounts:
    return Accounts(state_settings, QUICK, clock)


def fail(accounts: Accounts, times: int, name: str = "bo") -> list[Refusal]:
    answers = [accounts.log_in(name, "wrong") for _ in range(times)]
    assert all(isinstance(answer, Refusal) for answer in answers)
    return answers


def test_the_right_password_logs_in_whatever_the_case_of_the_name(accounts: Accounts):
    accounts.add("Bo", SECRET)

    login = accounts.log_in("bO", SECRET)

    assert isinstance(login, Login)
    assert login.name == "bo"
    assert accounts.stands("bo", login.key)
    (account,) = accounts.all()
    assert (account.name, account.login, account.last_login_at) == (
        "bo",
        "password",
        "2027-01-15T08:00:00+00:00",
    )


@pytest.mark.parametrize("password", ["", "wrong", SECRET.upper(), SECRET + " ", "x" * 100_000])
def test_another_password_does_not(accounts: Accounts, password: str):
    accounts.add("bo", SECRET)

    assert accounts.log_in("bo", password) == Refusal()


@pytest.mark.parametrize("name", ["", "nobody", "local", "bo\0", "' OR 1=1 --", "x" * 1000])
def test_a_name_that_is_no_user_s_does_not(accounts: Accounts, name: str):
    accounts.add("bo", SECRET)

    assert accounts.log_in(name, SECRET) == Refusal()


def test_a_password_may_be_typed_on_another_keyboard(accounts: Accounts):
    accounts.add("bo", "caf\u00e9 au lait")

    assert isinstance(accounts.log_in("bo", "cafe\u0301 au lait"), Login)


@pytest.mark.parametrize("name", ["", ".bo", "bo bo", "bo/../al", "ßo", "bo\n", "x" * 65, "a\0"])
def test_a_name_that_is_not_safe_is_refused(accounts: Accounts, name: str):
    with pytest.raises(InputError, match="A user's name must have 1 to 64"):
        accounts.add(name, SECRET)


def test_the_name_of_the_single_local_user_is_taken(accounts: Accounts):
    with pytest.raises(InputError, match="The name local is taken"):
        accounts.add("Local", SECRET)


def test_a_name_is_given_once(accounts: Accounts):
    accounts.add("bo", SECRET)

    with pytest.raises(InputError, match="The name bo is taken"):
        accounts.add("BO", "another password")
    assert isinstance(accounts.log_in("bo", SECRET), Login)


@pytest.mark.parametrize("password", ["", "seven77", "x" * 1025])
def test_a_password_that_is_too_short_or_too_long_is_refused_and_not_repeated(
    accounts: Accounts, password: str
):
    with pytest.raises(InputError, match=f"8 to 1024 characters, got {len(password)}") as caught:
        accounts.add("bo", password)
    assert not password or password not in str(caught.value)
    assert accounts.all() == []


def test_another_password_ends_the_logins(accounts: Accounts):
    accounts.add("bo", SECRET)
    login = accounts.log_in("bo", SECRET)

    accounts.change_password("bo", "another secret")

    assert not accounts.stands("bo", login.key)
    assert accounts.log_in("bo", SECRET) == Refusal()
    assert isinstance(accounts.log_in("bo", "another secret"), Login)


def test_a_removed_user_s_login_ends_also_when_the_name_is_given_again(accounts: Accounts):
    accounts.add("bo", SECRET)
    login = accounts.log_in("bo", SECRET)

    accounts.remove("bo")
    assert not accounts.stands("bo", login.key)
    accounts.add("bo", SECRET)
    assert not accounts.stands("bo", login.key)


def test_who_is_not_there_is_told_of(accounts: Accounts):
    with pytest.raises(InputError, match="There is no user bo"):
        accounts.remove("bo")
    with pytest.raises(InputError, match="There is no user bo"):
        accounts.change_password("bo", SECRET)


def test_after_several_failures_an_account_waits_longer_and_longer(
    accounts: Accounts, clock: Clock
):
    accounts.add("bo", SECRET)
    assert fail(accounts, FREE_FAILURES) == [Refusal()] * FREE_FAILURES

    assert accounts.log_in("bo", SECRET) == Refusal(FIRST_WAIT_SECONDS)
    clock.seconds += FIRST_WAIT_SECONDS - 1
    assert accounts.log_in("bo", SECRET) == Refusal(1)
    clock.seconds += 1
    assert fail(accounts, 2)[1] == Refusal(2 * FIRST_WAIT_SECONDS)
    clock.seconds += 2 * FIRST_WAIT_SECONDS
    assert isinstance(accounts.log_in("bo", SECRET), Login)
    assert fail(accounts, 1) == [Refusal()]


def test_the_wait_has_a_longest_and_a_quiet_day_ends_it(accounts: Accounts, clock: Clock):
    for _ in range(FREE_FAILURES + 20):
        fail(accounts, 1)
        clock.seconds += LONGEST_WAIT_SECONDS
    fail(accounts, 1)
    assert fail(accounts, 1) == [Refusal(LONGEST_WAIT_SECONDS)]

    clock.seconds += 86_401
    assert fail(accounts, 2) == [Refusal()] * 2


def test_a_name_that_nobody_has_waits_as_one_that_somebody_has(accounts: Accounts):
    accounts.add("bo", SECRET)
    times = FREE_FAILURES + 2

    assert fail(accounts, times, "nobody") == fail(accounts, times, "bo")


def test_a_new_password_ends_the_wait(accounts: Accounts):
    accounts.add("bo", SECRET)
    fail(accounts, FREE_FAILURES + 1)

    accounts.change_password("bo", "another secret")

    assert isinstance(accounts.log_in("bo", "another secret"), Login)


def test_many_attempts_at_once_are_no_way_around_the_wait(accounts: Accounts):
    accounts.add("bo", SECRET)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: accounts.log_in("bo", "wrong"), range(20)))

    assert sum(answer == Refusal() for answer in answers) == FREE_FAILURES


def test_an_unknown_name_takes_a_verification_as_a_known_one_does(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
):
    accounts.add("bo", SECRET)
    verified = []
    verify = accounts._verify
    monkeypatch.setattr(accounts, "_verify", lambda *of: verified.append(of[0]) or verify(*of))

    accounts.log_in("bo", "wrong")
    accounts.log_in("nobody", "wrong")
    accounts.log_in("no/name", "wrong")

    known, *unknown = [hashed.rpartition("$")[0].rpartition("$")[0] for hashed in verified]
    assert unknown == [known, known]


def test_a_hash_of_older_parameters_is_renewed_at_a_login(tmp_path: Path):
    settings = Settings(home=tmp_path)
    Accounts(settings, QUICK).add("bo", SECRET)
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)

    login = Accounts(settings, stronger).log_in("bo", SECRET)

    assert isinstance(login, Login)
    assert b"m=16,t=2" in b"".join(file.read_bytes() for file in tmp_path.glob("users.db*"))
    assert Accounts(settings, stronger).stands("bo", login.key)
    assert isinstance(Accounts(settings, QUICK).log_in("bo", SECRET), Login)


def test_hashes_are_argon2id_and_neither_they_nor_passwords_show(tmp_path: Path):
    accounts = Accounts(Settings(home=tmp_path))
    accounts.add("bo", SECRET)
    login = accounts.log_in("bo", SECRET)

    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"$argon2id$v=19$m=65536,t=3,p=4$" in kept
    assert SECRET.encode() not in kept
    shown = repr((login, accounts.all(), accounts))
    assert "argon2id" not in shown
    assert SECRET not in shown


def test_an_error_of_the_database_tells_no_hash(accounts: Accounts):
    with accounts._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE accounts")

    with pytest.raises(Exception, match="accounts") as caught:
        accounts.add("bo", SECRET)
    assert "argon2" not in str(caught.value)


def test_whom_a_provider_vouches_for_gets_an_account(accounts: Accounts):
    first = accounts.admit("Bo@x.org", "google")
    again = accounts.admit("bo@x.org", "google")

    assert first == again
    assert isinstance(first, Login)
    assert [(one.name, one.login) for one in accounts.all()] == [("bo@x.org", "google")]
    accounts.remove("bo@x.org")
    assert not accounts.stands(first.name, first.key)


def test_a_provider_opens_no_account_of_another_kind(accounts: Accounts):
    accounts.add("bo@x.org", SECRET)
    accounts.admit("al@x.org", "google")

    assert accounts.admit("bo@x.org", "google") == Refusal()
    assert accounts.admit("al@x.org", "github") == Refusal()
    assert accounts.admit("local", "google") == Refusal()
    assert accounts.admit("../al", "google") == Refusal()


def test_who_has_no_password_logs_in_with_none(accounts: Accounts):
    accounts.admit("bo@x.org", "google")

    assert accounts.log_in("bo@x.org", "") == Refusal()
    with pytest.raises(InputError, match=r"no user bo@x\.org with a password"):
        accounts.change_password("bo@x.org", SECRET)


def test_an_account_of_the_time_of_administrators_stays(state_settings: Settings):
    Accounts(state_settings, QUICK).add("bo", SECRET)
    engine = create_engine(database_url(state_settings, "users"))
    with engine.begin() as connection:
        for statement in (
            "ALTER TABLE accounts ADD COLUMN is_admin BOOLEAN NOT NULL DEFAULT false",
            "UPDATE schema_versions SET version = 1 WHERE name = 'users'",
        ):
            connection.execute(text(statement))

    accounts = Accounts(state_settings, QUICK)

    assert isinstance(accounts.log_in("bo", SECRET), Login)
    assert "is_admin" not in [one["name"] for one in inspect(engine).get_columns("accounts")]
    engine.dispose()
