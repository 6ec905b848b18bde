"""OpenAI's Responses: input and output are rows of items, and every event of a stream is named."""
