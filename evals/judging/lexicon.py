"""What the judge knows of English: words that say little, that deny, that bend, that oppose."""

PLAIN = frozenset(
    "a an the this that these those and or but so as than then of in on at by to for from with "
    "into onto upon within about over under between through during after before until while "
    "when where which who whom whose what why how it its he she they him her his them their i "
    "you we us our your my me is are was were be been being am do does did done have has had "
    "having will would shall should can could may might must also too very just only even such "
    "some any each both all there here if because although though however therefore thus not no "
    "nor never none without if up down out off again more most other another same own said says "
    "say saying according one's s t re ve ll d m get got went go".split()
)
NEGATORS = frozenset(
    "not no never none nor neither without nobody nothing nowhere cannot hardly scarcely barely "
    "fail failed fails refuse refused refuses lack lacked lacks deny denied denies".split()
)
MONTHS = tuple(
    "january february march april may june july august september october november december".split()
)
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = {
    word: at + 1
    for at, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
    )
}
NUMBERS = (
    {word: value for value, word in enumerate(ONES) if word != "one"}
    | {word: 10 * (2 + value) for value, word in enumerate(TENS)}
    | {"dozen": 12}
)
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
SCALES |= {"bn": 1e9}
_IRREGULAR = """
be is are was were been am being
buy bought
sell sold
take took taken
give gave given
make made
begin began begun
break broke broken
bring brought
build built
catch caught
choose chose chosen
come came
cost
draw drew drawn
drive drove driven
eat ate eaten
fall fell fallen
feel felt
fight fought
find found
fly flew flown
get got gotten
go went gone
grow grew grown
hear heard
hold held
keep kept
know knew known
lead led
leave left
lose lost
mean meant
meet met
pay paid
rise rose risen
run ran
say said
see saw seen
send sent
shoot shot
show showed shown
sing sang sung
sit sat
speak spoke spoken
spend spent
stand stood
steal stole stolen
swim swam swum
teach taught
tell told
think thought
throw threw thrown
understand understood
wear wore worn
win won
write wrote written
man men
woman women
child children
person people
foot feet
tooth teeth
mouse mice
wife wives
life lives
half halves
good better best
bad worse worst
die died dying dies
"""
IRREGULAR = {
    form: line.split()[0] for line in _IRREGULAR.strip().splitlines() for form in line.split()
}

_OPPOSITES = """
increase decrease
increase fall
rise fall
rise drop
grow shrink
gain lose
win lose
buy sell
begin end
start stop
start finish
open close
accept reject
approve reject
allow forbid
allow ban
permit prohibit
include exclude
support oppose
agree disagree
agree refuse
love hate
like dislike
succeed fail
pass fail
arrive leave
arrive depart
enter leave
enter exit
raise lower
accelerate slow
expand contract
strengthen weaken
improve worsen
create destroy
build demolish
attack defend
borrow lend
push pull
import export
hire fire
hire dismiss
admit deny
confirm deny
remember forget
find lose
live die
bear die
save spend
add remove
add subtract
attach detach
connect disconnect
appear disappear
enable disable
encourage discourage
earn spend
give take
teach learn
send receive
ask answer
high low
higher lower
highest lowest
large small
larger smaller
largest smallest
big small
bigger smaller
biggest smallest
long short
longer shorter
longest shortest
more fewer
more less
most least
many few
major minor
maximum minimum
early late
earlier later
earliest latest
first last
before after
above below
over under
inside outside
internal external
public private
male female
man woman
boy girl
father mother
son daughter
brother sister
husband wife
king queen
north south
northern southern
east west
eastern western
left right
up down
hot cold
warm cool
warmer cooler
old new
older newer
older younger
oldest youngest
old young
good bad
better worse
best worst
strong weak
stronger weaker
fast slow
faster slower
rich poor
heavy light
heavier lighter
hard easy
hard soft
wet dry
full empty
true false
legal illegal
possible impossible
likely unlikely
able unable
common rare
common uncommon
guilty innocent
safe dangerous
positive negative
same different
similar different
present absent
alive dead
single married
ancient modern
always never
often rarely
often seldom
all none
everyone nobody
everything nothing
majority minority
success failure
victory defeat
profit loss
top bottom
front back
day night
morning evening
summer winter
ally enemy
friend enemy
optional mandatory
temporary permanent
direct indirect
domestic foreign
rural urban
widely narrowly
above under
near far
deep shallow
wide narrow
thick thin
clean dirty
quiet loud
simple complex
active passive
willing unwilling
happy sad
happy unhappy
"""
OPPOSITES: dict[str, frozenset[str]] = {}
for _pair in _OPPOSITES.strip().splitlines():
    _one, _other = _pair.split()
    OPPOSITES[_one] = OPPOSITES.get(_one, frozenset()) | {_other}
    OPPOSITES[_other] = OPPOSITES.get(_other, frozenset()) | {_one}
