"""Rules on how someone wants to be served from now on. They are kept as facts, not obeyed as orders."""

from plugins.memory.extract.rule import Kept, rule

LANGUAGES = (
    r"(?:English|French|German|Spanish|Italian|Dutch|Portuguese|Polish|Swedish|Norwegian|Danish|"
    r"Finnish|Russian|Ukrainian|Turkish|Greek|Arabic|Hebrew|Hindi|Chinese|Mandarin|Japanese|Korean|"
    r"Czech|Hungarian|Romanian|Welsh|Irish|British English|American English|plain English)"
)
SERVE = (
    r"(?:answer|reply|respond|write|speak|talk|call|address|use|give|show|keep|format|include|add|"
    r"cite|explain|be|avoid|start|end|begin|round|convert|say|mention|refer|assume|quote|ask|put|"
    r"sign|translate|summari[sz]e|make|greet|stick|tell|recommend|suggest|schedule|book|remind|send|sign off|check)"
)
LASTING = r"(?:from now on|in (?:the )?future|going forward|always|every time|by default|whenever I ask|as a rule|henceforth)"
POLITE = r"(?:(?:please|can you|could you|would you|I(?:'d| would) like you to|I want you to|you should|you can|you may|kindly|just) )*"

RULES = (
    rule("instruction", rf"{POLITE}call me (?P<value>(?!back|when|if|at|later|tomorrow|on)[\w'.-]+(?: (?!from|please|instead|and|not)[\w'.-]+)?)(?: (?:from now on|instead|please))*$", Kept("call me", "Call me {value}")),
    rule("instruction", r"(?:I(?:'d)? (?:prefer|like|want|would like|would prefer|love)) to be called (?P<value>[\w'. -]+)", "call me"),
    rule("instruction", rf"(?:{POLITE}|{LASTING},? )*(?:always |only )?(?:answer|reply|respond|write|speak|talk)(?: to me)?(?: always| only)? in (?P<value>{LANGUAGES})(?: (?:from now on|please|only|always|to me|by default|when .+|unless .+))*$", "answer language"),
    rule("instruction", rf"{POLITE}(?P<value>(?:always|never) (?:{POLITE})?{SERVE}\b.+)", ""),
    rule("instruction", rf"(?:{POLITE})?{LASTING},? (?P<value>(?:{POLITE})?(?:don't |do not |never |only )?{SERVE}\b.+)", ""),
    rule("instruction", rf"(?P<value>{POLITE}(?:don't |do not |never |only )?{SERVE}\b.+? {LASTING})$", ""),
    rule("instruction", rf"(?P<value>{POLITE}(?:keep|make) (?:your|the|all) (?:answers?|replies|responses?|messages)\b.+)", ""),
    rule("instruction", rf"(?P<value>{POLITE}(?:don't|do not|stop|never|avoid) (?:use|using|call(?:ing)? me|add(?:ing)?|start(?:ing)?|end(?:ing)?|say(?:ing)?|apologi[sz]e|apologi[sz]ing|repeat(?:ing)?|mention(?:ing)?) (?!it|this|that|the (?:file|code))[\w' -]+)$", ""),
    rule("instruction", rf"(?P<value>{POLITE}use (?:metric|imperial|celsius|fahrenheit|british|american|uk|us|the metric|24-hour|bullet points|simple|short|plain|informal|formal|emoji|si)\b.*)", ""),
    rule("instruction", r"I(?:'d| would)? (?:prefer|like|appreciate|love)(?: it)? (?:if you|you to|that you) (?P<value>.+)", ""),
    rule("instruction", r"I (?:always )?(?:prefer|like|want) (?:my |your )?(?P<value>(?:(?:short|long|brief|detailed|concise|longer|shorter|plain|direct|simple) )+(?:answers|replies|responses|explanations|emails|summaries)\b.*)", ""),
)  # fmt: skip
