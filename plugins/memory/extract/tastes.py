"""Rules on what someone likes, eats and does in their free time."""

from plugins.memory.extract.rule import ADVERBS, I_AM, WE_ARE, Kept, rule

DIET = (
    r"(?:strict |mostly |pretty much )?(?:vegetarian|vegan|pescatarian|pescetarian|flexitarian|"
    r"carnivore|omnivore|teetotal|teetotaler|celiac|coeliac|diabetic|lactose[- ]intolerant|"
    r"gluten[- ](?:free|intolerant)|halal|kosher)"
)
NO_THING = (
    r"(?!(?:it|that|this|these|those|your|you|to know|to ask|to see|to understand|to hear|to get|the "
    r"(?:idea|answer|way|sound|look|first|second|one|other|new)|how|what|when|if|him|her|them|both)\b)"
)
THING = rf"(?P<value>{NO_THING}(?!.*\byou)[^.!?]+?)"
OFTEN = r"(?: (?:every|on|in the|each|twice|three times|once)\b.*)?"

RULES = (
    rule("taste", r"(?:my|our) (?:all[- ]time |absolute |current |new )*favourite (?P<what>[\w' -]+?)(?: of all time| in the world)?(?:'s| is| are|'re| would be| has to be| was)(?: still| now| definitely| probably| actually| called)* (?P<value>.+)", "favourite/{what}"),
    rule("taste", r"(?P<value>[\w' &-]+?) (?:is|are|'s) (?:now |still |definitely )?(?:my|our) (?:all[- ]time |absolute |new )*favourite (?P<what>[\w' -]+)$", "favourite/{what}"),
    rule("health", rf"{I_AM} (?:not|no longer) (?:an? )?(?P<value>{DIET})(?: any more| any longer)?$", "diet", is_negative=True),
    rule("health", rf"{WE_ARE} {ADVERBS}(?:all )?(?:an? )?(?P<value>{DIET})s?\b(?: (?:now|too|since|for)\b.*)?$", "diet"),
    rule("health", rf"(?:I|I've|we|we've) (?:just |recently |now )*(?:became|become|went|gone|turned|been|have been) (?:an? )?(?P<value>{DIET})\b.*", "diet"),
    rule("health", rf"{I_AM} not allergic to (?P<value>.+?)(?: any more| after all)?$", "allergy/{value}", is_negative=True),
    rule("health", rf"{I_AM} {ADVERBS}(?:severely |badly |slightly |terribly |highly |deathly )?(?:allergic|intolerant) to (?P<value>.+)", "allergy/{value}"),
    rule("health", r"I(?:'ve| have)(?: got)? an? (?:\w+ )?allergy to (?P<value>.+)|I(?:'ve| have)(?: got)? an? (?:bad |severe |serious )?(?P<value2>[\w-]+) (?:allergy|intolerance)\b", "allergy/{value}"),
    rule("health", r"I (?:was|got|have been|'ve been) (?:just |recently )?diagnosed with (?P<value>.+)", "health/{value}"),
    rule("health", r"I(?:'ve| have| suffer from)(?: got)? (?:type \d )?(?P<value>asthma|diabetes|migraines|epilepsy|adhd|dyslexia|insomnia|hay fever|arthritis|anxiety|depression|high blood pressure|celiac disease|coeliac disease|tinnitus|type \d diabetes)\b.*", "health/{value}"),
    rule("health", r"I (?:take|am on|'m on) (?P<value>(?:\w+ )?(?:metformin|insulin|ibuprofen|aspirin|statins|antibiotics|medication|antidepressants|beta ?blockers|levothyroxine|\w+(?:cillin|statin|pril|olol|azole|pine|formin)))\b.*", "medication/{value}"),
    rule("health", r"I (?:don't|do not|never|can't) (?P<what>eat|drink) (?P<value>[^.!?]+?)(?: any more| at all)?$", "like/{value}"),
    rule("taste", rf"I (?:don't|do not) {ADVERBS}(?:like|love|enjoy|care for) {THING}(?: any more| at all)?$", "like/{value}"),
    rule("taste", rf"(?:I {ADVERBS}(?:hate|dislike|detest|loathe|despise|can't stand|can't bear|avoid)|{I_AM} {ADVERBS}(?:not (?:a (?:big |huge )?fan of|into|keen on|fond of)|scared of|afraid of|tired of|terrified of)) {THING}(?: any more)?$", "like/{value}"),
    rule("taste", rf"I no longer (?:like|love|enjoy|play|do|eat|drink|watch|read) {THING}$", "like/{value}", is_negative=True),
    rule("taste", r"(?:I|I've|I have) (?:just |recently |finally )*(?:stopped|gave up|given up|quit) (?:playing |doing |eating |drinking |learning |going to )?(?P<value>(?!my|the|it|working|asking|trying)[\w' -]+)", "like/{value}", is_negative=True),
    rule("taste", rf"(?:I|we) {ADVERBS}prefer {THING}$", "prefer/{value}"),
    rule("taste", rf"(?:I|we) {ADVERBS}(?:love|like|enjoy|adore) (?:to (?!know|ask|see|understand|hear|get|be|have|think|say))?{THING}$", "like/{value}"),
    rule("taste", rf"{I_AM} {ADVERBS}(?:a (?:big |huge |massive |real |great )?fan of|into|fond of|obsessed with|crazy about|keen on|passionate about|interested in|addicted to) {THING}$", "like/{value}"),
    rule("taste", r"I (?:take|drink|like|have) my (?P<what>coffee|tea|steak|eggs|whisky|whiskey) (?P<value>[\w ]+)$", "how/{what}"),
    rule("taste", rf"I {ADVERBS}support (?P<value>(?-i:[A-Z])[\w' -]+)$", "team"),
    rule("hobby", r"my (?:main |favourite |biggest )?(?:hobby|hobbies|pastime|passion)(?:'s| is| are|'re| include) (?P<value>.+)", "hobby/{value}"),
    rule("hobby", rf"(?:I|we) {ADVERBS}(?:play|collect|paint|knit|brew|bake|practi[sc]e|draw|write(?= (?:poetry|poems|songs|fiction|novels|short|a blog|music))|read(?= (?:mostly|a lot|sci|fantasy|crime|historical|novels|books|poetry|comics|manga))|cook(?= (?:a lot|every|mostly|for))|coach|foster|grow|keep|sing|dance|volunteer|surf|climb|sail|ski|swim|hike|cycle|garden|juggle|crochet|sew)(?P<value>(?: (?!with (?:this|that|it)|it\b|around)[^.!?]*)?)$", Kept("like/{value}")),
    rule("hobby", r"I(?:'ve| have) been (?P<value>(?:playing|doing|learning|studying|collecting|painting|training|practising|practicing|running|climbing|sailing|married|vegan|vegetarian|living|working (?:at|for|as)|teaching|singing)\b.*)", "like/{value}"),
    rule("hobby", rf"I {ADVERBS}(?:go|do) (?P<value>(?:to the gym|running|swimming|climbing|hiking|fishing|cycling|sailing|skiing|surfing|dancing|jogging|yoga|pilates|karate|judo|crossfit|to church|to yoga|to choir|camping|horse riding|bouldering|birdwatching|ballet|ceramics|pottery)\b.*)", "like/{value}"),
    rule("hobby", rf"I {ADVERBS}(?P<value>run (?:marathons|half marathons|\d+ ?k|every|\w+ times|in the)\b.*)", "like/{value}"),
    rule("hobby", rf"I {ADVERBS}(?:get up|wake up|go to bed|commute|have (?:breakfast|lunch|dinner)) (?P<value>.*(?:at|by|around)\b.+)", ""),
    rule("hobby", rf"I {ADVERBS}(?:drink|eat|take|have) (?P<value>(?:my )?(?:coffee|tea)\b.+|.+ (?:every|each) (?:day|morning|evening|week|night).*|(?:only )?(?:decaf|oat milk|black coffee|green tea|red wine)\b.*)", "like/{value}"),
)  # fmt: skip
