"""A real chat with two users, over HTTP and the websocket: each sees what is theirs, no more."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import jwt
import pytest
import socketio

from assistant.accounts import Accounts
from assistant.security import SourceKeys
from assistant.settings import IngestSettings, Settings
from ingest.embedder import MiniLMEmbedder
from ingest.pipeline import Ingest
from ingest.store import PassageStore
from tests.assistant.oauth_provider import OAuthProvider, oauth_provider
from tests.assistant.visitor import Visitor
from tests.e2e.conftest import running

pytestmark = pytest.mark.slow

SECRETS = {"al": "correct horse", "bo": "battery staple", "cy": "hunter22 and more"}
LETTERS = {
    "al": "The combination of Al's garden gate is forty-seven eleven.",
    "bo": "The name of Bo's sailing boat is Windflower.",
}
ALLOWED = '["eve@one.example", "two.example"]'
GATE = "What is the combination of Al's garden gate?"


@pytest.fixture(scope="module")
def provider() -> Iterator[OAuthProvider]:
    with oauth_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, embedder: MiniLMEmbedder, provider: OAuthProvider
) -> Iterator[str]:
    home = tmp_path_factory.mktemp("users")
    accounts = Accounts(Settings(home=home))
    for name, secret in SECRETS.items():
        accounts.add(name, secret)
    store = PassageStore(home / "index")
    for name, text in LETTERS.items():
        (home / f"{name}.txt").write_text(text)
        Ingest(store, embedder, IngestSettings()).run(
            [str(home / f"{name}.txt")], collection=f"user-{name}"
        )
    store.close()
    variables = {"ASSISTANT_AUTH": "password", "ASSISTANT_OAUTH_ALLOWED": ALLOWED}
    with running("chat", home, **variables, **provider.variables) as address:
        yield address
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def accounts(served: str, tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    return Accounts(Settings(home=home_of(tmp_path_factory)))


def home_of(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return next(tmp_path_factory.getbasetemp().glob("users*"))


def visitor(served: str, name: str) -> Visitor:
    one = Visitor(served)
    assert one.log_in(name, SECRETS[name]).status_code == 200
    return one


@pytest.fixture(scope="module")
def al(served: str) -> Visitor:
    return visitor(served, "al")


@pytest.fixture(scope="module")
def bo(served: str) -> Visitor:
    return visitor(served, "bo")


@pytest.fixture(scope="module")
def asked(al: Visitor) -> tuple[str, str, str]:
    """What Al has: the chat's id, a link to a source, and the session, which stays open."""
    with al.chat() as chat:
        answer = chat.ask(GATE)
        assert "forty-seven eleven" in answer
        return chat.thread, chat.links[0], chat.session


def same(first: httpx.Response, second: httpx.Response) -> bool:
    return (first.status_code, first.text) == (second.status_code, second.text)


@pytest.mark.parametrize(
    "path",
    [
        *("/source/1", "/source/1/page/1.png", "/source/1/file", "/chats/1/export.md"),
        *("/chats/1/files/1", "/project/thread/1", "/project/share/1", "/project/file/1"),
        *("/project/settings", "/anything", "/ws/socket.io/?EIO=4&transport=polling"),
    ],
)
def test_without_a_login_there_is_nothing(served: str, path: str) -> None:
    assert Visitor(served).http.get(path).status_code == 401


def test_without_a_login_there_is_no_chat(served: str) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError), Visitor(served).chat():
        pass


@pytest.mark.parametrize("path", ["/", "/login", "/auth/config", "/project/translations"])
def test_the_login_page_needs_no_login(served: str, path: str) -> None:
    assert Visitor(served).http.get(path).status_code == 200


def test_a_login_page_that_is_not_ours_cannot_log_in(served: str) -> None:
    one = Visitor(served)
    one.http.headers["origin"] = "https://evil.example"
    assert one.log_in("al", SECRETS["al"]).status_code == 403
    one.http.headers.update({"origin": served, "host": "evil.example"})
    assert one.log_in("al", SECRETS["al"]).status_code == 400


def test_a_wrong_password_and_a_name_that_is_not_there_are_answered_alike(served: str) -> None:
    wrong, unknown = (Visitor(served).log_in(name, "wrong") for name in ("al", "nobody"))
    assert wrong.json() == {"detail": "credentialsSignin"}
    assert same(wrong, unknown)


def test_the_wait_is_told_on_the_login_page_in_words(served: str) -> None:
    answers = [Visitor(served).log_in("di", "wrong").json()["detail"] for _ in range(6)]
    assert answers == ["credentialsSignin"] * 5 + ["waitOne"]
    for language in ("en-US", "fr-FR", "xx"):
        words = httpx.get(f"{served}/project/translations", params={"language": language}).json()
        said = words["translation"]["auth"]["login"]["errors"]["waitOne"]
        assert "try again in a minute" in said


