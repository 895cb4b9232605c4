"""Takes a sentence apart into its clauses, and says of each how it is put."""

import re
from dataclasses import dataclass

LEAD = re.compile(
    r"(?:(?:well|so|ok(?:ay)?|oh|ah|um+|uh+|hm+|hi(?:ya)?(?: there| all| again)?|hey(?: there)?|yo|hello(?: there| again)?|"
    r"good (?:morning|evening|afternoon)|dear|(?:just )?(?:a )?(?:quick |small )?heads[- ]up|btw|by the way|fyi|also|and|but|or|"
    r"plus|anyways?|honestly|frankly|for (?:some )?context|for (?:your information|the record|later|now)|"
    r"(?:random|fun|quick|side) (?:fact|note|one|update|intro|aside)|unrelated|update(?: on me)?|"
    r"as (?:you (?:may )?know|I said)|to be (?:clear|honest)|(?:just )?so you know|yes|yeah|yep|yup|no|nope|nah|"
    r"thanks(?: a lot)?|thank you|cheers|sorry|lol|haha+|because|since|although|even though|though|while|whereas|"
    r"given that|considering|just|you know|you see|I guess|I (?:should|forgot to|have to|must) (?:say|mention|add)(?: that)?|"
    r"did I mention(?: that)?|in fact|(?:it )?turns out(?: that)?|(?:good|great|big|bad) news|news|"
    r"(?:before I forget|note to self|one (?:more )?thing|p\.?s\.?|correction|wait|then|unfortunately|sadly|"
    r"luckily|fortunately|obviously|actually|please (?:note|remember|know|keep in mind)|note|nb|remember|(?:please )?(?:keep|bear) in mind|"
    r"don't forget|what (?:you|u) (?:may|can|should) (?:remember|keep|note) is|let me tell you|you should know|I want you to know|the thing is)(?: that)?|"
    r"(?:truth be told|tbh|imo|guess what|first(?: of all)?|second(?:ly)?|lastly|besides|however))"
    r"(?:\s*[,:!.\-–—…*]+\s*|\s+|$))+",
    re.IGNORECASE,
)
"""What people put in front of a statement."""
TAIL = re.compile(
    r"(?:[\s,]+(?:right now|btw|by the way|lol|haha+|too|as well|though|you know|please|thanks|thank you|"
    r"fyi|ok|okay|tbh|just so you know|as you know|anyway|so|and|but|xd|:\)|:D|;\)))+$",
    re.IGNORECASE,
)
NOISE = re.compile(r"[\s,;:!.…\-–—()*\U0001F300-\U0001FAFF☀-➿️]+$|^[\s,;:!.…\-–—(*)]+")
OWN = r"(?:I|I'm|I've|I'd|I'll|my|me and|we|we're|we've|we'll|our|both of us)\b(?! (?:guess|mean|think|said|know)\b)"
ASKS = re.compile(
    r"(?:(?:in|on|at|to|for|from|by|of|with|under|since|until|till|about|near|around|after|before|through|into|over) )?(?:what|what's|whats|where|where's|wheres|who|who's|whos|whom|whose|when|when's|which|why|how|how's)\b(?! (?:I|we|you|my)\b)|"
    r"(?:do|does|did|don't|doesn't|didn't|is|isn't|are|aren't|was|wasn't|were|can|can't|could|couldn't|would|will|won't|shall|should|has|hasn't|may|might|am)"
    r" (?:it|the|this|that|these|those|there|I|we|my|our|any|anyone|he|she|they|his|her|their|some|someone|all)\b|(?:do|does|did|are|were|have|don't|didn't) (?:you|I|we|they)\b|(?:is|are|does|did|should|could|may) (?!not\b)\w+ |any (?:idea|chance|way|tips|suggestions)\b",
    re.IGNORECASE,
)
"""How a clause begins that asks something."""
REQUEST = re.compile(
    r"(?:please|kindly|(?:can|could|would|will) (?:you|I (?:get|have|see))|let me (?:know|see)|(?:I (?:want|need) you to|I need (?:the|a list))|"
    r"(?:add|annotate|ask|bring|build|calculate|change|check|choose|cite|classify|clean|compare|condense|continue|convert|copy|correct|count|create|cut|define|"
    r"delete|describe|do|draft|draw|edit|expand|explain|export|extract|fill|filter|find|fix|format|generate|get|give|go|group|help|highlight|ignore|index|ingest|insert|"
    r"keep|label|list|look|make|map|mark|match|merge|move|name|number|open|order|outline|paraphrase|pick|plot(?! \d)|point|print|proofread|pull|put|quiz|quote|rank|read|redo|"
    r"remind|remove|rename|repeat|rephrase|replace|rewrite|round|run|scale|scan|search|send|shorten|show|simplify|skip|solve|sort|split|start(?! (?:on|in|at)\b)|stop|suggest|sum|summari[sz]e|tell|"
    r"test|translate|transpose|try|turn|type|update|use|verify|walk|write)\b(?!ing))(?! (?:is|are|was|were)\b)",
    re.IGNORECASE,
)
"""How a clause begins that asks for something to be done."""
WANTS = re.compile(r"(?:please|(?:can|could|would|will) you)\b", re.IGNORECASE)
MANNER = re.compile(
    r"\b(?:answers?|repl(?:y|ies)|respon(?:d|ses?)|bullets?(?: points?)?|emojis?|short(?:er)?|brief(?:ly)?|concise|simple|plain|metric|units|prose|tone|formal(?:ly)?|informal|sentences|jargon|steps|tl;?dr|english|french|german|spanish|call me|address me)\b",
    re.IGNORECASE,
)
"""What somebody says of how they want to be answered."""
JOINT = re.compile(
    rf"\s*(?:[,;:(]|\s[-–—]+\s|\.\.+|…)+\s*(?:(?:and|but|so|plus|also|because|since|while|though|although|yet|then|now|actually|anyway|cause|cuz)\s+)*"
    rf"(?=(?:{OWN}|{ASKS.pattern}|{REQUEST.pattern}))"
    rf"|\s+(?:and|but|so|plus|&|also|because|cause|since|while|though|although|however)\s+(?:(?:also|then|now|so|since|actually)\s+)*"
    rf"(?=(?:{OWN}|(?:can|could|would|will|do|does|did|is|are) (?:you|it|the|there|I|we)\b|(?:what|how|which|where|who|why)\b|please\b))"
    r"|\)\s*",
    re.IGNORECASE,
)
"""Where somebody begins anew: speaks of themselves, asks, or wants something done."""
RUN_ON = re.compile(
    r"\s+(?=(?:I'm|I am|I live|I work|I have|I've|I love|I like|I hate|I speak|I prefer|I moved|my name is|"
    r"my \w+ is|my \w+'s name)\b)",
    re.IGNORECASE,
)
"""Where a clause begins in a message without punctuation."""
GOES_ON = re.compile(
    r"(?:\b(?:that|if|when|where|what|who|why|how|think|thinking|said|says|saying|say|reckons?|assumes?|told you|whether|wish|like|than|as|which|before|after|"
    r"until|till|once|thing|and|or|but|because|since|so|while|know|hope|guess|believe|thinks|believes|claims|told me|tells me|everything|all|place|time|way|"
    r"not|do|does|did|can|could|should|would|have|had|was|were|line|though|although|sure|told|mean|meant|of|with|for|to|in|by|from|on|at|about|the|a|is|are|mind)|[,;:])$",
    re.IGNORECASE,
)
"""The end of a clause that the next words still belong to."""
TWO_VERBS = re.compile(
    r"(?P<subject>I|we)(?P<first>(?:'m|'re|'ve)?\s.+?),?\s+(?:and|but)\s+(?:also |then |now |currently |have )*"
    r"(?P<second>(?:live|work|have|love|hate|own|owe|earn|rent|speak|study|play|drive|prefer|collect|teach|moved|use|run|coach|volunteer|"
    r"swim|sing|cook|bake|wear|suffer|sleep|cycle|walk|go|take|keep|eat|drink|write|read|am|'m|don't|can't|never|always)\b.+)",
    re.IGNORECASE,
)
VERB = re.compile(
    r"^(?:I|we)\b|\b(?:am|is|are|was|were|have|has|had|do|don't|can't|live|work|love|like|hate|prefer|speak|play|use|went|"
    r"got|get|drive|study|want|need|eat|drink|run|teach|grew|born|\w+ed|\w+ing|\w{3,}s)\b|'(?:m|s|re|ve|ll)\b",
    re.IGNORECASE,
)
"""What a clause holds that stands alone."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence that says one thing.

    Attributes:
        text: Without what stands around it.
        lead: What stood before it: "actually, ".
        is_asked: Whether it asks something, by a mark or by how it begins.
        at: Its place in the sentence, from 0.
        before: What the sentence says before it.
    """

    text: str
    lead: str
    is_asked: bool
    at: int
    before: str = ""


