"""Rules on work and study."""

from plugins.memory.extract.rule import ADVERBS, I_AM, Kept, rule

ROLE = r"(?P<role>an? (?!bit\b|little\b|lot\b|big fan|fan\b|huge fan|member\b|person\b)[\w' /&-]{2,50}?)"
AT = r"(?: (?:at|with|for) (?P<firm>(?!the moment\b|home\b|night\b|least\b|all\b|now\b|a living\b|fun\b|myself\b|(?:\w+ )?(?:years|months)\b|\d)[\w'.& -]{2,50}?))?"
SINCE = r"(?P<since> (?:since|for (?:the (?:last|past) )?(?:\w+|\d+) years?|for over|now|these days|in|from|on|by|as of|full[- ]time|part[- ]time)\b.*)?$"
JOB = (
    r"[\w' -]*?(?:engineer|teacher|nurse|doctor|lawyer|student|developer|designer|programmer|manager|"
    r"chef|cook|writer|author|artist|musician|architect|scientist|researcher|professor|lecturer|"
    r"accountant|carpenter|plumber|electrician|driver|pilot|baker|farmer|freelancer|consultant|"
    r"analyst|journalist|editor|photographer|dentist|pharmacist|therapist|psychologist|physicist|"
    r"chemist|biologist|economist|librarian|translator|interpreter|mechanic|firefighter|paramedic|"
    r"veterinarian|vet|surgeon|physician|midwife|barista|waiter|waitress|bartender|salesperson|"
    r"entrepreneur|founder|co-founder|director|ceo|cto|cfo|intern|apprentice|technician|secretary|"
    r"receptionist|officer|soldier|judge|actor|actress|singer|dancer|tutor|coach|trainer|"
    r"administrator|assistant|specialist|operator|builder|welder|gardener|florist|tailor|"
    r"hairdresser|barber|banker|broker|trader|marketer|recruiter|postdoc|undergraduate|"
    r"sysadmin|devops|midwife|optician|radiologist|cardiologist|geologist|historian|"
    r"social worker|housewife|stay-at-home (?:mum|mom|dad|parent)|data \w+|phd \w+|\w{3,}(?:ologist|ician|wright|smith))"
)

