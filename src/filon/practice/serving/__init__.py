"""The requests that practice answers, one file a kind.

visit.py        one request: its key, its switches, its limits, its line in the ledger
chat.py         chat completions, in every dialect of them; messages.py Anthropic's messages
responses.py    OpenAI's responses
listing.py      lists of models
vectors.py      embeddings
ollama.py       Ollama's own API; ollama_chat.py its chat
"""
