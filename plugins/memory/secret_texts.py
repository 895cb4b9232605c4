"""Recognises what must not be kept: keys, passwords, card and account numbers, national ids."""

import re
from collections.abc import Callable

NAMED = re.compile(
    r"\b(?P<name>pass ?words?|pass ?phrases?|pass ?codes?|pin(?: ?code| number)?s?|pwd|"
    r"(?:api|access|secret|private|encryption|license|licence|recovery|ssh|wifi|network|security)[ _-]?"
    r"(?:key|token|code|phrase|password)s?|(?:bearer |auth |refresh )?tokens?|secret|cvv|cvc|"
    r"(?:seed|recovery|backup|one[- ]time|verification|door|gate|alarm|entry|safe|lock|unlock|"
    r"login|log-in|two-factor|2fa|authentication|security|burglar alarm|voicemail|sim)[ -](?:phrase|codes?|combination|pins?)|"
    r"combination|otp|credentials|login|"
    r"social security(?: number)?|ssn|national insurance(?: number)?|ni number|nino|passport(?: number| no)|"
    r"(?:tax|national|identity)[ -](?:id|number|card)(?: number)?|id (?:card )?number|personal number|"
    r"driver'?s licen[cs]e(?: number)?|driving licen[cs]e number|account number|sort code|routing number|iban|bank details|"
    r"(?:credit|debit|bank|visa|master)[ -]?card(?: number)?|card number|security number)\b"
    r"(?! manager)(?P<between>[^.!?\n]{0,40}?)(?:\bis\b|\bare\b|'s\b|[:=]|\b(?:changed|set|reset) to\b|\bsays\b)\s*[\"'`“]?(?P<value>\S+)",
    re.IGNORECASE,
)
BARE = re.compile(r"\b(?:pin|otp|cvv|cvc|password|passcode)\b[\s:#]*(?P<value>\d{3,8}|(?=\S*\d)(?=\S*[a-zA-Z])\S{6,})", re.IGNORECASE)  # fmt: skip
NOUN = (
    r"(?:pass ?words?|passwd|pw|pwd|pass ?phrases?|pass ?codes?|pin|key ?(?:box|safe|pad)|alarm|safe|locker|padlock|vault|cvc|cvv|otp|combo|combination|ssn|social(?: security)?|passport|"
    r"(?<!zip )(?<!post )(?<!postal )(?<!area )(?<!error )(?<!discount )(?<!country )(?<!voucher )(?<!qr )codes?|"
    r"iban|(?:credit |debit |bank )?card|account(?: number| no)|tokens?|(?:api|secret|access|private|recovery) keys?|seed|mnemonic|"
    r"(?:wallet|seed|recovery|secret) (?:phrase|words)|login|credentials|licen[cs]e (?:number|no)|(?:tax|national|personal) (?:id|number))"
)
NEARBY = re.compile(
    rf"\b{NOUN}\b[^.!?\n]{{0,60}}?(?P<value>(?<!\w)(?!(?:19|20)\d\d\b)(?!\d{{1,2}}[:.]\d\d\b)(?:(?=(?:\S*\d){{3}})[\w#*/+-]{{3,}}|\d(?: \d){{2,}}))",
    re.IGNORECASE,
)
"""A word for a secret, and figures behind it."""
SPOKEN = re.compile(
    r"\b(?:pw|pwd|passwd)\b[\s:=]+(?P<value>\S{5,})|\b(?:phrase|passphrase|seed|mnemonic|words)\b[^.!?\n]{0,20}?:\s*(?:\w+[ ,]+){3}",
    re.IGNORECASE,
)
NO_VALUE = frozenset(
    "not no a an the in on at my to too very so forgotten lost wrong expired gone old weak strong "
    "secret safe stored written kept long short hard easy difficult be get reset change".split()
)
TOKEN = re.compile(
    r"\b(?:sk|pk|rk)[-_](?:live[-_]|test[-_]|proj[-_]|ant[-_])?[\w-]{12,}|\bgh[pousr]_\w{16,}|"
    r"\bgithub_pat_\w{16,}|\bglpat-[\w-]{12,}|\bAKIA[A-Z0-9]{12,}|\bASIA[A-Z0-9]{12,}|\bxox[abprs]-[\w-]{10,}|"
    r"\bAIza[\w-]{20,}|\bhf_\w{16,}|\beyJ[\w-]{8,}\.[\w-]+|\bBearer\s+[\w.-]{12,}|\bnpm_\w{20,}|"
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bssh-(?:rsa|ed25519)\s+\S{20,}|://[^\s/:@]+:[^\s/@]+@"
)
LONG = re.compile(r"\b(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-zA-Z])[\w+/=-]{24,}")
DIGITS = re.compile(r"\b\d(?:[ -]?\d){12,18}\b")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b", re.IGNORECASE)
NATIONAL = re.compile(r"\b\d{3}-\d{2}-\d{4}\b|\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b")
MOD_97 = 97


def secret_in(text: str) -> str:
    """What kind of secret a text seems to hold, in a few words; empty where there is none."""
    named = NAMED.search(text)
    if named and named["value"].lower().strip(".,!\"'") not in NO_VALUE:
        return f"a {named['name'].lower()}"
    if BARE.search(text) or NEARBY.search(text) or SPOKEN.search(text):
        return "a password or a PIN"
    return next((kind for kind, holds in KINDS.items() if holds(text)), "")


def _has_card(text: str) -> bool:
    return any(_is_luhn(re.sub(r"\D", "", match.group())) for match in DIGITS.finditer(text))


def _is_luhn(digits: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _has_iban(text: str) -> bool:
    return any(_is_iban(match.group().replace(" ", "")) for match in IBAN.finditer(text))


def _is_iban(text: str) -> bool:
    """Whether the check digits are right, also where words follow it (ISO 13616)."""
    return any(_remainder(text[:end]) == 1 for end in range(15, len(text) + 1))


def _remainder(text: str) -> int:
    turned = text[4:] + text[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % MOD_97


KINDS: dict[str, Callable[[str], bool]] = {
    "a key": lambda text: bool(TOKEN.search(text)),
    "a card number": _has_card,
    "an account number": _has_iban,
    "a national identity number": lambda text: bool(NATIONAL.search(text)),
    "a key or a token": lambda text: bool(LONG.search(text)),
}
