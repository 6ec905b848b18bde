"""What one answer counted and how long it took, for the usage that a dialect reports."""

from msgspec import Struct

from filon.practice.model.family import Model


class Counts(Struct, frozen=True, kw_only=True):
    """Tokens, and seconds as the model's pace has them whether or not they were waited for.

    `cached` is a part of `prompt`, `thought` a part of `answer`.
    """

    prompt: int
    answer: int
    cached: int = 0
    thought: int = 0
    load_time: float = 0.0
    queue_time: float = 0.0
    prompt_time: float = 0.0
    answer_time: float = 0.0

    def cost(self, model: Model) -> float:
        """The price in practice's play money, in USD. Cached tokens cost a tenth."""
        fresh = self.prompt - self.cached
        inputs = fresh * model.input_usd + self.cached * model.input_usd / 10
        return (inputs + self.answer * model.output_usd) / 1_000_000
