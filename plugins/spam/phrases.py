"""The phrases by which people ask whether a message is spam, as patterns.

Every repetition in them is bounded: however a text is made, trying one takes a bounded time.
"""

import re

MARK = "\x02"
"""Stands for a quoted message."""

KIND = r"(?:text|sms|mms|chat|whatsapp|e-?mail|phone|voice|direct|private)"
THING = (
    rf"(?:{KIND} )?(?:messages?|msgs?|sms(?:es)?|mms|texts?|e-?mails?|mails?|dms?|letters?|"
    r"notifications?|ones?|things?|offers?|notices?|alerts?|requests?|invitations?|rows?|lines?)"
)
FILE = (
    r"(?:files?|mailbox|inbox|mbox|csv|tsv|eml|spreadsheet|table|attachments?|uploads?|list|"
    rf"archive|export|batch|folder)(?: file)?(?: of {THING})?"
)
WORD = r"[\w'.@&-]{1,30}"
ORIGIN = (
    r"(?:below|above|here|attached|i (?:just )?(?:got|received)|"
    rf"(?:from|that|which|who|sent|i|we|my|to|of|by|in|on) (?:{WORD} ){{0,6}}?{WORD})"
)
WHICH = rf"(?: {ORIGIN})?"
OBJECT = (
    rf"(?:(?:(?:the|this|that|my) )?(?:{THING} )?{MARK}|"
    rf"(?:(?:each|any|all|one|some|most|none) of )?"
    rf"(?:(?:the|my|our|your|this|that|these|those)(?: {WORD}){{0,2}}? (?:{THING}|{FILE}){WHICH}|"
    r"this|that|it|these|those|they|them|the (?:following|above|below)|following)|"
    rf"(?:following|attached|each|every|all) (?:{THING}|{FILE}){WHICH})"
)

BAD = (
    r"(?:spam(?:my)?|scam(?:my|mers?|s)?|phish(?:ing|y)?|smishing|vishing|"
    r"junk(?: ?e?-?mails?)?|fraud(?:ulent|sters?)?|bogus)"
)
GOOD = r"(?:ham|legit|not spam)"
VAGUE = (
    r"(?:genuine|real|fake|safe|legitimate|trustworthy|authentic|fishy|suspicious|dodgy|hoax|"
    r"dangerous|malicious|credible|honest|harmless|con|trick|rip-?off)"
)
ANY = rf"(?:{BAD}|{GOOD}|{VAGUE})"
DEGREE = (
    r"(?:(?:really|actually|just|likely|probably|possibly|maybe|perhaps|definitely|indeed|truly|"
    r"some|any|kind|sort|type|form|of|an?|another|the|one|considered|classified|marked|flagged|"
    r"as|like|to|be|more|most|not|even|all|potential(?:ly)?|possibl[ey]|typical|common|obvious|"
    r"clear(?:ly)?|known|plain|only|either|in fact|kind of|totally|completely|100%) ){0,5}"
)
SORT = rf"(?: (?:{THING}|attempts?|attacks?|tricks?|traps?|stuff|mailings?))?"
OTHER = rf"(?:{ANY}|not|no|normal|ordinary|regular|okay|ok|fine|good|what|something else)"
VERDICT = (
    rf"{DEGREE}{ANY}{SORT}"
    rf"(?:(?:,? (?:or|and|vs\.?|versus) | ?/ ?|, ){DEGREE}{OTHER}{SORT}){{0,3}}"
)
IS = (
    r"(?: (?:is|are|was|were|isn't|aren't)|'s|'re| (?:could|might|may|would|should|can) be| being|"
    r" (?:looks?|seems?|sounds?|feels?|appears?|counts?|qualif(?:y|ies)|smells?)"
    r"(?: like| as| to be)?)"
)
CLAUSE = rf"{OBJECT}{IS} {VERDICT}"
TOOL = r"(?:classifier|filter|check(?:er)?|detector|detection|test|model|plugin|scan(?:ner)?)"

