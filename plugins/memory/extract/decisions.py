"""Rules on what was decided, and on changes from one thing to another."""

from plugins.memory.extract.rule import ADVERBS, WE_ARE, rule

FOR = r"(?:,? (?:for|as|on) (?:the |our |my )?(?P<what>(?!now\b|a while\b|good\b|me\b|us\b)[\w' -]+?))?$"

RULES = (
    rule("decision", rf"(?:I|we)(?:'ve| have)? {ADVERBS}(?:finally )?(?:decided|agreed|resolved|settled|chose|chosen|opted|picked|voted|committed)(?: to go(?: with)?| to use| to| on| for| that| against|) (?P<value>(?!ask\b|if\b|whether\b).+?){FOR}", "decision/{what}"),
    rule("decision", rf"(?:the|our|my) (?:final )?decision is(?: to)? (?P<value>.+?){FOR}", "decision/{what}"),
    rule("decision", rf"(?:let's|let us|we'll|we will|I'll|I will|{WE_ARE}|{WE_ARE} going to) (?:now |just |then |all )*(?:use|using|go with|going with|stick with|sticking with|adopt|adopting|go for|going for|pick|choose|call it|standardi[sz]e on) (?P<value>(?!it\b|this\b|that\b|your\b|the (?:following|first|second|example)).+?){FOR}", "decision/{what}"),
    rule("decision", r"(?:I|we)(?:'ve| have)? (?:just |recently |now |finally )*(?:switched|moved|migrated|changed|converted)(?: over)?(?: from (?P<old>[\w'+#. -]+?))? to (?P<value>(?!the (?:next|following))[\w'+#. -]+?)(?: (?:for|as) (?:the |our |my )?(?P<what>[\w' -]+?))?(?: (?:last|this|in|on|because|since)\b.*)?$", "decision/{what}"),
    rule("decision", r"(?:I|we)(?:'ve| have)? (?:just |recently |now |finally )*(?:replaced|swapped|ditched|dropped) (?P<old>[\w'+#. -]+?) (?:with|for|by|in favou?r of) (?P<value>[\w'+#. -]+)$", "decision/{what}"),
    rule("decision", r"(?P<what>[\w' -]{2,30}?) (?:was|is|has been) (?:chosen|picked|selected) (?:as|for) (?P<value>.+)", "decision/{value}"),
)  # fmt: skip
