"""Takes a sentence apart into clauses that each state one thing, and leaves out what is no statement."""

import re

from plugins.memory.extract.people import RELATIVE

LEAD = re.compile(
    r"(?:(?:well|so|ok(?:ay)?|oh|ah|hm+|hi(?:ya)?(?: there| all| assistant)?|hey(?: there)?|yo|"
    r"hello(?: there| again)?|good (?:morning|evening|afternoon)|btw|by the way|fyi|also|and|but|"
    r"plus|anyways?|actually|honestly|frankly|just so you know|for (?:some )?context|"
    r"for your information|for the record|for what it's worth|as you (?:may )?know|as I said|"
    r"to be clear|now|today|currently|these days|nowadays|at the moment|yes|yeah|yep|yup|no|nope|"
    r"nah|thanks(?: a lot)?|thank you|cheers|sorry|lol|haha|because|since|although|even though|"
    r"though|while|whereas|given that|considering|just|you know|you see|I guess|I should (?:say|mention)"
    r"(?: that)?|I forgot to (?:say|mention)(?: that)?|did I mention(?: that)?|I have to say(?: that)?|"
    r"in fact|it turns out(?: that)?|turns out(?: that)?|update|good news|great news|news|"
    r"one (?:more )?thing|p\.?s\.?|correction|wait|then|unfortunately|sadly|luckily|fortunately|"
    r"obviously|finally|please|please note(?: that)?|note(?: that)?|nb|"
    r"remember(?: that)?|keep in mind(?: that)?|bear in mind(?: that)?|don't forget(?: that)?|"
    r"let me tell you(?: that)?|you should know(?: that)?|I want you to know(?: that)?|"
    r"the thing is(?: that)?|about me|me|quick update|small update|last year|last month|last week|"
    r"yesterday|recently|in (?:19|20)\d\d|as of (?:today|now|this \w+)|since then|at home|at work|"
    r"on weekends|personally|in general|generally|as a (?:kid|child)|big news|fun fact|"
    r"guess what|truth be told|to be honest|tbh|imo|in case you (?:wonder|need it|ask)|"
    r"first(?: of all)?|second(?:ly)?|third(?:ly)?|lastly|additionally|moreover|besides|"
    r"however)(?:\s*[,:!.\-–—…]+\s*|\s+|$))+",
    re.IGNORECASE,
)
"""What people put in front of a statement."""
UNREAL = re.compile(
    r"\b(?:if|imagine|suppose|supposing|pretend|assume|assuming|let's say|let us say|what if|"
    r"hypothetically|I wish|I'd (?:love|like|rather|be|have|say|live|move)|I would|I could|I might|"
    r"I may|I should|as if|in case I|whether I|unless|maybe I|perhaps I|I dreamt|I dreamed|"
    r"in my dream|in the (?:story|book|movie|film|game|novel)|act as|role-?play|"
    r"joking|just kidding|I'm not sure (?:if|whether)|I wonder)\b",
    re.IGNORECASE,
)
"""What makes a sentence say how things might be, not how they are."""
IRONIC = re.compile(r"(?:\bnot!|\bjk\b|\bkidding\b|/s\b)\s*$", re.IGNORECASE)
ASKS = re.compile(
    r"(?:what|what's|where|where's|who|who's|whom|whose|when|when's|which|why|how|how's|do|does|"
    r"did|didn't|don't you|doesn't|is|isn't|are|aren't|am|was|were|can|could|would|will|won't|shall|"
    r"should|have you|has|had|may|might)\b(?! forget)",
    re.IGNORECASE,
)
SUBJECT = (
    r"(?:I|I'm|I've|I'd|I'll|my|we|we're|we've|we'll|our|let's|please|call me|the deadline|"
    r"it's|always|never|mine|she|she's|he|he's|they|they're|her name|his name|its name|what|can|could|which|how|where|who|when)"
)
ASKED = r"(?:any|do|does|did|is|are|would|should|will|tell me|give me|recommend|suggest|why)"
JOINT = re.compile(
    rf"(?P<mark>\s*(?:[,;:]|\s[-–—]+\s|\.\.+|…|\()+)\s*(?:(?:and|but|so|plus|also|because|since|while|"
    rf"though|although|yet|then|now|actually)\s+)*(?=(?:{SUBJECT}|{ASKED})\b)"
    rf"|\s+(?:and|but|so|plus|&|also|because|cause|since|while|though|although|however|where)\s+"
    rf"(?:(?:also|then|now|so|since)\s+)*(?={SUBJECT}\b)",
    re.IGNORECASE,
)
RUN_ON = re.compile(
    r"\s+(?=(?:I'm|I am|I live|I work|I have|I've|I love|I like|I hate|I speak|I prefer|I moved|"
    r"my name is|my \w+ is|my \w+'s name|my favourite)\b)",
    re.IGNORECASE,
)
"""Where a clause begins in a message without punctuation."""
GOES_ON = re.compile(
    r"(?:\b(?:that|if|when|where|what|who|why|how|think|said|says|whether|wish|like|than|as|which|"
    r"before|after|until|till|once|thing|and|or|but|because|since|so|while|know|hope|guess|believe|"
    r"everything|all|place|time|way|where|not|though|although|sure|told|mean|meant|of|with|for|to|"
    r"in|by|from|on|at|about|the|a|is|are)|[,;:])$",
    re.IGNORECASE,
)
"""The end of a clause that the next words still belong to."""
VERB = re.compile(
    r"\b(?:am|is|are|was|were|have|has|had|live|lives|work|works|love|like|hate|prefer|speak|"
    r"play|own|use|moved|got|get|drive|study|decided|switched|went|want|need|\w+ed|don't|called|"
    r"enjoy|eat|drink|run|teach|can't|grew|born|call|answer|remember)\b|'(?:m|s|re|ve|ll)\b",
    re.IGNORECASE,
)
WHOLE = re.compile(rf"^(?:I|we)\b|{VERB.pattern}", re.IGNORECASE)
"""What stands before a new subject if it is a clause and not a part of the subject."""
SHARED_SUBJECT = re.compile(
    r"(?P<subject>I|we)(?P<first>(?:'m|'re|'ve)?\s.+?),?\s+(?:and|but)\s+(?:also |then |now |currently |"
    r"have |we )*(?P<second>(?:live|work|have|love|like|hate|own|speak|study|play|drive|prefer|enjoy|take|collect|coach|teach|write|"
    r"moved|grew up|use|run|teach|was born|am|'m|don't|can't|never|always|got|decided)\b.+)",
    re.IGNORECASE,
)
WISH = re.compile(r"I(?:'d| would) (?:prefer|like|appreciate|love)(?: it)? (?:if you|you to|that you)\b", re.IGNORECASE)  # fmt: skip
"""How somebody asks for something, and supposes nothing."""
REPORTED = re.compile(
    r"(?:my|our|the|a|his|her) (?:[\w'-]+ ){1,3}?(?:says?|said|told|thinks?|thought|claims?|claimed|asks?|asked|"
    r"wrote|writes|mentioned|believes?|insists?|reckons?|replied|texted)\b",
    re.IGNORECASE,
)
"""What somebody else says."""
CHAIN = re.compile(r"(?:I'm|I am|my name is|my name's)\s+\S+.*", re.IGNORECASE)
LINK = re.compile(
    r"(?<! not)(?<! never)(?<!n't)(?:,\s*|\s+)(?:(?:and|but)\s+)?(?:now |currently )?(?=(?:\d{2}(?:$|[,\s]+(?:years|from|and|but|living|based))|(?:originally )?from |"
    r"living in |based in |working (?:as|at|for) |born in |(?<=, )(?:married\b|an? \w+)))",
    re.IGNORECASE,
)
"""Where one who has begun with "I'm" goes on: "I'm Carla, 41, from Naples"."""
PASSING = (
    (re.compile(r"^(?:hi|hiya|hey|hello|yo|good \w+)[,!. ]+(?:(?:there|all|everyone|again)[,!. ]+)?(?:I'm|I am|this is|it's) (?P<said>(?!(?:a|an|the|new|not|so|just|back|here|very|really|looking|trying|having|in|on|at|from|your|glad|happy|sorry|sure|still|going|working|writing|using|\w+ing|\w+ed|tired|busy|sick|lost|stuck|confused|curious|me|my|i)\b)[a-z]\w+)(?=$|[,.!]| I\b| I'| and\b| from\b| here\b)", re.IGNORECASE), "My name is {said}"),
    (re.compile(r"^(?:as|being) (?P<said>an? [\w' -]{3,40}?)(?: myself)?, ", re.IGNORECASE), "I'm {said}"),
    (re.compile(r"^as (?P<said>an? [\w-]+(?: [\w-]+)?) (?=(?:I|my|we)\b)", re.IGNORECASE), "I'm {said}"),
    (re.compile(r"^(?P<said>vegetarian|vegan|coeliac|diabetic) here\b", re.IGNORECASE), "I'm {said}"),
    (re.compile(r"^living in (?P<said>[\w' -]{2,30}?),? (?=(?:I|my|we|it's|makes)\b)", re.IGNORECASE), "I live in {said}"),
    (re.compile(r"^working (?P<said>(?:at|for|as) [\w' -]{2,30}?),? (?=(?:I|my|we)\b)", re.IGNORECASE), "I work {said}"),
    (re.compile(r"\b(?:since|after) (?:I moved|moving) to (?P<said>[A-Z][\w'-]+(?: [A-Z][\w'-]+)?)", re.IGNORECASE), "I moved to {said}"),
    (re.compile(r"\bmy allergy to (?P<said>[\w-]+)", re.IGNORECASE), "I'm allergic to {said}"),
    (re.compile(r"\bmy (?P<said>[\w-]+) allergy\b", re.IGNORECASE), "I'm allergic to {said}"),
)  # fmt: skip
"""What is said in passing, and the clause that it amounts to."""
ROLE_FIRST = re.compile(
    r"^(?:as|being) an? [\w' -]{3,40}?(?: myself)?, |^as an? [\w-]+(?: [\w-]+)? (?=(?:I|my|we)\b)",
    re.IGNORECASE,
)
COUPLE = re.compile(rf"\bmy (?:{RELATIVE})(?:,? [\w'-]+,?)? and I\b(?: both)?", re.IGNORECASE)


