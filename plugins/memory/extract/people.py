"""Rules on the people and the pets of someone, and what they are called."""

from plugins.memory.extract.rule import ADVERBS, CAPITAL_NAME, NAME, Kept, rule

RELATIVE = (
    r"wife|husband|spouse|partner|fianc[eé]e?|girlfriend|boyfriend|mother|mum|mom|mam|mama|father|"
    r"dad|papa|(?:(?:older|younger|elder|little|big|twin|step|half|eldest|oldest|youngest)[ -]?)?"
    r"(?:brother|sister|son|daughter)|stepson|stepdaughter|stepmother|stepfather|sibling|kid|child|"
    r"baby|twin|uncle|aunt|auntie|cousin|nephew|niece|grandmother|grandma|granny|nan|nana|"
    r"grandfather|grandpa|granddad|grandson|granddaughter|(?:mother|father|sister|brother|son|"
    r"daughter)-in-law|(?:best )?friend|(?:best )?mate|roommate|flatmate|housemate|neighbour|"
    r"neighbor|boss|manager|line manager|supervisor|colleague|coworker|co-worker|teammate|mentor|"
    r"therapist|doctor|dentist|landlord|landlady|teacher|coach|trainer|assistant|accountant|lawyer|"
    r"godson|goddaughter|ex|ex-wife|ex-husband"
)
PET = (
    r"dog|cat|puppy|kitten|hamster|rabbit|bunny|parrot|horse|pony|goldfish|fish|tortoise|turtle|"
    r"bird|guinea pig|snake|lizard|gecko|budgie|canary|ferret|rat|mouse|chicken|donkey|goat|pet|"
    r"labrador|beagle|poodle|terrier|retriever|dachshund|husky|collie|spaniel|corgi"
)
SOMEONE = rf"(?P<who>{RELATIVE}|{PET})"
MANY = rf"(?P<who>{RELATIVE}|{PET}|children|kittens|puppies|babies|wives|fish|mice)"
COUNT = r"(?:an?|one|another|two|three|four|five|six|seven|\d+|some|both)"
ADJECTIVES = r"(?:(?!(?:question|problem)\b)[\w'-]+ ){0,3}?"
NOT_NAMES = (
    r"(?!(?:is|was|has|had|and|or|who|that|which|just|also|always|really|still|name|loves?|likes?|"
    r"lives?|works?|wants?|needs?|got|will|would|can|said|says|in|on|at|to|for|with|about|from|a|"
    r"the|my|our|i|we|he|she|it|they|named|called|food|house|years?|turned|recently|died|went|came|"
    r"are|were|keeps|does|did|been|hates?|never|often|suffers|eats|gets|goes|makes|made|gave|told|"
    r"thinks|knows|but|because|when|if|are|today|now|sitter|walker|passed|currently|bought|moved)\b)"
)
TAIL_VERB = r"(?:is|was|has|loves?|likes?|hates?|turned|just|lives|works|and I|wants|needs|will|got|eats|goes|keeps|died)"

