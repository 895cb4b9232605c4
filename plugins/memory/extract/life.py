"""Rules on what of a person is one thing at a time: name, home, work, diet, dates and so on."""

from plugins.memory.extract.rule import ADVERBS, CAPITAL_NAME, I_AM, IS, NAME, WE_ARE, rule

PLACE = r"(?P<value>(?:(?:the|a|an) )?[\w'.-]+(?: (?-i:[A-Z])[\w'.-]*){0,3})"
NUMBER = r"(?:\d{1,3}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ]\w+)?)"
LANGUAGE = (
    r"(?:English|French|German|Spanish|Italian|Dutch|Portuguese|Polish|Swedish|Norwegian|Danish|"
    r"Finnish|Russian|Ukrainian|Turkish|Greek|Arabic|Hindi|Chinese|Japanese|Korean|Czech)"
)
DIET = r"(?:vegetarian|vegan|veggie|pescatarian|pescetarian|flexitarian|teetotal|coeliac|celiac|halal|kosher)"
JOB = r"(?:an? |the )?(?:[\w-]+ ){0,3}?(?:\w+(?:er|or|ist|ian|eer|ician|ologist|ant)|nurse|cook|chef|pilot|student|coach|clerk|vet|judge|dba|dev|midwife|lawyer|cto|ceo|intern)"
STATUS = r"(?:happily |newly |recently )?(?:married|engaged|single|divorced|widowed|separated)"
NO_NAME = r"(?!(?:French|German|English|British|American|Italian|Spanish|Dutch|Swedish|Polish|Indian|Chinese|Turkish|Greek|Russian|Vegan|Vegetarian|Muslim|Christian|Jewish|Catholic|Not|So|Very|In|On|At|From|Also|Now|Back|Just|Still|Sorry|Sure|Here)\b)"