POLITE = (
    r"(?:(?:hi|hello|hey|please|pls|plz|kindly|ok|okay|so|and|but|well|also|now|just|then|there|"
    r"quickly|honestly|sorry|maybe|assistant|all|(?:quick )?question|help(?: me)?|urgent|thanks|"
    r"good (?:morning|evening|day)|(?:can|could|would|will) (?:you|u))[,!.:]? ){0,5}"
)
OPENING = (
    rf"{POLITE}(?:(?:please|pls|kindly|and|so|just|me|us|can|could|would|will|can't|you|u|we|i|i'm|"
    r"i'd|i'll|am|he|she|they|do|don't|not|need|want|wants|wanted|like|love|to|try|trying|let|"
    r"let's|someone|anyone|anybody|have|had|a look|take|really|first|both|might|asks?|asked|"
    r"asking|be able|help|go ahead|how (?:can|do|could|would|should)|what do|think|"
    r"is it possible|any|my|in your opinion|for)[,!.:]? ){0,7}"
)
KNOW = (
    r"(?:check|verify|tell|say|see|know|decide|judge|determine|find|figure|assess|confirm|predict|"
    r"establish|explain|evaluate|sure|wonder(?:ing)?|wonders|unsure|certain|clear|work|guess|idea|"
    r"curious|ask(?:s|ed|ing)?|test|detect|recogni[sz]e|identify|analy[sz]e|look|doubt|question)"
    r"(?: (?:me|us|out|for me|please|is|of|at it)){0,2}"
)
JUDGE = (
    r"(?:check|classify|label|judge|rate|categori[sz]e|mark|flag|scan|analy[sz]e|evaluate|assess|"
    r"test|screen|examine|review|inspect|search|sort|score|filter|look at|verify|tell me|run|call|"
    r"consider|identify|go through|look through|look over|divide|separate|split)(?: me| for me)?"
)
REQUESTS = (
    # Is this spam? Isn't this message from my bank a scam?
    rf"(?:is|are|was|were|isn't|aren't|wasn't|ain't) {OBJECT} {VERDICT}",
    rf"(?:is|was) (?:it possible|it likely|there an?y? chance|there any way)(?: that)? {CLAUSE}",
    rf"(?:could|might|would|can|may|should|will) {OBJECT} (?:be|count as|pass for) {VERDICT}",
    rf"(?:does|do|did|doesn't|don't) {OBJECT} (?:look|seem|sound|feel|appear|count|qualify|read|"
    rf"smell|strike you|contain|include|hold|have) {VERDICT}",
    rf"(?:do|would|don't|wouldn't|did) you (?:think|believe|say|reckon|consider|call|guess|agree|"
    rf"suspect|feel|find)(?: that| if| whether)? {OBJECT}{IS}? {VERDICT}",
    # Tell me whether it is a scam. Classify this SMS as spam or not.
    rf"{KNOW}(?: whether| if) (?:or not )?{CLAUSE}",
    rf"{KNOW}(?: whether| if) {VERDICT} (?:is|are) (?:in|among) {OBJECT}",
    rf"{JUDGE} {OBJECT}(?:,? (?:please|for me|as|for|to be|is|into|by|whether|if it's|if it is|"
    rf"and)){{0,2}}[:,]? {VERDICT}",
    rf"{JUDGE} {OBJECT},? and (?:find|list|show|count|mark|flag|remove|pick out)(?: me)? {VERDICT}",
    rf"(?:classify|categori[sz]e) (?:this|these|those|that|the|my)(?: {WORD}){{0,2}}? "
    rf"(?:{THING}|{FILE})",
    # Which of these are spam? Find the spam in this file.
    rf"(?:(?:which|how many)(?: of)?|(?:which|how many|how much|what)(?: of)? "
    rf"(?:{OBJECT}|{THING}(?: in {OBJECT})?))(?: do you think| would you say)?{IS} {VERDICT}",
    rf"(?:is|are) there (?:any )?{VERDICT}(?: hiding| hidden)? (?:in|among|amongst|inside|within) "
    rf"{OBJECT}",
    rf"(?:find|list|show|filter|count|pick|separate|detect|spot|identify|extract|give|remove|sort|"
    rf"flag|mark|highlight)"
    rf"(?: me| us| out| for){{0,2}} {VERDICT}(?: out)? (?:in|from|of|among|out of|within) {OBJECT}",
    rf"(?:run|use|apply|try)(?: (?:a|the|your|my))? {BAD} {TOOL} (?:on|for|with|over|to) {OBJECT}",
    rf"{CLAUSE},? (?:right|no|correct|isn't it|is it|aren't they|doesn't it|or not|yes)(?=\?)",
    rf"{BAD} {TOOL}(?: (?:on|for|of))? {OBJECT}",
    # Can I trust this? Is someone trying to scam me?
    rf"(?:can|could|should|may|do|would)(?: (?:i|we|you|one|my {WORD})) "
    rf"(?:(?:really|actually|just|safely) )?(?:trust|believe) {OBJECT}",
    rf"is it (?:safe|ok|okay|wise|risky|dangerous) to (?:reply|respond|answer|open|click|trust|"
    rf"follow)(?: to| on)?(?: the link in)? {OBJECT}",
    rf"(?:is|are|was) (?:{OBJECT}|someone|somebody|he|she|{WORD}) trying to "
    r"(?:scam|phish|trick|defraud|cheat|con) (?:me|us|him|her|them)",
    rf"am i being (?:scammed|phished|tricked|conned|cheated)(?: by {OBJECT})?",
)
BARE = (
    # Spam or ham? A scam? This is junk, right? Spam check: ...
    rf"{DEGREE}{ANY}(?:,? (?:or|vs\.?|versus) | ?/ ?){DEGREE}{OTHER}",
    rf"{DEGREE}{BAD}{SORT}(?: maybe| perhaps)?(?=\?)",
    rf"{CLAUSE}(?=\?)",
    rf"{BAD} check",
    rf"(?:classify|label|judge|rate|categori[sz]e) (?:as|into) {VERDICT}",
    rf"(?:check|scan|test|screen) for {BAD}{SORT}",
)
"""What is a request only where nothing but a polite word stands in front of it."""
ENDING = (
    r"(?:,? (?:please|pls|do you think|you think|would you say|or what|to you|right|thanks|"
    r"thank you|i wonder|by any chance|too|at all|for me|again|here|then|today|now|though|anyway|"
    rf"in your (?:opinion|view|eyes)|below|above|attached|"
    rf"(?:(?:that|which) (?:i|we|my)|i (?:just )?(?:got|received)|from) (?:{WORD} ){{0,6}}?{WORD}"
    r")){0,3}"
    r"(?:,? (?:or|because|since|as|so|and (?:should|can|do|does|what|how|why|is|if|could|would)|"
    rf"but|that i|which i|given) [^?\n{MARK}]{{1,120}}(?=\?))?"
    rf"(?: ?[?!.:;,…]{{1,5}}| [–—-]{{1,3}}(?=\s)|\s{{0,9}}(?:\Z|(?=\n|{MARK})))"
)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(" ", r"(?:[^\S\n]{1,9}+)"), re.IGNORECASE)


