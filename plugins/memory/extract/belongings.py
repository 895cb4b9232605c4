"""Rules on what someone owns and uses, and on whatever else is theirs."""

from plugins.memory.extract.people import SOMEONE
from plugins.memory.extract.rule import ADVERBS, I_AM, WHEN, rule

FLEETING = (
    r"(?:question|problem|issue|idea|feeling|headache|cold|minute|moment|second|doubt|look|chance|"
    r"hunch|lot|bit|few|favou?r|request|bug|error|hard time|fever|cough|point|choice|hangover|"
    r"concern|suggestion|thought|go|try|clue|sense|reason|preference|good day|bad day|"
    r"great day|nice day|long day|day off|plan|couple of (?:questions|minutes)|file|document|report|"
    r"text|list|dataset|table|spreadsheet|message|email|e-mail|pdf|function|script|task|deadline|"
    r"stack ?trace|query|string|variable|array|class|contract|manual|page|follow-up|quick|"
    r"dream|crush|break|nap|snack|laugh|say|word|tendency|chat|talk|conversation|paper|code|"
    r"homework|assignment|essay|letter|sore throat|stomach ache|toothache|bad feeling|rough day)"
)
NOT_MINE = (
    r"(?!(?:[\w-]+ ){0,2}?(?:question|problem|issue|point|guess|opinion|concern|idea|bad|"
    r"understanding|impression|bet|apologies|fault|mistake|next question|last question|first "
    r"question|code|error|query|input|output|request|prompt|message|text|function|script|program|"
    r"only (?:question|concern)|thinking|thought|feeling|head|heart|answer|advice|suggestion|sense|"
    r"worry|fear|mood|day|morning|evening|weekend|bus|connection|internet|wifi|browser|screen|"
    r"reason|argument|hope|hypothesis|theory|task|homework|assignment|turn|hands?|eyes?|"
    r"favou?rite|name|god|goodness|file|document|documents|report|pdf|data|mistake|wife's|"
    r"password|pin|secret|lord)(?:'s)?\b(?! (?:is|was|are) (?:born|(?:on|at|in) \w)))"
)
PASSING_STATE = (
    r"(?!(?:not working|broken|slow|sick|ill|tired|asleep|fine|ok|okay|good|great|bad|late|here|"
    r"back|stuck|wrong|right|correct|empty|full|dead|down|up|on fire|crashing|failing|hungry|"
    r"crying|barking|driving me|killing me|to\b|that\b|how\b|why\b|what\b|whether\b|if\b|so \w+$|"
    r"very \w+$|really \w+$|too \w+$|a mess|acting|being|making|giving|getting|going|about to|"
    r"not\b|n't|as follows|the same|simple|like this|below|above|attached|this|it\b|cute|nice|"
    r"amazing|awesome|lovely|annoying|great|funny|happy|sad|angry|mad|upset|gone|done|ready|"
    r"finished|over|running|lost|hurting|hurts|aching|killing|the best\b|awful|terrible|"
    r"delayed|hacked|locked|blocked|suspended|closed|unhappy|noisy|weird)\b)"
)

