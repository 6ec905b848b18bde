"""What all clients ask, and the tools and the class that they bring along."""

from pydantic import BaseModel

KIND = "You are kind."
TWELVE = "What is 12 * 7?"
PARIS = "What is the weather in Paris?"
BOTH = "What is the weather in Paris and in Tokyo?"
ANNA = "Anna is 31 years old and lives in Rome."
GOLD = "Tell me about gold."
TEXTS = ("the gold mine", "the gold mines", "a bowl of soup")


def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"21 degrees in {city}"


def add(a: float, b: float) -> float:
    """Adds two numbers."""
    return a + b


class Person(BaseModel):
    """A person."""

    name: str
    age: int
