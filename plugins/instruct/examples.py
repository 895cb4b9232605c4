"""What the instruct model is asked and what it should say: the shapes that data is read into."""

from dataclasses import dataclass

from assistant.schema import Message


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the model.

    Attributes:
        instruction: What is to be done.
        input: The text that it is to be done with; empty where the instruction says it all.
        history: Earlier messages of the conversation, oldest first.
        system: How the model is told to behave; empty for nothing.
        examples: What shows the model how such requests are answered, the closest last. They come
            before the history, for they are no part of the conversation.
    """

    instruction: str
    input: str = ""
    history: tuple[Message, ...] = ()
    system: str = ""
    examples: "tuple[Example, ...]" = ()

    @property
    def text(self) -> str:
        """The instruction and its input as one text."""
        return f"{self.instruction}\n\n{self.input}" if self.input else self.instruction


@dataclass(frozen=True, slots=True)
class Example:
    """A request and the response to learn.

    Attributes:
        where: Its place in its file for a person: "line 12".
        task: What its file calls the kind of task; empty where it does not say.
    """

    request: Request
    response: str
    where: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True)
class Preference:
    """A request with a response to prefer and one to avoid.

    Attributes:
        where: Its place in its file for a person: "line 12".
        task: As an example's.
    """

    request: Request
    chosen: str
    rejected: str
    where: str = ""
    task: str = ""
