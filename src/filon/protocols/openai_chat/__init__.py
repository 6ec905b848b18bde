"""OpenAI's chat completions, which most providers speak with an accent."""
