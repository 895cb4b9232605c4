"""Rules on who someone is: name, age, birthday, home, origin, family status, languages."""

from plugins.memory.extract.rule import ADVERBS, CAPITAL_NAME, I_AM, MORE, NAME, WE_ARE, Kept, rule

NUMBER = (
    r"(?:\d{1,3}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ]\w+)?|eighteen|"
    r"nineteen|sixteen|seventeen)"
)
PLACE = r"(?P<value>(?:(?:the|a|an) )?[\w'.-]+(?:,? (?!(?:and|but|because|since|so|for|with|as|where|which|to|when|now|by the way|last|next|this|in (?:19|20))\b)[\w'.-]+){0,6})"
NO_NAME = (
    r"(?!(?:[\w-]+ing|[\w-]+ed|here|back|home|sorry|sure|fine|ok|okay|glad|happy|sad|not|so|very|in|"
    r"on|at|from|an?|the|just|also|now|French|German|English|British|Scottish|Irish|Welsh|American|"
    r"Canadian|Mexican|Italian|Spanish|Dutch|Swedish|Norwegian|Danish|Polish|Indian|Chinese|"
    r"Japanese|Korean|Turkish|Greek|Russian|Ukrainian|Portuguese|Brazilian|Australian|Jewish|"
    r"Muslim|Christian|Catholic|Buddhist|Hindu|Swiss|Austrian|Belgian|Finnish|Czech|"
    r"Vegan|Vegetarian|OK|CEO|CTO|CFO|AI|HR|IT|QA)\b)"
)
NATIONALITY = (
    r"(?:half[- ])?(?:French|German|English|British|Scottish|Irish|Welsh|American|Canadian|Mexican|"
    r"Italian|Spanish|Dutch|Swedish|Norwegian|Danish|Polish|Indian|Chinese|Japanese|Korean|Turkish|"
    r"Greek|Russian|Ukrainian|Portuguese|Brazilian|Australian|Swiss|Austrian|Belgian|Finnish|"
    r"Czech|Hungarian|Romanian|Iranian|Nigerian|Kenyan|Egyptian|Vietnamese|Thai|Filipino|Argentinian|"
    r"Chilean|Colombian|Peruvian|Slovak|Croatian|Serbian|Bulgarian|Estonian|Latvian|Lithuanian)"
)
LANGUAGE = r"(?P<value>(?:a (?:little|bit of)|some|fluent|basic|good|native|both)? ?(?-i:[A-Za-z])[\w]+(?:(?:,| and|, and)? [\w]+){0,8})"

RULES = (
    rule("identity", rf"(?:(?:my|the) )?(?:full |first |real |given )?name(?:'s| is)(?: actually| now| spelled| spelt)* (?P<value>{NAME})", Kept("name", "My name is {value}")),
    rule("identity", rf"{I_AM} (?:called|named) (?P<value>{NAME})", "name"),
    rule("identity", rf"I go by (?:the name )?(?P<value>{NAME})|(?:people|everyone|friends|my friends|they|everybody) calls? me (?P<value2>{NAME})", "nickname"),
    rule("identity", rf"(?:this is|it's) (?P<value>{CAPITAL_NAME})(?: here| again)(?:$|[,.!])", Kept("name", "My name is {value}")),
    rule("identity", rf"{I_AM} {ADVERBS}(?P<value>{NUMBER})(?: and a half)?[mf]?(?: years?(?: old| of age| young)?| yrs?(?: old)?| yo| y/o)?{MORE}(?=$|[,.!);])", "age"),
    rule("identity", rf"(?:I|I've) {ADVERBS}turned (?P<value>{NUMBER})\b", "age"),
    rule("identity", rf"(?:{I_AM} turning|I turn|I'll turn|I'll be|I will be) (?P<value>{NUMBER}) (?:in|on|next|this|tomorrow|soon)\b.*", "age/next"),
    rule("identity", r"my (?:birthday|birthdate|date of birth|dob)(?:'s| is| falls)(?: on| in)?(?: the)? (?P<value>.+)", "birthday"),
    rule("identity", r"I was born (?:on|in) (?:the )?(?P<value>(?:\d|january|february|march|april|may \d|june|july|august|september|october|november|december).*)", "birthday"),
    rule("identity", rf"I was born(?: and (?:raised|bred|grew up))? (?:in|near|at) {PLACE}", "origin"),
    rule("identity", rf"(?:{WE_ARE}|I come|I'm originally|I'm actually) {ADVERBS}(?:originally )?from {PLACE}", "origin"),
    rule("identity", rf"I (?:grew up|was raised) (?:in|near|on) {PLACE}", "origin/childhood"),
    rule("identity", rf"(?:{I_AM} no longer (?:living|based) in|I no longer live (?:in|at)|I don't live (?:in|at)) (?P<value>.+?)(?: any more| any longer)?$", "home", is_negative=True),
    rule("identity", r"(?:I|we) used to (?P<value>live .+)", "past/{value}"),
    rule("identity", rf"(?:I|we) {ADVERBS}(?:live|reside|stay) (?:in|near|at|on|outside|close to|just outside|by) {PLACE}", "home"),
    rule("identity", rf"{WE_ARE} {ADVERBS}(?:living|based|located|residing|settled) (?:in|near|at|on|outside|out of) {PLACE}", "home"),
    rule("identity", rf"(?:I|we|I've|we've|I have|we have) {ADVERBS}(?:moved|relocated)(?: back| over| house| home| away| out)?(?: from [\w' -]+?)? (?:to|into) {PLACE}", "home"),
    rule("identity", rf"(?:I've|I have|we've|we have) (?:been living|lived) in {PLACE} (?:since|for|all)\b.*", "home"),
    rule("identity", rf"my (?:home|home ?town|hometown) is (?:in )?{PLACE}", "origin/hometown"),
    rule("identity", r"my (?:home )?address is (?P<value>.+)", "address"),
    rule("identity", rf"{I_AM} {ADVERBS}(?P<value>{NATIONALITY})(?:$|[,.!]| by birth| originally| but)", "nationality"),
    rule("identity", rf"{I_AM} in my (?P<value>(?:early |mid |late |mid-)?(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|\d0s))", "age"),
    rule("identity", rf"{WE_ARE} {ADVERBS}(?P<value>(?:happily |newly |recently )?(?:married|engaged|single|divorced|widowed|separated|pregnant))(?P<who> to [\w' -]+| with [\w' -]+)?(?: now)?$", "family status"),
    rule("identity", r"(?:I|we) (?:got|just got|were|was) (?P<value>married|engaged|divorced)\b.*", "family status"),
    rule("identity", rf"I {ADVERBS}(?:can )?(?:speak|talk) {LANGUAGE}$", "language/{value}"),
    rule("identity", r"I (?:don't|no longer|do not) speak (?P<value>[\w ]+?)(?: any more)?$", "language/{value}", is_negative=True),
    rule("identity", rf"{I_AM} (?:fluent|bilingual) in {LANGUAGE}", "language/{value}"),
    rule("identity", r"my (?:native|first|mother) (?:language|tongue) is (?P<value>\w+)", "native language"),
    rule("identity", r"my pronouns are (?P<value>[\w/ ]+)", "pronouns"),
    rule("identity", rf"(?:I'm|I am) (?!(?i:i|a|an|the|in|on|at|no|ok)\b){NO_NAME}(?P<value>{CAPITAL_NAME})(?=$|[,.!]| and| by the way| from| here)", Kept("name", "My name is {value}")),
)  # fmt: skip
