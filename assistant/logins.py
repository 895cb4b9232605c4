"""Logins on the chat page: Chainlit's callbacks, and whose login a request carries."""

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any

import chainlit as cl
from chainlit.auth import get_token_from_cookies
from chainlit.auth.jwt import decode_jwt
from chainlit.oauth_providers import get_configured_oauth_providers
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser

from assistant.accounts import Accounts, Login, Refusal
from assistant.errors import SettingsError
from assistant.schema import LOCAL_USER
from assistant.settings import Settings, oauth_clients
from assistant.wording import LOGIN_WAITS

log = logging.getLogger(__name__)

WRONG = "credentialsSignin"
"""Chainlit's word for a wrong name or password, which its page says in a sentence."""


class Logins:
    """Grants logins, and knows which of them stand.

    Args:
        settings: Say who may log in, and for how long.
        accounts: The users.

    Raises:
        SettingsError: An OAuth client is set without what belongs to it.
    """

    def __init__(self, settings: Settings, accounts: Accounts) -> None:
        self._accounts = accounts
        self._allowed = frozenset(one.lower().removeprefix("@") for one in settings.oauth_allowed)
        self._seconds = settings.login_hours * 3600
        self._has_passwords = settings.auth == "password"
        self._has_oauth = bool(get_configured_oauth_providers())
        if not self._has_oauth and (clients := oauth_clients()):
            raise SettingsError(
                f"{clients[0]} is set, and other variables that this OAuth provider needs are not: "
                "set its client secret too, or leave out the client.",
                clients[0],
            )

    @property
    def are_required(self) -> bool:
        """Whether the page is for those alone who have logged in."""
        return self._has_passwords or self._has_oauth

    def install(self) -> None:
        """Has Chainlit ask here who may log in."""
        cl.config.config.project.user_session_timeout = self._seconds
        if self._has_passwords:
            # Its decorator would swallow the refusal that says how long to wait.
            cl.config.config.code.password_auth_callback = self.check
        if self._has_oauth:
            cl.oauth_callback(self.admit)

    async def check(self, username: str, password: str) -> cl.User:
        """Logs in by a password.

        Raises:
            HTTPException: The name or the password is wrong, or the account waits.
        """
        answer = await asyncio.to_thread(self._accounts.log_in, username, password)
        if isinstance(answer, Refusal):
            raise HTTPException(401, _word_for(answer.wait_seconds))
        return _user(answer)

    async def admit(
        self,
        provider_id: str,
        token: str,  # noqa: ARG002 - Chainlit's form
        raw_user_data: dict[str, Any],
        default_app_user: cl.User,
        id_token: str | None = None,  # noqa: ARG002
    ) -> cl.User | None:
        """Logs in whom a provider vouches for, if ASSISTANT_OAUTH_ALLOWED names the address."""
        for address in vouched_addresses(provider_id, raw_user_data, default_app_user.identifier):
            if self._allowed & {address, address.rpartition("@")[2]}:
                answer = await asyncio.to_thread(self._accounts.admit, address, provider_id)
                if isinstance(answer, Login):
                    return _user(answer)
        log.warning(
            "A login by %s was refused: ASSISTANT_OAUTH_ALLOWED names neither the address nor its "
            "domain, or an account of another kind has that name.",
            provider_id,
        )
        return None

    async def user_of(self, cookies: str) -> str | None:
        """The user whose login a Cookie header carries; `None` where none stands."""
        token = get_token_from_cookies(cookie_parser(cookies))
        try:
            user = decode_jwt(token) if token else None
        except Exception:  # noqa: BLE001 - whatever is wrong with it, it is no login
            return None
        if user is None:
            return None
        if not self.are_required:
            return LOCAL_USER if user.identifier == LOCAL_USER else None
        key, since = str(user.metadata.get("key")), user.metadata.get("since", 0)
        if time.time() - since > self._seconds:
            return None
        stands = await asyncio.to_thread(self._accounts.stands, user.identifier, key)
        return user.identifier if stands else None


def vouched_addresses(provider: str, raw: Mapping[str, Any], identifier: str) -> Iterable[str]:
    """The e-mail addresses that a provider says are the person's own."""
    if provider == "github":  # its identifier is a name that anyone may choose
        emails = raw.get("emails", ())
        return [one["email"].lower() for one in emails if one.get("verified") is True]
    is_checked = (raw.get(name, True) for name in ("email_verified", "verified_email"))
    is_vouched = all(str(value).lower() == "true" for value in is_checked)
    return [identifier.lower()] if is_vouched and identifier and "@" in identifier else []


def _user(login: Login) -> cl.User:
    return cl.User(login.name, metadata={"key": login.key, "since": time.time()})


def _word_for(wait_seconds: float) -> str:
    """The page's word for a refusal, behind which a sentence stands."""
    if not wait_seconds:
        return WRONG
    return next(word for longest, word, _ in LOGIN_WAITS if wait_seconds <= longest)