def clauses(sentence: str, is_question: bool) -> list[Clause]:
    """The clauses of a sentence, in order.

    Args:
        sentence: Mended.
        is_question: Whether its last clause asks something.
    """
    parts = [one for part in _parts(sentence) for one in _each_verb(part)]
    found: list[Clause] = []
    carried = ""
    for at, part in enumerate(parts):
        if at < len(parts) - 1 and LEAD.fullmatch(part):
            carried += f"{part} "
            continue
        text = tidy(without_lead(part))
        if text:
            lead = part[: part.find(text[:12])] if text[:12] in part else ""
            is_last = is_question and at == len(parts) - 1
            asks = bool(ASKS.match(text)) or is_last
            is_asked = asks and not (WANTS.match(text) and MANNER.search(text))
            found.append(Clause(text, carried + lead, is_asked, len(found), " ".join(parts[:at])))
        carried = ""
    return found


def tidy(text: str) -> str:
    """A text for keeping: one line, without what trails behind it."""
    text = " ".join(text.split())
    for _ in range(3):
        text = TAIL.sub("", NOISE.sub("", text))
    return f"{text})" if text.count("(") > text.count(")") else text


def without_lead(text: str) -> str:
    """A text without what people put in front of a statement."""
    text = NOISE.sub("", text)
    lead = LEAD.match(text)
    rest = text[lead.end() :] if lead else text
    return rest.strip(" ,;:-–—*") or text.strip()


