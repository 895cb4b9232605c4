"""Development conversations: what people say of themselves, and what must come of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Script:
    """A conversation.

    Attributes:
        said: The person's messages, in order.
        told: What holds in the end: words that stand together in one fact. A fact that none of
            them fits is invented.
        asked: Questions afterwards, each with words of its answer; empty where nothing was said.
    """

    said: tuple[str, ...]
    told: tuple[str, ...] = ()
    asked: tuple[tuple[str, str], ...] = ()


def script(*said: str, told: str = "", asked: dict[str, str] | None = None) -> Script:
    """A conversation; what was told is parted by strokes."""
    return Script(said, tuple(filter(None, told.split("|"))), tuple((asked or {}).items()))


SCRIPTS = (
    # Plain statements.
    script("My name is Priya Raman and I live in Utrecht.", told="Priya Raman|live Utrecht",
           asked={"What is my name?": "Priya Raman", "Which city do I live in?": "Utrecht", "Where do I work?": ""}),
    script("I'm 34 years old and I work as a nurse at St. Mary's Hospital.", told="34|nurse|St. Mary's Hospital",
           asked={"How old am I?": "34", "What do I do for a living?": "nurse", "Who is my employer?": "Mary"}),
    script("My birthday is on 3 March.", told="birthday 3 March", asked={"When was I born?": "3 March", "What is my favourite cake?": ""}),
    script("I have a dog named Biscuit and two cats, Salt and Pepper.", told="dog Biscuit|cats Salt Pepper",
           asked={"What's my dog's name?": "Biscuit", "What are my cats called?": "Pepper", "What is my hamster's name?": ""}),
    script("My favourite colour is teal. My favorite film is Amélie.", told="colour teal|film Amélie",
           asked={"What's my favourite color?": "teal", "Which movie is my favourite?": "Amélie", "What is my favourite book?": ""}),
    script("I'm allergic to penicillin and shellfish.", told="allergic penicillin|allergic shellfish",
           asked={"What am I allergic to?": "penicillin", "Do I have any allergies?": "shellfish"}),
    script("I speak Portuguese, German and a little Finnish.", told="Portuguese|German|Finnish",
           asked={"Which languages do I speak?": "Portuguese"}),
    script("I drive a red Skoda Octavia.", told="Skoda", asked={"What car do I drive?": "Skoda", "What bike do I ride?": ""}),
    script("We decided to use PostgreSQL for the billing service.", told="PostgreSQL",
           asked={"What did we decide to use for the billing service?": "PostgreSQL"}),
    script("The deadline for project Heron is 14 June.", told="Heron 14 June",
           asked={"When is the deadline of my project Heron?": "14 June"}),
    # In a hurry.
    script("hi im tom i live in leeds and i have a dog called rex", told="tom|leeds|dog rex",
           asked={"whats my name": "tom", "where do i live": "leeds", "whats my dogs name": "rex"}),
    script("btw my wifes name is maria", told="wife maria", asked={"what is my wife called?": "maria"}),
    script("im vegan and i hate mushrooms lol", told="vegan|hate mushrooms", asked={"what is my diet?": "vegan"}),
    script("ive got 2 kids, anna and ben 😊", told="2 kids anna ben", asked={"What are my kids' names?": "anna"}),
    script("my favrite food is ramen 🍜 and my favourite drink is oat latte", told="food ramen|drink oat latte",
           asked={"what's my favourite food": "ramen"}),
    script("i work at philips in eindhoven", told="philips", asked={"where do i work?": "philips"}),
    script("moved to Ghent last month!! loving it", told=""),
    script("I moved to Ghent last month!! loving it", told="Ghent", asked={"Where do I live?": "Ghent"}),
    script("my sister lucy is getting married in july", told="sister lucy", asked={"what's my sister's name": "lucy"}),
    script("i dont eat pork", told="pork", asked={"Do I eat pork?": "don't eat pork"}),
    # In passing.
    script("As a vegetarian, I struggle with Parisian restaurants. Where should I eat?", told="vegetarian",
           asked={"Am I a vegetarian?": "vegetarian"}),
    script("My wife Anna and I moved to Leeds last year, which schools are good?", told="wife Anna|moved Leeds",
           asked={"Who is my wife?": "Anna", "Where do we live?": "Leeds"}),
    script("My dog Rex is barking again, how do I stop that?", told="dog Rex", asked={"What's the name of my dog?": "Rex"}),
    script("Being a night nurse, I sleep during the day.", told="night nurse"),
    script("Since moving to Porto, I have been learning Portuguese.", told="moved Porto|Portuguese",
           asked={"Which city do I live in now?": "Porto"}),
    script("I'm a software engineer at Spotify, could you explain monads?", told="software engineer|Spotify",
           asked={"Which company do I work for?": "Spotify"}),
    script("Our daughter Mia turns six on Saturday, any ideas for the party?", told="daughter Mia",
           asked={"What is my daughter's name?": "Mia"}),
    script("I can't eat gluten because I'm coeliac. Is spelt safe?", told="gluten|coeliac"),
    script("I teach maths at a secondary school in Cardiff and coach the girls' football team.", told="teach maths|coach",
           asked={"What subject do I teach?": "maths"}),
    script("I've been playing the cello for ten years.", told="cello", asked={"Which instrument do I play?": "cello"}),
    # Corrected.
    script("I live in York.", "Actually, it's Leeds, not York.", told="Leeds", asked={"Where do I live?": "Leeds"}),
    script("My dog is called Max.", "Sorry, I meant Rex.", told="dog Rex", asked={"What is my dog called?": "Rex"}),
    script("My birthday is 4 May, no sorry, 5 May.", told="birthday 5 May", asked={"When is my birthday?": "5 May"}),
    script("I work at Shell.", "I no longer work at Shell.", "I joined Vattenfall in March.", told="Vattenfall",
           asked={"Who do I work for?": "Vattenfall"}),
    script("My favourite band is Muse.", "My favourite band is now Radiohead.", told="band Radiohead",
           asked={"What's my favourite band?": "Radiohead"}),
    script("The deadline for Apollo is 5 May.", "The Apollo deadline has moved to 9 June.", told="9 June",
           asked={"When is my Apollo deadline?": "9 June"}),
    script("We use MySQL for the shop.", "We switched from MySQL to MariaDB.", told="switched MariaDB"),
    script("I'm 29.", "I turned 30 yesterday.", told="30", asked={"How old am I?": "30"}),
    script("My boss is called Ingrid.", "My boss is called Olaf now.", told="Olaf", asked={"Who is my boss?": "Olaf"}),
    script("My phone number is 555 0192.", "My phone number is 555 0199.", told="0199", asked={"What is my phone number?": "0199"}),
    # Denied and ended.
    script("I have a cat called Misty.", "I don't have a cat any more.", told="don't have a cat", asked={"Do I have a cat?": "don't have a cat"}),
    script("I'm vegetarian.", "I'm not vegetarian any more.", told="not vegetarian", asked={"Am I vegetarian?": "not vegetarian"}),
    script("I love opera.", "I don't like opera any more.", told="don't like opera"),
    script("I don't have a dog.", told="don't have a dog", asked={"What is my dog's name?": "don't have a dog"}),
    script("I'm not allergic to nuts.", told="not allergic to nuts", asked={"Am I allergic to nuts?": "not allergic"}),
    script("I own a motorbike.", "I sold my motorbike last week.", told="sold motorbike"),
    script("I broke up with Emma last month.", told="broke up"),
    script("I play tennis on Sundays.", "I stopped playing tennis.", told="stopped playing tennis"),
    # Never said, supposed, quoted, asked, pasted.
    script("What is the capital of France?", asked={"Where do I live?": "", "What is my cat's name?": ""}),
    script("If I had a dog I would call it Rex.", asked={"What is my dog called?": ""}),
    script("I wish I lived in Hawaii.", asked={"Where do I live?": ""}),
    script("Can you translate this: I live in Paris and my name is Jean.", asked={"What is my name?": ""}),
    script("My neighbour said \"I am allergic to cats and I hate dogs\" yesterday.", asked={"What am I allergic to?": ""}),
    script("Proofread this letter:\n\nDear Sir,\nI am a doctor from Oslo and I have three children.", asked={"What is my job?": ""}),
    script("Write a story in which I am a pirate with a parrot called Polly.", asked={"What is my parrot's name?": ""}),
    script("```python\nmy_name = 'Bob'\nI = 5\n```\nwhy does this fail?", asked={"What is my name?": ""}),
    script("> I live in Rome\n> and I work at Fiat\nIs this quote correct?", asked={"Where do I live?": ""}),
    script("Do I have a meeting tomorrow?", asked={"Do I have a dog?": ""}),
    script("I have a question about the invoice. I need help with my code.", told=""),
    script("I'm tired and I have a headache. My laptop is broken.", told=""),
    script("My friend says he lives in Madrid and works at Seat.", asked={"Where do I live?": ""}),
    script("Imagine I am a millionaire and I own a yacht.", told=""),
    script("What would you say if I told you my name is Zorro?", told=""),
    script("I think the report is wrong. I don't understand page 4.", told=""),
    script("Is it true that I can deduct my rent? I was wondering.", told=""),
    script("Subject: Hello\nFrom: bob@example.org\n\nI am Bob and I live in Bonn.", told=""),
    script("Thanks, that helped a lot! I like your answer.", told=""),
    script("Maybe I should move to Spain. I might get a dog.", told=""),
    # Plans, dates, decisions, instructions, contact.
    script("I have a dentist appointment on Tuesday at 3pm.", told="dentist Tuesday", asked={"When is my dentist appointment?": "Tuesday"}),
    script("I'm flying to Lisbon on 12 October.", told="Lisbon 12 October", asked={"When am I flying to Lisbon?": "12 October", "When am I flying to Rome?": ""}),
    script("We're getting married next June in Siena.", told="married June", asked={"When are we getting married?": "June"}),
    script("Let's use Tailwind for the website.", told="Tailwind", asked={"What did we choose for the website?": "Tailwind"}),
    script("Always answer in French, please.", told="French", asked={"Which language should you use?": ""}),
    script("Call me Bo.", told="Bo", asked={"What should you call me?": "Bo"}),
    script("From now on use metric units.", told="metric units"),
    script("My email is jo@example.org.", told="jo@example.org", asked={"What's my email address?": "jo@example.org"}),
    script("Remember that the spare key is with Mrs Doyle.", told="spare key Doyle"),
    script("For the record: our budget is 40,000 euros.", told="budget 40,000", asked={"What is our budget?": "40,000"}),
    script("I'm working on a novel about lighthouses.", told="novel lighthouses", asked={"What am I writing about? What is my project?": ""}),
    script("I want to learn Japanese before my trip.", told="learn Japanese"),
    script("My goal is to run a marathon in under four hours.", told="goal marathon", asked={"What is my goal?": "marathon"}),
    script("My project is called Bluebird and the client is Maersk.", told="Bluebird|client Maersk", asked={"What is my project called?": "Bluebird"}),
    # Long and mixed.
    script("Hello! I'm Carla, 41, from Naples but living in Basel with my husband Luca. I run a small bakery and "
           "we have twins. I'd like some advice on taxes.", told="Carla|41|Naples|Basel|husband Luca|bakery|twins",
           asked={"What is my husband's name?": "Luca", "Where am I from?": "Naples", "How old am I?": "41"}),
    script("ok so for context i study biology in ghent, im 22, my gf is called noor, and i play volleyball twice a week",
           told="biology|22|girlfriend noor|volleyball", asked={"what do i study": "biology", "what is my girlfriend's name": "noor"}),
    script("Quick update: I left Deloitte and started at KPMG as a senior auditor last week. My new boss is called Hanna.",
           told="left Deloitte;KPMG|boss Hanna", asked={"Where do I work?": "KPMG", "Who is my boss?": "Hanna"}),
    script("I grew up in Tromsø, studied in Bergen, and now live in Oslo.", told="Tromsø|live Oslo|studied Bergen",
           asked={"Where did I grow up?": "Tromsø", "Where do I live?": "Oslo"}),
    script("I like hiking and chess, but I can't stand karaoke.", told="hiking|chess|karaoke", asked={"What are my hobbies?": "hiking"}),
    script("My PIN is 4821 and my name is Olga.", told="Olga", asked={"What is my name?": "Olga", "What is my PIN?": ""}),
    script("My password is hunter2!", "My card number is 4111 1111 1111 1111.", told=""),
)  # fmt: skip