def test_a_cookie_is_for_the_server_alone_and_over_https_never_sent_without(served: str) -> None:
    plain = Visitor(served).log_in("al", SECRETS["al"]).headers["set-cookie"].lower()
    assert "httponly" in plain
    assert "samesite=lax" in plain
    over_https = Visitor(served)
    over_https.http.headers["x-forwarded-proto"] = "https"
    assert "; secure" in over_https.log_in("al", SECRETS["al"]).headers["set-cookie"].lower()
    assert "; secure" not in plain


def test_a_private_document_answers_its_user_alone(asked: tuple[str, ...], bo: Visitor) -> None:
    with bo.chat() as chat:
        answer = chat.ask(GATE)
    assert "forty-seven" not in str(chat.events)
    assert answer


def test_a_link_that_al_was_given_opens_to_al_alone(
    served: str, asked: tuple[str, ...], al: Visitor, bo: Visitor
) -> None:
    _, link, _ = asked
    assert "forty-seven" in al.http.get(link).text
    assert same(bo.http.get(link), bo.http.get(link.replace("/source/", "/source/9999")))
    assert bo.http.get(link).status_code == 404
    assert Visitor(served).http.get(link).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/project/thread/{}", None),
        ("GET", "/project/thread/{}/element/1", None),
        ("GET", "/project/share/{}", None),
        ("PUT", "/project/thread", {"threadId": "{}", "name": "mine"}),
        ("PUT", "/project/thread/share", {"threadId": "{}", "isShared": True}),
        ("DELETE", "/project/thread", {"threadId": "{}"}),
        ("GET", "/chats/{}/export.md", None),
        ("GET", "/chats/{}/files/1", None),
    ],
)
def test_another_s_chat_is_as_one_that_does_not_exist(
    asked: tuple[str, ...], al: Visitor, bo: Visitor, method: str, path: str, body: dict | None
) -> None:
    thread, _, _ = asked

    def send(to: str) -> httpx.Response:
        filled = {key: to if value == "{}" else value for key, value in (body or {}).items()}
        return bo.http.request(method, path.format(to), json=filled or None)

    assert send(thread).status_code == 404
    assert same(send(thread), send(str(uuid4())))
    kept = al.http.get(f"/project/thread/{thread}").json()
    assert GATE in str(kept)
    assert "mine" not in str(kept.get("name"))


def test_a_chat_is_listed_to_its_user_alone(
    asked: tuple[str, ...], al: Visitor, bo: Visitor
) -> None:
    listing = {"pagination": {"first": 50}, "filter": {"userId": "al", "search": ""}}
    assert asked[0] in al.http.post("/project/threads", json=listing).text
    assert asked[0] not in bo.http.post("/project/threads", json=listing).text


@pytest.mark.parametrize("of_al", [True, False])
def test_a_chat_that_is_taken_up_by_another_tells_nothing(
    asked: tuple[str, ...], bo: Visitor, of_al: bool
) -> None:
    with bo.chat(thread=asked[0] if of_al else str(uuid4())) as chat:
        assert chat.wait_for("resume_thread_error") == "Thread not found."
    assert "gate" not in str(chat.events)


def test_a_session_of_another_takes_nothing_and_gives_nothing(
    served: str, al: Visitor, bo: Visitor
) -> None:
    with al.chat() as chat:
        chat.wait_for("set_commands")
        answers = []
        for session in (chat.session, str(uuid4())):
            file = {"file": ("a.txt", b"hello", "text/plain")}
            action = {"name": "rate", "payload": {}, "label": "", "id": "1", "forId": "1"}
            answers.append(
                [
                    bo.http.post("/project/file", params={"session_id": session}, files=file),
                    bo.http.get("/project/file/1", params={"session_id": session}),
                    bo.http.post("/project/action", json={"sessionId": session, "action": action}),
                ]
            )
        for taken, unknown in zip(*answers, strict=True):
            assert taken.status_code == 404
            assert same(taken, unknown)
        with pytest.raises(socketio.exceptions.ConnectionError), bo.chat(session=chat.session):
            pass


def forged(token: str, **changed: object) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False}) | changed


@pytest.mark.parametrize("way", ["another key", "no signature", "an old key", "local"])
def test_a_forged_login_is_none(
    served: str, bo: Visitor, tmp_path_factory: pytest.TempPathFactory, way: str
) -> None:
    token = bo.http.cookies["access_token"]
    key = SourceKeys(home_of(tmp_path_factory) / "secret.key").login_secret()
    made = {
        "another key": lambda: jwt.encode(forged(token, identifier="al"), "x" * 64, "HS256"),
        "no signature": lambda: jwt.encode(forged(token, identifier="al"), None, "none"),
        "an old key": lambda: jwt.encode(forged(token, identifier="al"), key, "HS256"),
        "local": lambda: jwt.encode(forged(token, identifier="local", metadata={}), key, "HS256"),
    }[way]()
    one = Visitor(served)
    for carrier in ({"cookie": f"access_token={made}"}, {"authorization": f"Bearer {made}"}):
        assert one.http.get("/user", headers=carrier).status_code == 401
        assert one.http.get("/project/settings", headers=carrier).status_code == 401
    one.http.cookies["access_token"] = made
    with pytest.raises(socketio.exceptions.ConnectionError), one.chat():
        pass


