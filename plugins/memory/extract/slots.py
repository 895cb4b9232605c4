"""Names of slots: one for all the ways to say the same thing."""

import re

SAME = {
    "mum": "mother", "mom": "mother", "mam": "mother", "mama": "mother", "dad": "father",
    "papa": "father", "grandma": "grandmother", "granny": "grandmother", "nan": "grandmother",
    "nana": "grandmother", "grandpa": "grandfather", "granddad": "grandfather", "auntie": "aunt",
    "spouse": "partner", "fiance": "partner", "fiancé": "partner", "fiancée": "partner",
    "neighbor": "neighbour", "co-worker": "colleague", "coworker": "colleague",
    "teammate": "colleague", "puppy": "dog", "kitten": "cat", "bunny": "rabbit",
    "kids": "child", "kid": "child", "children": "child", "puppies": "dog", "flatmate": "roommate",
    "housemate": "roommate", "supervisor": "boss", "manager": "boss", "labrador": "dog",
    "beagle": "dog", "poodle": "dog", "terrier": "dog", "retriever": "dog", "dachshund": "dog",
    "husky": "dog", "collie": "dog", "spaniel": "dog", "corgi": "dog", "movie": "film",
    "movies": "film", "color": "colour", "job": "role", "meal": "food", "dish": "food",
    "sports": "sport", "bday": "birthday", "telephone": "phone", "mobile": "phone",
    "vehicle": "car", "automobile": "car", "mail": "email", "e-mail": "email", "mate": "friend",
    "wives": "wife", "songs": "song",
}  # fmt: skip
"""Words that name the same slot."""
FILLER = frozenset(
    "the a an my our of for new current old own on in to and main now project with at about by".split()
)
KEEP_S = frozenset("boss class address business news bus glass process status tennis".split())
WORD = re.compile(r"[\w-]+(?='s)|[\w-]+")


def stem(word: str) -> str:
    """A word in the form that slots and questions share."""
    word = SAME.get(word.lower(), word.lower())
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith("ss") and word not in KEEP_S and len(word) > 3:
        word = word[:-1]
    return SAME.get(word, word)


def slot_name(words: str) -> str:
    """The name of a slot for what a person calls a thing: "project Apollo's deadline"."""
    found = [word for word in WORD.findall(words.lower().replace("’", "'")) if word != "s"]
    kept = {stem(word) for word in found if word not in FILLER}
    return " ".join(sorted(kept or {stem(word) for word in found}))
