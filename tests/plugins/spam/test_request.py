"""Requests to judge a message: which words make one, and which are the message."""

import time

import pytest

from plugins.spam.request import Request, find_request

MESSAGE = "Dear customer,\n\nyour parcel's held - pay £1.99 at http://fee.example, now!\nThe post"

# Where the message stands, a pair of braces; without one there is only the request.
REQUESTS = (
    "Is this spam? {}",
    "Is the following message spam:\n{}",
    "spam or ham: {}",
    "Please check whether this is phishing - {}",
    "Can you classify this SMS as spam or not? {}",
    "I got this text, is it a scam? '{}'",
    "{}\n\nIs that spam?",
    'Is "{}" spam?',
    "Is the message “{}” a scam?",
    "is it spam?",
    "Check this file for spam",
    "Which of these messages are spam?",
    "Is this a phishing e-mail?\n\n{}\n",
    "Can I trust this? {}",
    "can I trust this",
    "Is this legit?\n{}",
    "Is this message genuine? {}",
    "Hi! I just received this message from my bank. Is it spam? {}",
    "Someone sent me this. Scam?\n{}",
    "Does this look like a scam to you? {}",
    "Do you think this e-mail is fraudulent?\n\n{}",
    "Tell me if this is spam or not: {}",
    "Let me know whether the text below is junk mail.\n{}",
    "'{}' - spam or ham?",
    "How many messages in this file are spam?",
    "Find the spam in the attached mailbox",
    "Scan this mailbox for phishing, please.",
    "Are these spam?",
    "Spam?\n{}",
    "I'm not sure if this is spam: {}",
    "Is this a scam or a real offer from my bank? {}",
    "Run the spam filter on this message: {}",
    "Hey, could you have a look at this message and tell me if it's a scam? {}",
    "My mum got this on WhatsApp, is it legit?\n\n{}",
    "{}\n\nCan I trust this email?",
    "{} Is this a scam?",
    "Would you consider the following e-mail spam?\n\n{}",
    "Please tell me whether this SMS is smishing: {}",
    "is this a real message from my bank or phishing? {}",
    "Spam or not spam?\n{}",
    "Is this ham or spam: {}",
    "Classify as spam or ham: {}",
    "Check for spam: {}",
    "What do you think, is this junk?\n{}",
    'Can you tell if this text is fraudulent? "{}"',
    '"{}"\nIs this legit?',
    "I received the e-mail below. Do you think it's phishing?\n\n{}",
    "Could this be a scam? {}",
    "Does this sound like spam? {}",
    "Verify if this is a legitimate message: {}",
    "I'd like to know if this message is genuine: «{}»",
    "Judge this message for me, spam or ham? {}",
    "Is the SMS '{}' spam?",
    "Should I trust the following message?\n{}",
    "Am I being scammed?\n\n{}",
    "{}\n\nspam or ham?",
    "{}\n-- is the above spam?",
    "Is the attached file spam?",
    "Are any of these messages scams?",
    "Please classify the messages in the attached CSV as spam or ham.",
    "How many of the messages in my inbox export are junk mail?",
    "Show me all spam messages in this mailbox",
    "Are there any phishing mails in this mbox?",
    "Is the e-mail I uploaded a phishing attempt?",
    "Go through this list and flag the scams.",
    "is that message legit or not",
    "Quick question: is this phishing? {}",
    "someone texted me this, spam? {}",
    'Got this today: "{}" Is it phishing?',
    "Is the following SMS message that I received this morning spam? {}",
    "Hello assistant, is this email safe?\n\n{}",
    "Please detect whether the message below is spam.\n\n{}",
    "Is it spam: {}",
    "{}\n\nDoes that look legit to you? Thanks!",
    "I think this is a scam, right? {}",
    "Would this be considered junk mail?\n{}",
    "Check if this is a scam please: {}",
    "Which of the following is it, spam or ham? {}",
    'Tell me, is "{}" spam or legitimate?',
    "This landed in my inbox. Legit or fraud?\n{}",
    "Are these two messages spam?\n{}",
    "Do I have to worry, or is this spam? {}",
    "Text from an unknown number - is it a scam?\n{}",
    "Analyse this email for phishing:\n{}",
    "What's your verdict, spam or legit? {}",
    "Rate the following message: spam or ham?\n{}",
    "Flag the spam in the attached file",
    "Are there scam texts among these messages?",
    "Does the uploaded file contain spam?",
    "Sort these mails into spam and ham",
    "Is any of this spam?",
    "Is this SMS spam\n{}",
)
OTHERS = (
    "What is spam?",
    "How does the spam classifier work?",
    "What does the report say about fraud?",
    "Does this contract mention phishing?",
    "Which base model has the spam adapter?",
    "Who invented spam?",
    "What is a legitimate interest under GDPR?",
    "This is not spam! Reply YES to claim your prize.",
    "",
    "Hello",
    "Is spam illegal?",
    "Is this document about spam?",
    "Is this e-mail about fraud?",
    "Is this spam filter any good?",
    "Is it legit to process data without consent?",
    "Is this phishing training mandatory?",
    "How many spam messages are in the SMS Spam Collection?",
    "What kind of message is spam?",
    "Which messages are considered spam by the policy?",
    "Can I trust the benchmark figures?",
    "Can you detect spam?",
    "What is the difference between spam and ham?",
    "Explain how phishing works.",
    "How do I report spam?",
    "Summarise the section on fraud prevention.",
    "Is the spam classifier a real model?",
    "Why is a message marked as spam?",
    "What is the accuracy of the spam plugin?",
    "Is there a chapter about scams in the manual?",
    "Congratulations! This is no scam. You have won. Call now.",
    "How can I tell if a message is spam?",
    "When was the fraud discovered?",
    "Spam",
    "What did the auditors find about fraud in this file?",
    "How many people fell for phishing in 2021?",
    "Which laws apply to unsolicited e-mail?",
    "What does the policy say about reporting a scam?",
    "Is there a fraud hotline in the handbook?",
    "Is the fraud detection team mentioned in this report?",
    "How was the spam classifier trained?",
    "What F1 does the spam model reach on the test set?",
    "Can you explain what smishing means?",
    "Does the assistant have a spam filter?",
    "Is this report about the SolarWinds attack?",
    "What is the title of this document?",
    "Are these figures audited?",
    "Which of these contracts is the oldest?",
    "Can I trust the numbers in the annual report?",
    "Is the notice period three months?",
    "Tell me about junk bonds.",
    "Where does the manual describe message labels?",
    "Who received the message about the merger?",
    "How do I add messages to the training data?",
    "Is e-mail spam covered by the insurance?",
    "What share of e-mail is spam?",
    "Why do people send spam?",
    "List the scams that the brochure warns about.",
    "Is this the legitimate interest clause?",
    "Do you think the strategy is legit in the long run?",
    "Is it real that revenue doubled?",
    "Send this message to Anna: spam is on the menu today.",
    "Good morning! Your invoice is attached. This is a genuine offer.",
    "URGENT: your account was used in a fraud. Is this you? Reply YES or NO.",
    "Is your phone slow? This is not a scam, call now!",
    "Are you sure this is the right document?",
    "The spam folder is full, what should I do?",
    "What are typical signs of a phishing email?",
    "Does the dataset contain real text messages?",
    "Which page names the fraud figures?",
    "Write a poem about spam.",
    "What makes a message spam?",
    "Is phishing a crime in Germany?",
    "Does the insurance cover losses by fraud?",
    "How good is the spam classifier on long e-mails?",
    "Which figures in the report look fake?",
    "Can you summarise the e-mail about the merger?",
    "Is this the email that Anna sent?",
    "What is this message about?",
    "Translate this message: you have won a prize",
    "Show me the messages about spam in the archive of 2019.",
    "Is that the real name of the company?",
    "Please check whether the contract is signed.",
    "Should we trust the auditors?",
    "Do these terms count as fraud under the law?",
    "How many spam calls were reported in 2020?",
    "Is this a file about phishing statistics?",
    "Are you spam?",
    "WINNER! Is this your lucky day? Claim now, no scam.",
    "Hi Anna, is this your new number? Call me",
    "Does it say anything about phishing?",
    "Which plugin checks for spam?",
    "Is the training data real or synthetic?",
    "Compare spam and ham by length",
    "Is it legitimate interest or consent?",
)