def clauses(sentence: str, is_question: bool) -> list[str]:
    """The clauses of a sentence that state something, in order.

    Args:
        sentence: Mended.
        is_question: Whether its last clause asks something.
    """
    text = _without_lead(sentence)
    if IRONIC.search(text) or UNREAL.match(text) or ASKS.match(text):
        return []
    said = _in_passing(sentence)
    text = _without_lead(ROLE_FIRST.sub("", text))
    said += [
        match.group().removesuffix(" both")[: -len(" and I")] for match in COUPLE.finditer(text)
    ]
    parts = _parts(COUPLE.sub("we", text))
    stated = parts[:-1] if is_question else parts
    for part in stated:
        part = _without_lead(part)
        if UNREAL.search(part) or ASKS.match(part) or REPORTED.match(part):
            if WISH.match(part):
                said.append(part)
                continue
            if re.search(r"\bif\b", part, re.IGNORECASE) and not VERB.search(part.split(" if ")[0]):
                break
            continue
        for link in _links(part):
            said += _each_verb(link)
    return said


def _in_passing(sentence: str) -> list[str]:
    """The clauses that are implied: of a sentence as it is, or without its lead."""
    texts = dict.fromkeys((sentence, _without_lead(sentence)))
    found = [(pattern.search(text), form) for text in texts for pattern, form in PASSING]
    return list(dict.fromkeys(form.format(said=match["said"]) for match, form in found if match))


