"""Whose document an address shows: for everyone else it is as if there were none."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.security import asking
from tests.assistant.desk import Desk


@contextlib.contextmanager
def asked_by(user: str) -> Iterator[None]:
    before = asking.set(user)
    yield
    asking.reset(before)


@pytest.mark.parametrize("name", ["diary.txt", "letter.txt"])
@pytest.mark.parametrize("path", ["", "/page/1.png", "/file"])
def test_what_a_user_was_given_a_link_to_opens_to_nobody_else(
    desk: Desk, name: str, path: str
) -> None:
    with asked_by("bo"):
        key = desk.key(name)
    address = f"/source/{desk.document_id(name)}{path}?key={key}"
    with asked_by("al"):
        refused = desk.get(address)
        assert refused.status_code == 404
        assert refused.text == desk.get(f"/source/99999{path}?key={key}").text
    with asked_by("bo"):
        assert desk.get(address).text != refused.text


def test_a_link_to_a_shared_document_opens_to_everyone(desk: Desk) -> None:
    with asked_by("bo"):
        address = desk.cite("bees.html", "Bees make honey")
    with asked_by("al"):
        assert desk.get(address).status_code == 200


def test_a_passage_of_another_kind_with_the_id_of_one_has_no_link(desk: Desk) -> None:
    passage = desk.passage("bees.html", "Bees make honey")
    assert desk.links.cited(replace(passage, collection="memory"), []) is None
