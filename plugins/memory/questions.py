"""Recognises questions about oneself, and what they ask for."""

import re
from dataclasses import dataclass

from ingest.words import STOP_WORDS
from plugins.memory.extract.clauses import ASKS
from plugins.memory.extract.people import PET, RELATIVE
from plugins.memory.extract.slots import WORD, slot_name, stem
from plugins.memory.extract.spelling import mended

LEAD = re.compile(
    r"(?:(?:so|and|but|ok|okay|hey|hi|hello|please|pls|also|now|well|quick question|remind me|tell me(?: again)?|"
    r"(?:can|could) you (?:tell|remind) me|do you (?:know|remember|recall)|(?:can|could) you (?:remember|recall)|what was it again|"
    r"by the way|btw|again|I (?:forgot|can't remember|don't remember)|any idea)[,:;!.\s-]+)+",
    re.IGNORECASE,
)
"""What people put in front of a question."""
BEGINS = re.compile(
    rf"{ASKS.pattern}|"
    r"(?:is|are|was|were|does|do|did|has|have|can|will|may|am) (?:\w+ )?\w+\b|(?:the )?names? of\b|"
    r"(?:if|whether|my|our|the name)\b",
    re.IGNORECASE,
)
"""How a question begins."""
LAST_SENTENCE = re.compile(r"(?<=[.!])\s+(?=\S)")
TELLS = re.compile(r"(?!(?:is|are|was|were|do|does|did|have|has|can|will|may|am) (?:I|my|we|our|you|there|it)\b)(?:my|our|the name|if|whether|is|are|was|were|does|do|did|has|have|can|will|may|am)\b", re.IGNORECASE)  # fmt: skip
"""How a question may begin that would be a statement without a mark or a word of asking."""
ASKED = re.compile(
    r"\?\s*$|\b(?:tell me|remind me|do you|can you|could you|I forgot)\b", re.IGNORECASE
)
ONESELF = re.compile(
    r"(?:language|how) (?:should|do|must) you answer\b|\b(?:I|me|my|mine|we|our|us|myself)\b|\bI'",
    re.IGNORECASE,
)
OF_DOCUMENTS = re.compile(
    r"\b(?:report|documents?|files?|page|manual|contract|agreement|handbook|policy|pdf|chapter|section|appendix|invoice|slides?|"
    r"spreadsheet|uploaded?|according to|article|passages?|specification|documentation|docs|annual|quarterly|lease|"
    r"this (?:message|text|mail|sms)|configure|install|ingest|command|setting|give me|show me|help me|explain|write me)\b",
    re.IGNORECASE,
)
"""What a question about documents or about the assistant says."""
HOW_TO = re.compile(
    r"(?:how|what|where|when|which|why)(?: \w+)? (?:can|should|could|would|may|must) (?:I|we)\b|^(?:can|could|should|may|must) I\b|"
    r"how (?:do (?:I|we)|to)\b|do I (?:need|have to|get)\b|what happens|what if\b|recommend",
    re.IGNORECASE,
)
"""What a question on how to do something says: it may still be about oneself."""

