"""The SMS Spam Collection v.1, fetched from its public home.

5,574 English text messages, 747 of them spam (Almeida, Gómez Hidalgo and Yamakami 2011,
"Contributions to the Study of SMS Spam Filtering"; UCI Machine Learning Repository, data set 228;
CC BY 4.0). A line is a label, a tab, a message:

    ham	Ok lar... Joking wif u oni...
"""

import hashlib
import io
import zipfile
from pathlib import Path

from assistant.errors import DocumentError, InputError
from ingest.web.client import WebClient

NAME = "sms-spam"
ADDRESS = "https://archive.ics.uci.edu/static/public/228/sms+spam+collection.zip"
MEMBER = "SMSSpamCollection"
SHA256 = "7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d"
"""Of the file of messages."""
MAX_BYTES = 5_000_000
TIMEOUT_SECONDS = 30.0
OK = 200


def sms_spam(folder: Path, address: str = ADDRESS, allow_private: bool = False) -> Path:
    """The file of the collection, fetched the first time.

    Args:
        folder: Where it is kept, and where a person may put it.
        address: Of the ZIP archive that holds it.
        allow_private: Whether that may lie on this machine or its own network.

    Raises:
        InputError: It cannot be fetched, or is not the collection.
    """
    file = folder / f"{NAME}.tsv"
    if not file.exists():
        content = _fetched(address, allow_private, file)
        _check(content, address)
        folder.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".part")
        partial.write_bytes(content)
        partial.replace(file)
    _check(file.read_bytes(), str(file))
    return file


def _fetched(address: str, allow_private: bool, file: Path) -> bytes:
    client = WebClient(allow_private, MAX_BYTES, TIMEOUT_SECONDS)
    try:
        response = client.get(address)
        if response.status != OK:
            raise InputError(_advice(f"{address} answered {response.status}", file))
        with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
            if archive.getinfo(MEMBER).file_size > MAX_BYTES:
                raise InputError(_advice(f"{MEMBER} in {address} is too large", file))
            return archive.read(MEMBER)
    except (DocumentError, zipfile.BadZipFile, KeyError) as error:
        raise InputError(_advice(str(error).rstrip("."), file)) from error


def _advice(reason: str, file: Path) -> str:
    return (
        f"The SMS Spam Collection could not be fetched ({reason}): download {ADDRESS} where there "
        f"is a network, unpack {MEMBER} from it and put it at {file}."
    )


def _check(content: bytes, place: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        raise InputError(
            f"{place} is not the SMS Spam Collection: its SHA-256 must be {SHA256}, got {found}. "
            "Delete it to fetch it again, or give the file to --data by its path."
        )