def _parts(text: str) -> list[str]:
    """The text cut where somebody begins anew, if what stands before can stand alone."""
    points = [(*match.span(), match.group()[:1].isspace()) for match in JOINT.finditer(text)]
    points += [(*match.span(), True) for match in RUN_ON.finditer(text)]
    cuts, ends = [0], []
    for start, end, is_bare in sorted(points):
        before = text[cuts[-1] : start]
        if text[start] == ")" and "(" in before:  # what it closes was not cut off
            continue
        if start >= cuts[-1] and not (is_bare and _belongs(before, text[start:end])):
            ends.append(start)
            cuts.append(end)
    parts = [text[start:end].strip() for start, end in zip(cuts, [*ends, len(text)], strict=True)]
    return [part for part in parts if part]


def _belongs(before: str, joint: str) -> bool:
    """Whether what comes without a mark belongs to what stands before: "my wife and I live"."""
    if joint.strip():
        return not VERB.search(before) or bool(ASKS.match(without_lead(before)))
    return bool(GOES_ON.search(before))


def _each_verb(part: str) -> list[str]:
    """A clause whose subject has two verbs, once for each: "I live in Leeds and work at Acme"."""
    match = TWO_VERBS.match(part)
    if match is None or re.match(
        r"\s*(?:'?\w+ )?(?:want|need|plan|hope|like) to\b", match["first"]
    ):
        return [part]
    joint = "" if match["second"].startswith("'") else " "
    first = match["subject"] + match["first"]
    return [first, *_each_verb(match["subject"] + joint + match["second"])]
