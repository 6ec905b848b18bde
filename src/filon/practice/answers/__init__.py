"""From a request that was read to the pieces of its answers, whatever the dialect.

wish.py      what is wanted, typed
prompt.py    the prompt as tokens, and what is left of one that is too long
voice.py     one choice: from tokens to text, thoughts and calls
speaking.py  all choices at their pace
"""