@pytest.mark.parametrize("template", REQUESTS)
def test_a_request_is_told_from_its_message(template: str) -> None:
    message = MESSAGE if "{}" in template else ""
    assert find_request(template.format(MESSAGE)) == Request(message)


@pytest.mark.parametrize("text", OTHERS)
def test_a_question_about_spam_or_anything_else_is_no_request(text: str) -> None:
    assert find_request(text) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('Is this spam? He said "call" and went.', 'He said "call" and went.'),
        ('Is this spam?\n\n"WIN" he said. "Go"', '"WIN" he said. "Go"'),
        ("Is this spam? “WIN ‘big’ now”", "WIN ‘big’ now"),
        ("Is this spam? „Jetzt gewinnen“", "Jetzt gewinnen"),
        ("Is this spam? 'I don't know, it's me'", "I don't know, it's me"),
        ('Is this spam? "Short : " Be good', '"Short : " Be good'),
        ('Is this spam? "WIN cash', '"WIN cash'),
        ('I got "WIN" from "Bob", is it spam?', "WIN"),
        ("I got 'Dear customer, click' by SMS, is it a scam?", "Dear customer, click"),
    ],
)
def test_only_the_quotation_marks_of_the_message_are_taken_off(text: str, message: str) -> None:
    assert find_request(text) == Request(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  Is this spam?\r\n\r\n keep   inner \t spaces \n", "keep   inner \t spaces"),
        ("Is this spam? Can I trust it? WIN", "WIN"),
        ("Is this spam? Is it a scam?", ""),
        ("IS THIS SPAM? win", "win"),
        ("Isn’t this spam? WIN", "WIN"),
        ("WIN cash\n\nIs this spam?\n\nThanks, Anna", "WIN cash"),
        ("Hi, is this spam? Please call me", "Please call me"),
        ("WIN cash now Is this a scam?", "WIN cash now"),
        ("I see you got this\n\nIs that spam?", "I see you got this"),
        ("Is this spam? Is this your number? Call me", "Is this your number? Call me"),
    ],
)
def test_the_message_is_kept_as_it_is_written(text: str, message: str) -> None:
    assert find_request(text) == Request(message)


