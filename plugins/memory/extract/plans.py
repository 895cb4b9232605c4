"""Rules on plans, appointments, deadlines and projects."""

from plugins.memory.extract.rule import ADVERBS, WE_ARE, WHEN, rule

EVENT = (
    r"(?:appointment|meeting|flight|exam|interview|wedding|trip|holiday|vacation|party|concert|"
    r"reservation|booking|date|check-?up|surgery|operation|test|presentation|deadline|conference|"
    r"call|lesson|class|race|marathon|match|game|driving test|graduation|moving day|"
    r"performance|recital|viewing|visit|session|workshop|course|due date|train|defen[cs]e|talk)"
)
MATTER = (
    r"(?:deadline|budget|launch|release|due date|kick-?off|go-live|code ?name|demo|start date|"
    r"end date|client|customer|sponsor|wedding|party|meeting|appointment|exam|interview|flight|"
    r"conference|rent|hand-?in|submission|review|stand-?up|retro|offsite|opening|theme|"
    r"venue|project|repo|repository|team|office|working title|title)"
)
IS = r"(?:'s| is| are| was| will be| falls| has been(?: moved| set| pushed(?: back)?| changed)?(?: to)?| (?:got |was |is |has )?(?:moved|postponed|pushed(?: back)?|rescheduled|changed|brought forward)(?: to| until)?|starts?|ends?| takes place| begins)"

RULES = (
    rule("plan", rf"(?:I|we)(?:'ve| have)?(?: got)? {ADVERBS}(?:have )?(?P<value>(?:an?|my|our|the) (?:(?!question|problem)[\w'-]+ ){{0,4}}?{EVENT}\b.*\b{WHEN}\b.*)", "appointment/{value}"),
    rule("plan", rf"(?:the|our) (?P<what>(?:[\w'-]+ ){{0,4}}?{MATTER}(?: (?:for|of|with|on|about|at) (?:the |my |our )?[\w' -]+?)?){IS}(?: now| set for| scheduled for| planned for| due| actually| called)* (?:on |at |in |for )?(?P<value>(?!not\b|too\b|very\b|wrong\b|broken\b|that\b|to\b|down\b|so\b|still\b|a (?:problem|mess)|unclear).+)", "{what}"),
    rule("plan", r"(?:I|we)(?:'ve| have)? (?:just |now )*(?:moved|postponed|rescheduled|pushed|changed|brought forward|delayed) (?:the|my|our) (?P<what>[\w' -]+?)(?: back| forward| up)? (?:to|until) (?P<value>.+)", "{what}"),
    rule("plan", rf"(?P<value>(?-i:[A-Z])[\w' -]{{1,30}}?) (?:is|'s) due (?:on |by |in )?(?P<when>.*{WHEN}.*)", "{value} deadline"),
    rule("plan", rf"{WE_ARE} {ADVERBS}(?P<value>(?:getting married|having a baby|expecting (?:a|our|my)|getting a|buying (?:a|our|my)|selling (?:my|our)|moving (?:to|out|in|house|into|back)|starting (?:a|my|at|uni|college|school|work|with|as|on)|leaving (?:for|my|on)|retiring|renovating|planning (?:to|a|an|our|my)|training for|saving (?:up )?for|preparing for|launching|organi[sz]ing|hosting|adopting|graduating|emigrating)\b.*)", "plan/{value}"),
    rule("plan", rf"{WE_ARE} {ADVERBS}(?P<value>(?:(?:going|flying|travell?ing|heading|driving|off|going on holiday|going on vacation|going back) to (?!ask|need|use|try|be|have|do|get|go\b|the (?:shop|store|toilet|bathroom)|bed|sleep|work)|visiting|meeting|seeing|picking up|staying (?:with|at|in)|attending)\b.+)", "plan/{value}"),
    rule("plan", rf"(?:I'll|we'll|I will|we will|{WE_ARE} going to) (?P<value>(?!(?:ask|try|need|let|see|use this|do (?:it|that)|have to|be back|get back|come back|check|send|paste|show|tell|give you|explain|think)\b).*\b{WHEN}\b.*)", "plan/{value}"),
    rule("plan", r"(?:I|we) (?:plan|intend|hope|aim) to (?P<value>.+)", "plan/{value}"),
    rule("plan", r"(?:I|we) (?:really |also |just |still )*(?:want|would like) to (?P<value>(?:learn|visit|become|run a|write a|buy a (?:house|flat|car|boat|home|bike)|move|travel|start a|get married|retire|lose|build|go to|climb|quit|adopt|study|see the)\b.+)", "plan/{value}"),
    rule("plan", r"(?:my|our) (?:main |big |biggest |long-term |new year's |current )?(?P<what>goal|dream|ambition|resolution|plan|target|aim|next step)(?: (?:for|in) [\w ]+?)?(?: is|'s)(?: to)? (?P<value>.+)", "{what}/{value}"),
    rule("project", rf"{WE_ARE} {ADVERBS}(?:working on|building|developing|writing|making|creating|designing|learning|taking|reading|restoring|leading|managing|running|coding|composing|recording|launching|teaching myself) (?P<value>(?!it\b|this\b|that\b|these\b|some code\b|code\b|an? (?:e-?mail|mail|letter|message|script|function|program|query|report|test|prompt)\b|into|about|out|late|the (?:following|code|error|problem|docs|documentation|report|manual)|on it|sure|something|(?:a )?shower|notes).+)", "project/{value}"),
    rule("project", r"(?:I|we) (?:started|launched|founded|created|built|published|wrote|released) (?P<value>(?:an?|my|our) (?!script|function|test|question|file|query).+)", "project/{value}"),
)  # fmt: skip