def _without_lead(text: str) -> str:
    lead = LEAD.match(text)
    rest = text[lead.end() :] if lead else text
    return rest.strip(" ,;:-–—") if rest.strip() else text.strip()


def _parts(text: str) -> list[str]:
    """The text cut where a new subject begins, if what stands before is whole."""
    cuts = [0]
    ends: list[int] = []
    points = [match.span() for match in JOINT.finditer(text)]
    marked = {match.span() for match in JOINT.finditer(text) if match["mark"]}
    points += [
        match.span() for match in RUN_ON.finditer(text) if not GOES_ON.search(text[: match.start()])
    ]
    for start, end in sorted(points):
        is_marked = (start, end) in marked
        if start >= cuts[-1] and (is_marked or WHOLE.search(text[cuts[-1] : start])):
            ends.append(start)
            cuts.append(end)
    return [text[start:end].strip() for start, end in zip(cuts, [*ends, len(text)], strict=True)]


def _links(part: str) -> list[str]:
    """A clause that goes on without its subject, each piece with it."""
    if not CHAIN.match(part):
        return [part]
    first, *more = LINK.split(part)
    return [first, *(f"I'm {one}" for one in more)]


def _each_verb(part: str) -> list[str]:
    """A clause whose subject has two verbs, once for each: "I live in Leeds and work at Acme"."""
    match = SHARED_SUBJECT.match(part)
    if match is None or re.match(
        r"\s*(?:'?\w+ )?(?:want|need|plan|hope|like) to\b", match["first"]
    ):
        return [part]
    first = match["subject"] + match["first"]
    joint = "" if match["second"].startswith("'") else " "
    return [first, *_each_verb(match["subject"] + joint + match["second"])]