REQUEST = _compiled(
    rf"\s{{0,9}}+\b(?:{OPENING}(?:{'|'.join(REQUESTS)})|{POLITE}(?:{'|'.join(BARE)})){ENDING}"
)
"""A request, from where one may begin to the sign that ends it."""
START = _compiled(
    rf"(?:^|[.!?:;,…\n)–—-]|{MARK}|\b(?:and|or|but|so|because)\b)\s{{0,9}}+(?=\w)|\s(?-i:(?=[A-Z]))"
)
"""Where a request may begin, at the end of the match."""
CLEAR = _compiled(rf"\b(?:{BAD}|legit|ham|trust|{THING})\b")
"""Words without which a request may be about anything: it needs a message beside it."""
GREETING = _compiled(
    r"(?:(?:hi|hello|hey|please|thanks?(?: you)?|thx|cheers|ok|okay|so|(?:quick )?question|sorry|"
    r"excuse me|help(?: me)?|there|all|assistant|good (?:morning|evening|day)|in advance|a lot|"
    r"so much|very much|regards|and|but|well)\W{0,5}){1,6}"
)
THANKS = _compiled(
    r"(?:(?:thanks?(?: you)?|thx|ty|cheers|please|pls|(?:kind |best )?regards)"
    r"(?: (?:in advance|a lot|so much|very much))?\W{0,5}){1,3}"
)
PRELUDE = _compiled(
    rf"{OPENING}(?:"
    # I just got this strange message. Received this today:
    r"(?:(?:(?:i|i've|i'm|we|we've|my|our|someone|somebody|an?|they|he|she|just|here|here's|what|"
    r"look|check|take|can|could|not|read|see|this|these|that|the|it)\b[^\n]{0,60}?\b)?"
    r"(?:got|gets?|gotten|getting|received?|receiving|sent|sends|forwarded|texted|messaged|"
    r"e-?mailed|mailed|wrote|found|showed|shows|asks)|"
    r"(?:i|i've|i'm|we|we've|my|our|someone|somebody|here|here's|what|look|check|take|can|could|"
    r"not|they|he|she)\b[^\n]{0,60}?\b(?:have|has|had|see|saw|read|look(?: at)?|check(?: out)?|"
    rf"about|of|is|here's|by))(?: {WORD}){{0,4}}? (?:{THING}|this|these|{FILE}|{MARK})"
    # This arrived today. A text from an unknown number,
    rf"|(?:this|the|these|that|it)(?: {WORD}){{0,4}}? (?:came|arrived|landed|appeared|popped|"
    r"turned|showed|was in)"
    rf"|(?:(?:an?|the|this|another|my) )?(?:{WORD} ){{0,2}}?{THING} (?:from|by|about|of)"
    r")\b[^\n:]{0,150}(?::|(?=\n)|\Z)"
    # Do I have to worry, or
    r"|(?:what|what's|which|do|does|should|can|am|are|i|i'm|we|not|how|he|she|they)\b"
    r"[^\n.!?:]{1,80},(?: (?:or|and|but|so))?\Z"
    rf"|(?:check|look at|see|read|consider)(?: {WORD}){{1,3}} ?[,.:!]?\Z"
)
"""What people say before they ask: how they came by a message that is not this text itself."""
LEAD = _compiled(
    rf"(?:here (?:it |this )?(?:is|comes|goes)|it (?:says|reads|goes)|(?:(?:the|this|my) )?{THING}"
    r"(?: (?:is|says|reads|goes|was))?(?: (?:this|as follows))?) ?[:\-–—]\s{1,9}"
)
"""What announces a message."""
