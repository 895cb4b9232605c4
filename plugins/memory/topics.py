"""Broad topics of what people tell of themselves, by the words that name them."""

import re

TOPICS = {
    name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for name, words in {
        "home": r"live|lives|living|rent|renting|flat|house|apartment|moved? to|landlord|based|home|city|town|address",
        "work": r"work|works|working|job|shifts?|employed|employer|boss|call center|office|company|started at|joined|freelanc\w+|profession|occupation|trade|career|"
        r"for a living|dev|developer|engineer|nurse|teacher|driver|\w+(?:ician|ologist)|earn|salary|clients?|manag\w+|depot|resign\w*|fired|trainee|supervis\w+|colleagues?|promot\w+",
        "love": r"single|married|engaged|divorced|girlfriend|boyfriend|wife|husband|partner|spouse|fianc\w+|dating|marry|wedding",
        "family": r"wife|husband|kids?|children|son|daughter|mother|mom|mum|father|dad|parents|brother|sister|siblings?|grand\w+|nan|aunt|uncle|cousin|niece|nephew|baby|twins|toddler|family|relatives?",
        "pets": r"pets?|animals?|dog|cat|rabbit|hamster|puppy|kitten|horse|parrot|canary|hedgehog|tortoise|fish|breed|collie|labrador",
        "food": r"vegetarian|vegan|veggie|meat|steak|fish|diet|keto|eat|eating|eats|food|foods|cook|cooking|recipes?|pizza|gluten|lactose|coeliac|celiac|dairy|pork|halal|kosher|mushrooms?|coriander",
        "health": r"allerg\w+|intoleran\w+|medication|medicine|pills|diabet\w+|asthma|illness|disease|condition|health|diagnos\w+|surgery|operation|doctor|disab\w+|heart|arrhythm\w+|deaf|hearing|blind|colou?rblind|dyslexi\w+|adhd|insulin|pregnan\w+|migraines?|headaches?|pain|injur\w+|knee|hip|thyroid|stroke|cancer|tumou?r|therap\w+|depress\w+|anxiety|tablets?|inhaler|epilep\w+|autis\w+|hiv|eczema|psoriasis|crutches|blood|fracture|sober|rehab|ears|eyesight|kidney\w*|liver|\w{3,}(?:itis|osis|emia|pathy|algia|olol|pril|statin|cillin|azole)",
        "smoking": r"smok\w+|cigarettes?|pack a day|vap\w+",
        "study": r"semester|degree|study|studying|studies|major|apprentic\w+|university|uni|college|dropped out|exam|thesis|phd|msc|bsc|student|course|training|school|class",
        "machine": r"windows|mac\w*|linux|laptop|thinkpad|phone|android|iphone|ubuntu|pc|computer|operating system|editor|vim|neovim|vscode|keyboard|software|framework|stack",
        "drink": r"coffee|tea|alcohol\w*|beer|wine|drink\w*|sober|AA|booz\w+|sherry|whisk\w+|bottles?",
        "travel": r"cars?|drive|bike|cycle|train|bus|commute|van|scooter|ferry|get around|get to work",
        "trip": r"trip|flight|fly|flying|holiday|vacation|travel\w*|visit\w*",
        "answers": r"answers?|reply|replies|bullets?|short\w*|brief|english|french|german|formal|emojis?|format|units|metric|call me|call you|address me|tone|wording|style|prose|tables|summary",
        "language": r"speak|languages?|english|french|german|spanish|native|tongue|learn(?:ing)?",
        "free time": r"hobb\w+|play|playing|sport|sports|exercise|run|running|swim\w*|climb\w*|guitar|piano|violin|instrument|knit\w*|dance|chess|choir|band|race|marathon|game|gym|fun|free time|spare time|team",
        "religion": r"religio\w+|faith|church|mosque|synagogue|pray\w*|muslim|christian|catholic|jewish|buddhist|hindu|quaker|baha'?i|converted|quakers?|ramadan|mass|bible|quran|torah|sabbath|lent|god|atheis\w+|baptis\w+|vicar|priest|imam|rabbi|parish",
        "money": r"budget|rent|pay|net|gross|salary|earn|loan|debt|mortgage|savings?|cost|price|rate|income|financ\w+|money|owe|owes|debts?|credit cards?|wages?|invoices?|\d+k|percent|instal?ment|euros?|pounds|dollars|per month",
        "project": r"project|startup|app|book|novel|thesis|report|paper|build(?:ing)?|writing|launch|client|research|working on|decided|decide|decision",
    }.items()
}


def topics(text: str) -> frozenset[str]:
    """The topics that a text is about."""
    return frozenset(name for name, words in TOPICS.items() if words.search(text))


KINDS = (
    ("answers", "instruction"), ("health", "health"), ("pets", "people"), ("family", "people"),
    ("love", "people"), ("work", "work"), ("study", "work"), ("trip", "plan"), ("project", "project"),
    ("food", "taste"), ("drink", "taste"), ("free time", "hobby"), ("machine", "belonging"),
    ("travel", "belonging"), ("home", "identity"), ("language", "identity"),
)  # fmt: skip
"""The kind of fact that each topic makes; the first one counts."""


def kind_of(text: str) -> str:
    """What a fact is about: one of `fact.KINDS`."""
    found = topics(text)
    return next((kind for topic, kind in KINDS if topic in found), "detail")