@pytest.mark.parametrize("text", ["Is it genuine?", "Is it real or fake?", "Is that suspicious?"])
def test_a_doubt_that_may_be_about_anything_needs_a_message(text: str) -> None:
    assert find_request(text) is None
    assert find_request(f"{text}\n\n{MESSAGE}") == Request(MESSAGE)


def test_a_question_within_a_long_message_is_no_request() -> None:
    assert find_request(f"{MESSAGE}\nIs this spam? No, it is a gift!\n{MESSAGE}") is None


@pytest.mark.parametrize("start", ["", "is this "])
@pytest.mark.parametrize(
    "unit",
    [
        "a", " ", "\n", "? ", "' ", '"a" ', "“", "\x02", "'s 's", "is this ", "is the a a ",
        "please can you ", "and so but ", "spam or spam, ", "is \x02 ", "I got this message ",
        "is this spam, because ", "tell me if this message from the ", "is this really a ",
        "can i trust the one of the following ", "Is This A ", "check this message for spam and ",
    ],
)  # fmt: skip
def test_a_text_made_to_keep_the_patterns_busy_takes_milliseconds(unit: str, start: str) -> None:
    text = (start + unit * 20_000)[:20_000]
    started = time.process_time()
    find_request(text)
    assert time.process_time() - started < 0.1
