"""The technician's question that the customer has not decided yet. Pure.

It outlives the key of a session: a page that the customer loads again, or a help program that is started again, knows
nothing of it and is asked once more. What the customer allowed does not outlive it.
"""

from codec.wire.messages import Answered, Ask, Message, Stopped, Withdraw
from console.recording.recording_policy import number_for_recording


class OpenQuestion:
    """The latest question of the technician, until it is settled: a customer sees one at a time."""

    def __init__(self) -> None:
        self.ask: Ask | None = None
        """As the technician's page asked it, even while a question about the recording goes before it."""

    def said(self, message: Message) -> None:
        """The technician says this."""
        match message:
            case Ask():
                self.ask = message
            case Withdraw(number):
                if self.ask is not None and number in (self.ask.number, number_for_recording(self.ask.number)):
                    self.ask = None

    def heard(self, message: Message) -> None:
        """The pages hear this, from the applet or as if it had said it."""
        match message:
            case Stopped():
                self.ask = None
            case Answered(number):
                if self.ask is not None and number == self.ask.number:
                    self.ask = None
