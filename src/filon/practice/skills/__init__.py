"""What practice models can do: each skill reads a request and writes a plan, or passes.

Text only. A plan pulls on the model's logits, and nothing here decides what is said.

asked.py       a request as the skills read it
choose.py      which skill answers
tools.py       choosing and calling tools, and telling their results
structured.py  JSON, and JSON by a schema; extraction/ finds the values
titles.py      a title for a conversation
repeating.py   saying what one is told to say
arithmetic.py  reckoning; sums/ reads the task
remembering.py what was told earlier
quoting.py     answers from given passages
coding.py      small functions
knowing.py     questions that the corpus answers
reasoning.py   the thought before the answer
"""