RULES = (
    rule("people", rf"(?:my|our|the) {SOMEONE}(?:'s)? name(?:'s| is|'s actually| is actually)(?: now| actually)? (?P<value>{NAME})", Kept("{who}/name", "My {who}'s name is {value}")),
    rule("people", rf"the name of my {SOMEONE} is (?P<value>{NAME})", "{who}/name"),
    rule("people", rf"(?:my|our) {SOMEONE}(?:'s| is| was)(?: actually| now)? (?:called|named) (?P<value>{NAME})", "{who}/name"),
    rule("people", rf"(?:my|our) {MANY}s?(?: are|'re) (?:called|named) (?P<value>.+)", "{who}/name"),
    rule("people", rf"(?:my|our) {MANY}s?'s? names are (?P<value>.+)", "{who}/name"),
    rule("people", rf"(?:my|our) {SOMEONE}(?:'s| is|,) (?P<value>{CAPITAL_NAME})$", Kept("{who}/name", "My {who} is called {value}")),
    rule("people", rf"(?P<value>{CAPITAL_NAME}) (?:is|'s) (?:actually |now )?(?:my|our) {SOMEONE}(?:'s name)?$", "{who}/name"),
    rule("people", rf"(?:I|we)(?:'ve| have)?(?: got| own)? {ADVERBS}(?:just )?(?:have |got |adopted |bought )?{COUNT} {ADJECTIVES}{MANY}e?s?,? (?:(?:who is |who are |that is |which is )?(?:called|named)|whose names? (?:is|are)|by the name of) (?P<value>.+)", "{who}/name"),
    rule("people", rf"(?:I|we)(?:'ve| have)?(?: got)? {ADVERBS}(?:just )?(?:have |got |adopted |bought )?{COUNT} {ADJECTIVES}{MANY}s?, (?P<value>{CAPITAL_NAME}(?:(?:,| and|, and) {CAPITAL_NAME})*)$", "{who}/name"),
    rule("people", rf"(?:I|we)(?:'ve| have)?(?: got| have)? {COUNT} {ADJECTIVES}{MANY}s? ?[-:–(] ?(?P<value>.+)", "{who}/name"),
    rule("people", rf"(?:I|we) (?:re)?(?:named|called) (?:our|my|the) {SOMEONE} (?P<value>{NAME})$", "{who}/name"),
    rule("people", r"(?:I|we)(?:'ve| have)?(?: just)? (?:had|got|welcomed|have) a (?:new )?(?P<who>baby)(?: girl| boy)?(?:,| called| named) (?P<value>[\w' -]+)", "{who}/name"),
    rule("people", rf"(?:I|we) (?:don't|do not|no longer) have (?:an? |any )?{MANY}s?(?: any more| any longer| now| at all| yet)?$", Kept("{who}", value="who"), is_negative=True),
    rule("people", rf"(?:I|we) have no {MANY}s?$", Kept("{who}", value="who"), is_negative=True),
    rule("people", rf"(?:my|our) {SOMEONE}(?: {NOT_NAMES}(?P<value>[\w'-]+))? (?:has |just |recently |sadly )*(?:died|passed away|ran away|was put down)\b.*", Kept("{who}", value="who"), is_negative=True),
    rule("people", rf"(?:I|we) gave (?:my|our) {SOMEONE} away.*|(?:I|we) (?:had to )?(?:rehome|give up|put down) (?:my|our) (?P<who2>{PET}).*", Kept("{who}", value="who"), is_negative=True),
    rule("people", r"(?P<value>(?:I|we) (?:just |recently )?(?:broke up|split up|separated|got divorced)\b.*)", Kept("love"), is_negative=True),
    rule("people", rf"(?:I|we)(?:'ve| have)?(?: got)? {ADVERBS}(?:have |got |adopted )?(?P<value>{COUNT} {ADJECTIVES}{MANY}s?)(?P<rest> (?:and|aged|who|that|living|in|from)\b.*|,.*)?$", "{who}"),
    rule("people", r"(?:I|we)(?:'ve| have)?(?: got| have)? (?P<value>twins|triplets|kids|children|grandchildren|pets|no (?:kids|children|pets|siblings))\b.*", "{value}"),
    rule("people", r"(?:I|we) (?:don't|do not) have (?:any )?(?P<value>kids|children|pets|siblings|brothers or sisters)\b.*", Kept("{value}"), is_negative=True),
    rule("people", rf"(?:my|our) {SOMEONE},? (?:who )?(?:'s |is )?(?P<value>(?:\d{{1,3}}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: (?:years?|months?|weeks?)(?: old)?)?)$", "{who}/age"),
)  # fmt: skip

# Names beside a word for who it is, anywhere in a clause: "my wife Anna and I moved".
APPOSITIONS = (
    rule("people", rf"\b(?:my|our) {SOMEONE},? (?!(?:and|is|I)\b)(?P<value>(?-i:[A-Z][\w'-]+))\b(?!'s)", Kept("{who}/name", "My {who} is called {value}")),
    rule("people", rf"\b(?:my|our) (?P<who>{RELATIVE}|dog|cat|puppy|kitten|hamster|rabbit|horse),? {NOT_NAMES}(?P<value>[a-z]\w{{1,11}}),? (?={TAIL_VERB}\b)", Kept("{who}/name", "My {who} is called {value}")),
)  # fmt: skip
SEVERAL = frozenset(
    "friend mate cousin colleague coworker co-worker teammate neighbour neighbor uncle aunt nephew "
    "niece kid child son daughter brother sister".split()
)
"""Of these one may have more than one; a name beside the word does not take another's place."""
