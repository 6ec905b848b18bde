"""How each provider speaks: facts in `data/`, and what carries them out for all of them alike.

dialect.py      the form of the facts
parameters.py   which parameters are taken, ignored, refused; reading.py makes a wish of them
refusing.py     a refusal in a provider's words
chat_wire.py    replies, whole and in chunks; chat_parts.py what dialects spell differently
messages_reading.py  Anthropic's messages: from a request to a wish; messages_turns.py what its
                history must be like, messages_wire.py its replies, whole and in events
responses_reading.py  OpenAI's responses: from a request to a wish
"""
