import pytest

from plugins.memory.secret_texts import secret_in


@pytest.mark.parametrize(
    "text",
    [
        "my password is hunter2",
        "The PIN of my card is 4821",
        "pin: 0000",
        "the door code is 4711",
        "4111 1111 1111 1111 is the card",
        "DE89 3704 0044 0532 0130 00",
        "send it to GB82WEST12345698765432 please",
        "sk-proj-abcdefghijklmnop1234",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN RSA PRIVATE KEY-----",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        "postgresql://me:hush@host/db",
        "my ssn is 078-05-1120",
        "my passport number is X1234567",
        "My API key: 9f8a7b6c5d4e",
    ],
)
def test_a_secret_is_recognised(text: str) -> None:
    assert secret_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "My dog is called Rex",
        "I forgot my password",
        "My password manager is Bitwarden",
        "My phone number is 555 0192",
        "My order number is 4111 1111 1111 1112",
        "I was born on 1990-05-12",
        "My flight is BA117 at 9:40",
    ],
)
def test_what_is_no_secret_is_none(text: str) -> None:
    assert secret_in(text) == ""