RULES = (
    rule("work", rf"(?:I|I've|I have) {ADVERBS}(?:no longer work|don't work|stopped working|quit working) (?:at|for|with) (?P<value>.+?)(?: any more| any longer)?$", "employer", is_negative=True),
    rule("work", r"(?:I|I've|I have) (?:just |recently |finally )*(?:left|quit|resigned from) (?:my (?:job|position|role) (?:at|with|in) )?(?P<value>(?!me\b|you\b|it\b|the house\b|home\b|a\b|smoking\b|drinking\b|my (?!job|position|role|company|employer))[\w'.& -]+)$", "employer", is_negative=True),
    rule("work", r"(?P<value>(?:I|I've|I was|I got) (?:just |recently )*(?:been )?(?:laid off|fired|made redundant|retired|quit my job|lost my job|resigned)\b.*)", Kept("employer", value=""), is_negative=True),
    rule("work", rf"(?:{I_AM}) (?P<value>(?:currently |now )?(?:unemployed|retired|between jobs|self-employed|on (?:maternity|paternity|parental|sick) leave|freelancing))\b.*", "employment"),
    rule("work", rf"(?:{I_AM}|I was) (?:no longer|not) (?P<value>an? (?:{JOB}))(?: any more| any longer)?$", "role", is_negative=True),
    rule("work", rf"(?:I|I've|we) {ADVERBS}(?:work|worked|been working|'m working){AT} as (?P<role>(?:an? |the )?[\w' /&-]{{2,50}}?){SINCE}", Kept("employer", "I work at {firm}", "firm", "firm"), Kept("role", "I work as {role}", "role")),
    rule("work", rf"(?:I|{I_AM}) {ADVERBS}(?:work|working) as (?P<role>(?:an? |the )?[\w' /&-]{{2,50}}?){AT}{SINCE}", Kept("role", "I work as {role}", "role"), Kept("employer", "I work at {firm}", "firm", "firm")),
    rule("work", rf"(?:I|{I_AM}) {ADVERBS}(?:work|working) (?:at|for|with) (?P<firm>(?!the moment\b|home\b|night\b|myself\b|(?:about |over )?(?:\w+ )?(?:years|months|hours)\b|\d)[\w'.& -]+?)(?:,? (?:in|on) (?P<unit>[\w' &-]+?))?{SINCE}", Kept("employer", value="firm")),
    rule("work", rf"(?:I|{I_AM}) {ADVERBS}(?:work|working) (?:in|on|with) (?P<value>(?!it\b|this\b|that\b|your\b|some\b|the\b|an? (?:script|file|report|document)\b)[\w' &-]+)$", "field"),
    rule("work", rf"(?:I|{I_AM}) {ADVERBS}(?:work|working) (?P<value>from home|remotely|nights?|night shifts?|part[- ]time|full[- ]time|freelance|weekends)\b.*", "working mode"),
    rule("work", r"(?:I|I've|I have) (?:just |recently |now )*(?:start(?:ed)?|joined|begun|got a(?: new)? job|got hired|am starting|accepted an offer|will start|'m starting|starting)(?: a new job| working| a job| work| my new job)? (?:at|with|for|from|by) (?P<value>(?!the moment\b|\d|home\b|school\b)[\w'.& -]+?)(?: as (?P<role>an? [\w' -]+?))?(?: (?:last|this|next|in|on|as)\b.*|, .*)?$", "employer"),
    rule("work", r"I(?:'ve| have)? (?:just |recently )*joined (?P<value>(?-i:[A-Z])[\w'.& -]*?)(?: as (?P<role>an? [\w' -]+?))?(?: (?:last|this|in|on)\b.*)?$", "employer"),
    rule("work", r"(?:I've been|I was|I got|I've|I have been) (?:just |recently )*promoted to (?P<value>[\w' -]+)", "role"),
    rule("work", r"my (?:current )?(?:job|profession|occupation|job title|role)(?: title)?(?:'s| is) (?:now )?(?P<value>(?!really|hard|boring|stressful|killing|to\b|so\b|very\b)[\w' -]+)", "role"),
    rule("work", r"my (?:current |new )?(?:employer|company|workplace)(?:'s| is)(?: called| now)? (?P<value>[\w'.& -]+)", "employer"),
    rule("work", rf"(?:{I_AM}) {ADVERBS}(?P<role>(?:an? |the )?(?:\w+ )?(?:{JOB}))(?: by (?:training|trade|profession))?{AT}(?: in (?P<place>[\w' -]+?))?{SINCE}", Kept("role", "I'm {role}", "role"), Kept("employer", "I work at {firm}", "firm", "firm")),
    rule("work", rf"(?:{I_AM}) (?P<role>(?:the |a )?(?:head|director|vp|vice president|chief|lead|dean|member) of [\w' &-]+?){AT}(?: in (?P<place>[\w' -]+?))?$", Kept("role", "I'm {role}", "role"), Kept("employer", "I work at {firm}", "firm", "firm")),
    rule("work", r"(?:I've|I have) been (?:at|with) (?P<value>(?-i:[A-Z])[\w'.& -]*?)(?: (?:for|since)\b.*)?$", "employer"),
    rule("work", r"I (?:have|hold|did|got|'ve got) (?P<value>(?:an? )?(?:degree|master's|masters|bachelor's|bachelor|phd|doctorate|diploma|mba)\b.*)", "degree"),
    rule("work", r"I run (?P<value>(?:an? |my own )(?:\w+ )?(?:\w+ )?(?:company|business|shop|bakery|caf[eé]|restaurant|agency|studio|farm|startup|store|bookshop|blog|podcast|salon|practice|hotel|pub|bar)\b.*)", "business"),
    rule("work", rf"(?:I|{I_AM}) {ADVERBS}(?:study|studying|studied|majoring in|doing a (?:degree|phd|master's|masters) in|doing my (?:phd|master's|masters) in|I major in) (?P<value>(?!for\b|hard\b|the\b|this\b|it\b)[\w' &-]+?)(?: at (?P<school>[\w'. -]+?))?$", Kept("studies")),
    rule("work", r"I (?:graduated|got my degree|got my phd) (?P<value>(?:from|in) .+)", "degree"),
    rule("work", rf"I {ADVERBS}teach (?P<value>[\w' -]+)", "teaching"),
)  # fmt: skip