WHO = rf"(?P<who>(?:[\w'-]+ )?(?:{RELATIVE}|{PET}|children|kids))s?"
SLOTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"(?:what(?:'s| is| was)|do you know|remember)? ?my (?:full |first |last )?name\b|who am I\b|what am I called|what (?:should|do|will) you call me|what do (?:people|my friends) call me", ("name", "nickname", "call me")),
    (r"how old am I|(?:what(?:'s| is) )?my (?:current )?age\b|when did I turn", ("age", "birthday")),
    (r"my (?:birthday|birthdate|date of birth|dob)\b|when was I born|what day was I born|how old am I turning", ("birthday",)),
    (r"where (?:do|am|did) (?:I|we) (?:live|living|based|located|reside|stay|staying|move|currently live|now live|call home)|(?:which|what) (?:city|town|country|place|village|part of \w+) (?:do|am|did) (?:I|we) (?:live|living|based|move|call|reside|in)|my (?:home|home city|city|town|place of residence|current city|location|hometown)\b|where(?:'s| is) (?:my )?home|where I live|where am I$", ("home", "address", "origin/hometown")),
    (r"my (?:home |postal )?address\b", ("address", "home")),
    (r"where (?:am I|do I come) (?:originally )?from|where was I born|where did I grow up|where was I raised|(?:which|what) country am I from|my (?:home ?town|birthplace|origins?)\b", ("origin", "home")),
    (r"my nationality|what nationality", ("nationality", "origin")),
    (r"where (?:do|did) I (?:currently |now )?(?:work|working)|who do I work for|who(?:'s| is) my (?:current )?employer|(?:what|which) (?:company|firm|organi[sz]ation|hospital|school) (?:do|am) I (?:work|at|with|employed)|(?:what|which|who)(?:'s| is)? ?(?:the name of )?my (?:current )?(?:employer|company|workplace)|where I work|where am I (?:working|employed)|my employer", ("employer", "business", "role", "employment")),
    (r"what do I do(?: for (?:a living|work))?\s*\??$|(?:what(?:'s| is) )?my (?:current )?(?:job|profession|occupation|role|job title|line of work|career)\b|what am I by (?:trade|profession)|what kind of work do I|do I have a job", ("role", "employer", "business", "teaching", "employment", "field", "studies")),
    (r"what (?:do|did|am) I (?:study|studying|major)|my (?:major|studies|degree|field of study)", ("studies", "degree")),
    (r"(?:what|which) languages? (?:do|can) I|do I speak|how many languages", ("language", "native language")),
    (r"my (?:native|first|mother) (?:language|tongue)", ("native language", "language")),
    (r"(?:what|which \w+|anything) am I (?:allergic|intolerant)|am I allergic|my (?:\w+ )?allerg(?:y|ies)\b|do I have (?:any |an )?(?:\w+ )?allerg", ("allergy",)),
    (r"my diet\b|what (?:is|are) my dietary|dietary (?:needs|restrictions?|requirements?|preferences?)|am I (?:a )?(?:vegetarian|vegan|pescatarian)|do I eat (?:meat|fish)|(?:what|which) (?:kind of )?diet", ("diet", "allergy", "like")),
    (r"am I (?:married|single|engaged|divorced|in a relationship)|my (?:marital|family|relationship) status", ("family status", "wife", "husband", "partner", "girlfriend", "boyfriend")),
    (r"(?:what|which) (?:medication|medicine|pills|drugs) (?:do|am) I", ("medication",)),
    (r"(?:what|which) language (?:should|do|must) (?:you|I want you to) (?:answer|reply|use|speak|respond)", ("answer language",)),
    (r"(?:what(?:'s| is| are| was)?|who(?:'s| is)?|which|tell me|name) ?(?:\w+ )?(?:is )?my (?:all[- ]time )?favou?rite (?P<what>[\w' -]+?)(?: again| called)?\s*[?.!]*$", ("favourite/{what}",)),
    (r"(?:which|what) (?P<what>[\w' -]+?) (?:is|are) my favou?rites?|(?:which|what) (?P<what2>[\w' -]+?) do I (?:like|love|prefer|enjoy)(?: (?:best|most|the most))", ("favourite/{what}", "like", "prefer")),
    (rf"(?:what(?:'s| is| are| was|s)?|who(?:'s| is| are|s)?|tell me|remember|recall|do you know)? ?(?:the )?names? of (?:my|our) {WHO}\b|(?:what(?:'s| is| are| was|s)?|remember|know)? ?(?:my|our) {WHO.replace('who', 'who2')}'?s?'? (?:is |are )?(?:names?\b|called|named)|(?:who(?:'s| is| are|s)) (?:my|our) {WHO.replace('who', 'who3')}\s*[?.!]*$|what (?:do|did) (?:I|we) (?:call|name) (?:my|our) {WHO.replace('who', 'who4')}|how do you spell my {WHO.replace('who', 'who5')}'s name|which {WHO.replace('who', 'who6')} do I have", ("{who}/name", "{who}")),
    (rf"how old (?:is|are) (?:my|our) {WHO}|what(?:'s| is) my {WHO.replace('who', 'who2')}'s age", ("{who}/age",)),
    (rf"(?:do (?:I|we) (?:have|own)|have (?:I|we)(?: got)?) (?:an? |any )?{WHO}\b|how many {WHO.replace('who', 'who2')}(?:ren)? do (?:I|we) have", ("{who}",)),
    (r"(?:what|which) pets? do (?:I|we)|do (?:I|we) have (?:a |any )?pets?|my pets?\b", ("pet", "dog", "cat", "hamster", "rabbit", "parrot", "horse", "fish", "tortoise", "turtle", "bird", "goldfish", "guinea pig")),
    (r"(?:what are|do I have) (?:my |any )?hobbies|my hobby|what do I do (?:for fun|in my (?:free|spare) time|at (?:the )?weekends?)|(?:what|which) sports? do I", ("like", "hobby", "project")),
    (r"my pronouns", ("pronouns",)),
    (r"when(?:'s| is| are)? my (?P<what>[\w' -]+?)(?: (?:due|scheduled|planned|again))?\s*[?.!]*$", ("{what}", "{what} deadline")),
)  # fmt: skip
PARSED = tuple((re.compile(pattern, re.IGNORECASE), slots) for pattern, slots in SLOTS)
MINE = re.compile(r"\b(?:my|our) (?P<what>[\w'-]+(?: (?!is\b|are\b|was\b|called\b|again\b|at\b|on\b|in\b|to\b|start|end|from\b|of\b|due\b|have\b|has\b|like\b|for\b|with\b)[\w'-]+){0,3})", re.IGNORECASE)  # fmt: skip