def test_a_login_that_has_become_too_old_is_none(
    served: str, bo: Visitor, tmp_path_factory: pytest.TempPathFactory
) -> None:
    token = bo.http.cookies["access_token"]
    key = SourceKeys(home_of(tmp_path_factory) / "secret.key").login_secret()
    metadata = forged(token)["metadata"]
    week = 7 * 86_400
    old = forged(token, metadata={**metadata, "since": metadata["since"] - week - 60})
    one = Visitor(served)
    one.http.cookies["access_token"] = jwt.encode(old, key, "HS256")
    assert one.http.get("/user").status_code == 401
    one.http.cookies["access_token"] = jwt.encode(forged(token), key, "HS256")
    assert one.http.get("/user").status_code == 200


def test_another_password_ends_a_login_also_in_a_chat_that_is_open(
    served: str, accounts: Accounts
) -> None:
    cy = visitor(served, "cy")
    with cy.chat() as chat:
        chat.wait_for("set_commands")
        accounts.change_password("cy", "another secret")
        chat.say("Are you still there?")
        chat.wait_for("disconnect")
        assert "still there" not in str(chat.events)
    assert cy.http.get("/user").status_code == 401
    accounts.remove("cy")
    assert cy.log_in("cy", "another secret").status_code == 401


def by_oauth(served: str, provider: OAuthProvider, **person: object) -> tuple[Visitor, str]:
    """Someone who comes back from a provider, and where the page then leads."""
    provider.person = person
    one = Visitor(served)
    asked = one.http.get("/auth/oauth/generic").headers["location"]
    (state,) = parse_qs(urlsplit(asked).query)["state"]
    answer = one.http.get("/auth/oauth/generic/callback", params={"code": "x", "state": state})
    return one, answer.headers["location"]


@pytest.mark.parametrize("address", ["Eve@one.example", "anyone@two.example"])
def test_whom_the_list_names_logs_in_by_oauth(
    served: str, provider: OAuthProvider, accounts: Accounts, address: str
) -> None:
    one, place = by_oauth(served, provider, email=address, email_verified=True)
    assert place.startswith("/login/callback?success=True")
    assert one.http.get("/user").json()["identifier"] == address.lower()
    accounts.remove(address)
    assert one.http.get("/user").status_code == 401


@pytest.mark.parametrize(
    "person",
    [
        {"email": "bo@one.example"},
        {"email": "eve@one.example.evil.example"},
        {"email": "eve@two.example@evil.example"},
        {"email": "eve@one.example", "email_verified": False},
        {"email": "eve@one.example", "email_verified": "false"},
        {"email": "two.example"},
        {"email": "local"},
        {"email": "../eve@two.example"},
        {"email": None},
    ],
)
def test_whom_the_list_does_not_name_is_refused_in_words(
    served: str, provider: OAuthProvider, person: dict[str, object]
) -> None:
    one, place = by_oauth(served, provider, **person)
    assert place.endswith("/login?error=oauthSignin")
    assert one.http.get("/user").status_code == 401
    words = one.http.get("/project/translations").json()["translation"]
    assert "ASSISTANT_OAUTH_ALLOWED" in words["auth"]["login"]["errors"]["oauthSignin"]


def test_a_name_with_a_password_is_not_opened_by_oauth(
    served: str, provider: OAuthProvider, accounts: Accounts
) -> None:
    accounts.add("pat@two.example", "pat's own secret")
    one, place = by_oauth(served, provider, email="pat@two.example")
    assert place.endswith("/login?error=oauthSignin")
    assert one.http.get("/user").status_code == 401


def test_a_thumb_on_another_s_answer_is_as_one_on_none(
    asked: tuple[str, ...], al: Visitor, bo: Visitor
) -> None:
    thread = al.http.get(f"/project/thread/{asked[0]}").json()
    (run,) = [step["id"] for step in thread["steps"] if step["name"] == "on_message"]

    def rate(who: Visitor, target: str) -> httpx.Response:
        feedback = {"forId": target, "value": 0, "comment": "by bo", "threadId": asked[0]}
        return who.http.put("/feedback", json={"feedback": feedback, "sessionId": asked[2]})

    assert rate(bo, run).status_code == 404
    assert same(rate(bo, run), rate(bo, str(uuid4())))
    assert "by bo" not in al.http.get(f"/project/thread/{asked[0]}").text


def test_what_was_typed_at_a_login_is_in_no_log(
    served: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    Visitor(served).log_in("al", "a mistyped secret")
    log = (home_of(tmp_path_factory) / "chat.log").read_text()
    said = [secret for secret in (*SECRETS.values(), "a mistyped", "argon2") if secret in log]
    assert said == []
