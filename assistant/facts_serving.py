"""The addresses of the memory panel: each shows and changes the facts of who is asking, no more."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from assistant.chats.store import Chats
from assistant.errors import InputError
from assistant.facts_page import ADDRESS, Draft, FactsView, view_facts
from assistant.security import CSP, asking
from assistant.user_facts import KnownFact, UserFacts

Done = tuple[int, FactsView]
"""The status of an answer, and what it shows."""

FACTS_PER_PAGE = 50
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
GONE = (
    "This memory has been changed or deleted meanwhile, so nothing was done: the list shows what "
    "holds now."
)
NOT_THERE = "This memory is gone: it was deleted. The list shows what is left."
ELSEWHERE = "Changes are made on the page of the assistant alone: open the memory there."


class FactsPages:
    """The routes; whose facts they are about is who is asking.

    Args:
        facts: What is known of the users.
        chats: The conversations in which it was said.
    """

    def __init__(self, facts: UserFacts, chats: Chats) -> None:
        self._facts = facts
        self._chats = chats

    def routes(self) -> list[Route]:
        """The panel, its version, what it saves, and what its forms do."""
        return [
            Route(ADDRESS, self._show),
            Route(f"{ADDRESS}/version", self._version),
            Route(f"{ADDRESS}/export.json", self._export),
            self._changing("/delete-all", self._delete_all),
            self._changing("/{fact}/edit", self._edit),
            self._changing("/{fact}/delete", self._delete),
        ]

    async def _show(self, request: Request) -> Response:
        return _page(200, await asyncio.to_thread(self._asked, request))

    async def _version(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's form
        version = await asyncio.to_thread(self._facts.version, asking.get())
        return PlainTextResponse(str(version), headers={"cache-control": "no-store"})

    async def _export(self, request: Request) -> Response:  # noqa: ARG002
        return Response(
            await asyncio.to_thread(self._facts.export, asking.get()),
            media_type="application/json",
            headers={
                "content-disposition": 'attachment; filename="memories.json"',
                "cache-control": "no-store",
            },
        )

    def _changing(self, path: str, change: Callable[[Request, str], Done]) -> Route:
        """A route for a form, which only a page of the assistant may send."""

        async def endpoint(request: Request) -> Response:
            if urlsplit(request.headers.get("origin", "")).netloc != request.headers.get("host"):
                return PlainTextResponse(ELSEWHERE, 403)
            form = parse_qs((await request.body()).decode(errors="replace"))
            text = form.get("text", [""])[0].replace("\0", "")
            return _page(*await asyncio.to_thread(change, request, text))

        return Route(f"{ADDRESS}{path}", endpoint, methods=["POST"])

    def _edit(self, request: Request, text: str) -> Done:
        fact = request.path_params["fact"]
        if not self._is_known(fact):
            return self._gone(request)
        try:
            changed = self._facts.edit(asking.get(), fact, text)
        except InputError as error:
            shown = self._asked(request)
            draft = Draft(fact, text)
            return 400, replace(shown, note=str(error), is_refusal=True, draft=draft)
        note = f"Changed to “{' '.join(text.split())}”."
        return 200, replace(self._asked(request), note=note, marked=changed)

    def _delete(self, request: Request, text: str) -> Done:  # noqa: ARG002 - as all changes
        fact = request.path_params["fact"]
        if not (self._is_known(fact) and self._facts.remove(asking.get(), [fact])):
            return self._gone(request)
        return 200, replace(self._asked(request), note="Deleted for good.")

    def _delete_all(self, request: Request, text: str) -> Done:  # noqa: ARG002
        user = asking.get()
        n_removed = self._facts.remove(user, [fact.id for fact in self._facts.known(user)])
        return 200, replace(self._asked(request), note=f"Deleted for good: {n_removed:,}.")

    def _is_known(self, fact: str) -> bool:
        return any(one.id == fact for one in self._facts.known(asking.get()))

    def _gone(self, request: Request) -> Done:
        return 404, replace(self._asked(request), note=GONE, is_refusal=True)

    def _asked(self, request: Request) -> FactsView:
        """What an address asks to be shown."""
        user, asked = asking.get(), request.query_params
        version = self._facts.version(user)  # first: what is written meanwhile is shown by the next
        known = self._facts.known(user)
        query, only = asked.get("q", "").strip(), asked.get("fact", "")
        if only:
            found = [one for one in known if only in (one.id, *(old.id for old in one.older))]
        else:
            found = [one for one in known if _has(one, query)]
        is_gone = bool(only) and not found
        found = known if is_gone else found
        n_pages = max(1, -(-len(found) // FACTS_PER_PAGE))
        page = min(_page_number(asked.get("page", "")), n_pages)
        shown = tuple(found[(page - 1) * FACTS_PER_PAGE : page * FACTS_PER_PAGE])
        return FactsView(
            facts=shown,
            chats=self._chats.names(user, _sessions(shown)),
            n_facts=len(known),
            n_found=len(found),
            version=version,
            query=query,
            page=page,
            n_pages=n_pages,
            marked=shown[0].id if only and not is_gone else "",
            is_one=bool(only) and not is_gone,
            note=NOT_THERE if is_gone else "",
            is_refusal=is_gone,
        )


def _has(fact: KnownFact, query: str) -> bool:
    """Whether all words of a search stand in a fact."""
    said = f"{fact.text} {fact.source_text} {fact.subject}".casefold()
    return all(word in said for word in query.casefold().split())


def _sessions(facts: Sequence[KnownFact]) -> list[str]:
    every = {one.session for fact in facts for one in (fact, *fact.older)}
    return sorted(every - {""})


def _page_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 10 else 1


def _page(status: int, view: FactsView) -> Response:
    headers = {
        CSP.decode(): POLICY,
        "cache-control": "no-store",
        "referrer-policy": "same-origin",  # under "no-referrer" a form names no origin
    }
    return HTMLResponse(view_facts(view), status, headers)