SLOT_WORDS = {
    slot: frozenset(stem(word) for word in words.split())
    for slot, words in {
        "home": "live home city town place address reside based located living country move",
        "origin": "from born grow grew country hometown come originally",
        "name": "name called",
        "nickname": "name called call",
        "age": "old age year",
        "birthday": "birthday born date birth day celebrate",
        "employer": "work employer company job firm employed workplace",
        "role": "job work profession occupation living career do role",
        "like": "like love enjoy hobby fan taste favourite hate dislike fun",
        "prefer": "prefer preference like",
        "hobby": "hobby free spare time fun like enjoy",
        "allergy": "allergy allergic eat food avoid intolerance",
        "diet": "diet eat food meat vegetarian vegan dietary",
        "language": "language speak",
        "people": "name called",
        "decision": "decide decided decision agree agreed choose chose chosen use using pick settle",
        "plan": "plan planned going appointment date when day scheduled goal",
        "project": "project working work build building",
        "instruction": "answer reply want instruction told tell",
        "belonging": "have own bought",
        "family status": "married single status partner relationship",
        "studies": "study degree university subject major",
        "email": "address mail email",
        "phone": "number phone call",
        "deadline": "due date when deadline finish",
        "number phone": "phone number mobile telephone",
        "team": "team support club football",
    }.items()
}
"""The words that a slot or a kind is asked by, beside its own."""
CATEGORY = re.compile(
    r"(?:what|which)(?: (?:kind|sort|type) of)? (?!(?:is|are|was|were|did|do|does|am|have|had|'s)\b)[\w-]+(?: [\w-]+)??"
    r"(?= (?:do|did|am|was|are|is|have|were|will)\b)",
    re.IGNORECASE,
)
FORMS = {
    "deciding": "decide", "decided": "decide", "decision": "decide", "chose": "choose",
    "chosen": "choose", "agreed": "agree", "flying": "fly", "flight": "fly", "working": "work",
    "playing": "play", "learning": "learn", "living": "live", "lived": "live", "moved": "move",
    "moving": "move", "married": "marry", "marrying": "marry", "using": "use", "used": "use",
    "reading": "read", "studying": "study", "went": "go", "going": "go", "visiting": "visit",
    "travelling": "travel", "traveling": "travel", "training": "train", "driving": "drive",
    "bought": "buy", "grew": "grow", "switched": "switch", "running": "run", "writing": "write",
    "building": "build", "meeting": "meet", "collecting": "collect", "launching": "launch",
}  # fmt: skip
ASK_WORDS = frozenset(
    "tell told remember recall know said say mention mentioned again remind exactly currently please "
    "many kind type sort called call name thing called spell ever still now also".split()
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question about oneself.

    Attributes:
        slots: What it asks for, where that is clear: names of slots, the best one first.
        mine: What of theirs it asks about: "shoe size"; empty where it names nothing.
        words: Its words that carry meaning, as stems.
        required: Those of them that an answer must be about; not the kind of thing that is asked
            for: "subject" in "What subject do I teach?"
        is_own: Whether it is plainly about who asks it, and not about documents or how to do it.
    """

    slots: tuple[str, ...]
    mine: str
    words: tuple[str, ...]
    required: tuple[str, ...]
    is_own: bool


def content_stems(text: str) -> tuple[str, ...]:
    """The stems of the words that carry meaning, each once."""
    words = (word.lower() for word in WORD.findall(text.replace("’", "'")))
    kept = (word for word in words if word not in STOP_WORDS and word != "s")
    return tuple(
        dict.fromkeys(stem(FORMS.get(word, word)) for word in kept if word not in ASK_WORDS)
    )


def parse(text: str) -> Question | None:
    """What a question asks, and whether it is about who asks it; `None` for every other message."""
    last = LAST_SENTENCE.split(mended(text).strip())[-1]
    lead = LEAD.match(last)
    question = last[lead.end() :] if lead else last
    if not BEGINS.match(question) and not last.endswith("?"):
        return None
    if OF_DOCUMENTS.search(text) or (TELLS.match(question) and not ASKED.search(last)):
        return None
    mine = MINE.search(question)
    category = CATEGORY.match(question)
    rest = question[category.end() :] if category else question
    return Question(
        _slots(question),
        mine["what"] if mine else "",
        content_stems(question),
        content_stems(rest),
        bool(ONESELF.search(text)) and not HOW_TO.search(question),
    )


def _slots(question: str) -> tuple[str, ...]:
    for pattern, slots in PARSED:
        match = pattern.search(question)
        if match:
            groups = {
                name.rstrip("23456"): text for name, text in match.groupdict().items() if text
            }
            return tuple(
                "/".join(slot_name(part.format(**groups)) for part in slot.split("/"))
                for slot in slots
            )
    return ()
