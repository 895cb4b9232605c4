"""Rules on the people and the pets of someone, and what they are called."""

from plugins.memory.extract.rule import CAPITAL_NAME, IS, NAME, rule

RELATIVE = (
    r"wife|husband|spouse|partner|fianc[eé]e?|girlfriend|boyfriend|mother|mum|mom|mam|mama|father|"
    r"dad|papa|(?:(?:older|younger|elder|little|big|twin|step|half|eldest|oldest|youngest)[ -]?)?"
    r"(?:brother|sister|son|daughter)|stepson|stepdaughter|stepmother|stepfather|sibling|kid|child|"
    r"baby|twin|uncle|aunt|auntie|cousin|nephew|niece|grandmother|grandma|granny|gran|nan|nana|"
    r"grandfather|grandpa|granddad|grandson|granddaughter|(?:mother|father|sister|brother|son|"
    r"daughter)-in-law|(?:best )?friend|(?:best )?mate|roommate|flatmate|housemate|neighbour|"
    r"neighbor|boss|manager|line manager|supervisor|colleague|coworker|co-worker|teammate|mentor|"
    r"therapist|doctor|dentist|landlord|landlady|teacher|coach|trainer|assistant|accountant|lawyer|"
    r"midwife|godson|goddaughter|ex|ex-wife|ex-husband"
)
PET = (
    r"dog|cat|puppy|kitten|hamster|rabbit|bunny|parrot|horse|pony|goldfish|fish|tortoise|turtle|"
    r"bird|guinea pig|snake|lizard|gecko|budgie|canary|ferret|rat|mouse|chicken|donkey|goat|pet|"
    r"labrador|beagle|poodle|terrier|retriever|dachshund|husky|collie|spaniel|corgi"
)
SOMEONE = rf"(?P<who>{RELATIVE}|{PET})"
COUNT = r"(?:an?|one|another|no|two|three|four|five|six|seven|\d+|some|both)"
HAVE = r"(?:I|we)(?:'ve| have)?(?: got| own| have| adopted| bought)?"
NO_NAME = r"(?!(?:Mr|Mrs|Ms|Dr|Prof|I|The|A|And|Is|On|In|At)\b)"

RULES = (
    rule("people", "{who}/name", rf"(?:my|our|the) {SOMEONE}(?:'s)? name{IS} (?P<value>{NAME})"),
    rule("people", "{who}/name", rf"the name of my {SOMEONE} is (?P<value>{NAME})"),
    rule("people", "{who}/name", rf"(?:my|our) {SOMEONE}s?(?:'s| is| was| are)(?: actually| now)? (?:called|named) (?P<value>{NAME})"),
    rule("people", "{who}/name", rf"(?:my|our) {SOMEONE}s?(?:'s| is| are|,) (?P<value>{CAPITAL_NAME})(?:$|[,.])"),
    rule("people", "{who}/name", rf"(?P<value>{CAPITAL_NAME}) (?:is|'s) (?:actually |now )?(?:my|our) {SOMEONE}$"),
    rule("people", "{who}/name", rf"{HAVE} {COUNT} (?:[\w'-]+ ){{0,3}}?{SOMEONE}s?,? (?:called|named) (?P<value>{NAME})"),
    rule("people", "{who}", rf"{HAVE} (?P<value>{COUNT} (?:[\w'-]+ ){{0,3}}?{SOMEONE}(?:s|ren)?)\b"),
    rule("people", "{who}/age", rf"(?:my|our) {SOMEONE},?(?:'s| is)? (?P<value>\d{{1,3}}(?: (?:years?|months?|weeks?)(?: old)?)?)$"),
)  # fmt: skip
IN_PASSING = (
    rule("people", "{who}/name", rf"\b(?:my|our) {SOMEONE},? {NO_NAME}(?P<value>(?-i:[A-Z][\w'-]+))\b(?!'s)"),
)  # fmt: skip
"""Names beside a word for who it is, anywhere in a clause: "my wife Anna and I moved"."""
SEVERAL = frozenset(
    "friend mate cousin colleague coworker co-worker teammate neighbour neighbor uncle aunt nephew "
    "niece kid child son daughter brother sister".split()
)
"""Of these one may have more than one; a name beside the word does not take another's place."""