RULES = (
    rule("identity", "name", rf"(?:(?:my|the) )?(?:full |first |real )?name{IS} (?P<value>{NAME})"),
    rule("identity", "name", rf"(?:this is|{I_AM} (?:called|named)) (?P<value>{CAPITAL_NAME})"),
    rule("instruction", "call me", r"(?:please |you can )?call me (?P<value>(?!back|when|if|at|later)[\w'.-]+)"),
    rule("instruction", "answer language", rf".*\b(?:answer|reply|respond|write|speak|talk)\b(?: to)?(?: me)?(?: always| only)? in (?P<value>{LANGUAGE})\b"),
    rule("identity", "age", rf"{I_AM} {ADVERBS}(?P<value>{NUMBER})(?= years? old|[,.]|$| and| now| since| btw)"),
    rule("identity", "age", rf"I(?:'ve)? {ADVERBS}turned (?P<value>{NUMBER})\b"),
    rule("identity", "birthday", rf"my (?:birthday|birthdate|date of birth){IS}(?: on| in)?(?: the)? (?P<value>.+)"),
    rule("identity", "birthday", r"I was born on (?:the )?(?P<value>.+)"),
    rule("identity", "origin", rf"(?:I was born(?: and (?:raised|bred))? in|{I_AM} {ADVERBS}from|I come from|I grew up in) {PLACE}"),
    rule("identity", "home", rf"(?:I|we) {ADVERBS}(?:live|reside) (?:in|near|at|on|outside) {PLACE}"),
    rule("identity", "home", rf"{WE_ARE} {ADVERBS}(?:living|based) (?:in|near|at|outside|out of) {PLACE}"),
    rule("identity", "home", rf"(?:I|we)(?:'ve| have)? {ADVERBS}(?:moved|relocated)(?: back| over)?(?: from [\w' -]+?)? to {PLACE}"),
    rule("identity", "address", r"my (?:home )?address is (?P<value>.+)"),
    rule("identity", "family status", rf"(?:I'm|I am|we're|we are|I got|we got|I was) {ADVERBS}(?P<value>{STATUS})\b"),
    rule("identity", "language/{value}", rf"I {ADVERBS}(?:can )?speak (?P<value>{LANGUAGE})\b"),
    rule("work", "employer", rf"(?:I|{I_AM}) {ADVERBS}(?:work|working) (?:at|for|with) (?P<value>(?!home\b|night\b|the moment\b)[\w'.& -]+?)(?: (?:as|in|since|for|now|again)\b.*)?$"),
    rule("work", "employer", rf"I(?:'ve| have)? {ADVERBS}(?:joined|started at|started a (?:new )?job at) (?P<value>[\w'.& -]+)"),
    rule("work", "employer", rf"my (?:current |new )?(?:employer|company|workplace){IS} (?P<value>[\w'.& -]+)"),
    rule("work", "role", rf"(?:I|{I_AM}) {ADVERBS}(?:work|working) as (?P<value>[\w' /&-]+)"),
    rule("work", "role", rf"my (?:current )?(?:job|profession|occupation|role)(?: title)?{IS} (?P<value>[\w' -]+)"),
    rule("work", "role", rf"{I_AM} {ADVERBS}(?P<value>{JOB})\b"),
    rule("work", "studies", rf"(?:I|{I_AM}) {ADVERBS}(?:study|studying|majoring in|major in) (?P<value>[\w' &-]+)"),
    rule("health", "diet", rf"{I_AM} {ADVERBS}(?:an? )?(?P<value>{DIET})\b"),
    rule("health", "allergy/{value}", rf"{I_AM} {ADVERBS}(?:\w+ly )?(?:allergic|intolerant) to (?P<value>.+)"),
    rule("health", "medication/{value}", r"I(?:'m| am)? (?:on|take) (?P<value>\w+(?:cillin|statin|pril|olol|azole|pine|formin|xine|line)|insulin|metformin|ritalin)\b"),
    rule("taste", "favourite/{what}", rf"(?:my|our) (?:all[- ]time |new )?favou?rite (?P<what>[\w' -]+?){IS} (?P<value>.+)"),
    rule("taste", "favourite/{what}", r"(?P<value>[\w' &-]+?) (?:is|are|'s) (?:now |still )?my favou?rite (?P<what>[\w' -]+)$"),
    rule("taste", "like/{value}", rf"I {ADVERBS}(?:love|like|enjoy|hate|dislike|can't stand|don't like) (?P<value>[\w' -]+)$"),
    rule("plan", "{what}", rf"(?:my|our|the) (?P<what>(?:[\w'-]+ ){{0,4}}?(?:deadline|launch|wedding|party|meeting|appointment|exam|interview|flight|conference|surgery|demo|kick-?off|birthday)(?: (?:for|of|with) (?:the |my |our )?[\w' -]+?)?)(?:{IS}|(?: got| was| has been)? (?:moved|postponed|rescheduled|changed) (?:to|until))(?: due| set for)? (?:on |at |in )?(?P<value>.+)"),
    rule("plan", "{what}", r"(?:I|we)(?:'ve| have)? (?:just )?(?:moved|postponed|rescheduled|pushed|changed) (?:the|my|our) (?P<what>[\w' -]+?)(?: back| forward)? (?:to|until) (?P<value>.+)"),
    rule("detail", "{what}", rf"(?:my|our) (?!(?:[\w-]+ )?(?:question|problem|point|guess|question|idea|answer|{'|'.join(('wife', 'husband', 'boss'))})\b)(?P<what>[\w'’ -]{{2,40}}?){IS} (?P<value>(?!(?:on|in|at|to|so|very|too|not|going|getting|coming|visiting|allowed)\b).+)"),
)  # fmt: skip
"""In the order in which they are tried; the first that fits a clause is taken."""
INTRODUCED = rule("identity", "name", rf"{I_AM} {NO_NAME}(?P<value>{CAPITAL_NAME})(?=$|[,.!]| and| from| here)")  # fmt: skip
"""Tried last: what follows may be anything else."""