RULES = (
    rule("belonging", r"(?:I|we) (?:don't|do not|no longer|never) (?:have|own|drive|use) (?:an? |any |my |our |the )?(?P<value>(?!time\b|idea\b|money\b|clue\b|much\b|access\b|enough\b|permission\b|to\b|it\b|that\b|this\b)[\w' -]+?)(?: any more| any longer| now| at all)?$", "{value}", is_negative=True),
    rule("belonging", r"(?:I|we)(?:'ve| have)? (?:just |recently |finally )*(?:sold|got rid of|gave away|lost|crashed|returned|scrapped|donated) (?:my|our|the) (?P<value>[\w' -]+?)(?: last \w+| yesterday| today)?$", "{value}", is_negative=True),
    rule("belonging", r"(?:my|our) (?P<value>[\w' -]+?) (?:got |was |has been )(?:stolen|sold|cancelled|canceled)\b.*", "{value}", is_negative=True),
    rule("belonging", rf"(?:I|we) {ADVERBS}(?:own|drive|ride|rent|play on|wear|weigh|rely on|commute|subscribe to|volunteer at|belong to) (?P<value>(?:an?|the|two|three|four|\d+|my|our)? ?(?!it\b|this\b|that\b)[\w' -]+.*)", ""),
    rule("belonging", r"(?:I|we)(?:'ve| have)? (?:just |recently |finally )*(?:bought|got|purchased|inherited|leased) (?P<value>(?:an?|my|our|some|two|three) (?!(?:error|message|email|e-mail|mail|letter|question|problem|new error|warning|call|text|lot|bit|feeling|cold|headache|bug|result|answer|coffee|refund|bad|weird|strange|reply|link|exception|file|prize|offer)\b)[\w' -]+.*)", ""),
    rule("belonging", rf"(?:I|we)(?:'ve| have)(?: got)? (?P<value>(?:an?|two|three|four|five|six|seven|eight|nine|ten|\d+|over \d+|my own) (?!(?:[\w'-]+ ){{0,2}}?{FLEETING}s?\b)[\w' -]+.*)", ""),
    rule("belonging", rf"(?:I|we) {ADVERBS}use (?P<value>(?!this|that|it\b|your|the (?:following|code|command))[\w'+#. -]+ (?:for|as|on|every|at|because|instead|to)\b.*)", ""),
    rule("belonging", rf"(?:I|we) {ADVERBS}(?:use|code in|program in|write in|run|develop on) (?P<value>(?-i:[A-Z])[\w'+#. -]*)$", ""),
    rule("detail", r"(?:you can |please )?(?:reach|contact|e-?mail|text|ring) me (?:at|on|under|via) (?P<value>.+)", "contact"),
    rule("people", rf"(?:my|our) {SOMEONE}(?:'s| is| was)(?: now| actually| still| also)* {PASSING_STATE}(?P<value>.+)", "{who}/{value}"),
    rule("detail", rf"(?:my|our|the name of my) {NOT_MINE}(?P<what>[\w'’ -]{{2,40}}?)(?:'s| is| are| was| will be)(?: now| actually| still| currently| called| named| always| usually)* {PASSING_STATE}(?P<value>.+)", "{what}"),
    rule("detail", rf"(?:my|our) {NOT_MINE}(?P<what>[\w' -]{{2,40}}?) (?P<value>(?:starts?|ends?|begins|takes place|opens|leaves|departs|arrives|expires|lives?|works?|studies|goes to|was born|moved|has moved|has been moved|(?:got|was) (?:moved|postponed|rescheduled)|retired|teaches|plays|speaks|loves|likes|hates|costs|turns|turned|can't (?:eat|stand)|has (?!to\b|been\b|not\b|no\b|an? (?:bug|problem|issue|question)\b)\w+|gave|runs on|drives|collects|graduated|is allergic)\b(?! (?:it|this|that|me|not|up)\b).*)", "{what}/{value}"),
    rule("detail", rf"{I_AM} (?P<value>(?:not )?(?:\d[\d.,]* ?(?:cm|m|ft|feet|kg|lbs?|pounds)(?: tall)?|\d'\d+\"?|left[- ]handed|right[- ]handed|ambidextrous|colou?r-?blind|dyslexic|deaf|blind|an? (?:only child|twin|orphan|introvert|extrovert|night owl|morning person|early bird|early riser|atheist|christian|muslim|buddhist|hindu|catholic|beginner|gamer|runner|cyclist|hiker|reader|smoker|non-smoker|veteran|feminist|minimalist|foodie|vegetarian|father|mother|mum|mom|dad|parent|grandmother|grandfather|grandparent|widow|widower|member of .+|native .+|citizen .+|.+ citizen|.+ fan|.+ lover|.+ person|.+ speaker))\b.*)$", ""),
    rule("plan", rf"(?:I|we) (?P<value>(?:leave|fly|depart|arrive|land|travel|move|start|finish|retire|graduate|return|go back|check in|check out|meet|defend|present|go) .*\b{WHEN}\b.*)", "plan/{value}"),
    rule("history", r"I (?P<value>(?:used to|once|was (?:an? [\w ]+ (?:for|in|until)|in the (?:army|navy))|studied|attended|went to (?:school|university|college)|served|met my|got my|passed|failed|climbed|ran (?:a|the|my)|won (?:a|the|my)|broke my|lived in|worked (?:at|for|as|in)|played .+ (?:for|as|in))\b.+)", ""),
    rule("history", r"(?:I've|I have|we've|we have) (?P<value>(?:been to|visited|climbed|lived|worked) .+)", ""),
    rule("history", r"we (?P<value>(?:met|got together|have been together|have been married|bought|adopted|live|lived|own) .+)", ""),
)  # fmt: skip
