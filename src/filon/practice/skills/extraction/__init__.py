"""From the words of a message to the values that a JSON Schema asks for.

lexicon.py   words that mean one thing, in English and Spanish
numbers.py   numbers and sums that a text holds;  dates.py  its days and times
mentions.py  all else that it mentions: addresses, quotations, names
roles.py     what a field of a schema wants, by its name and description
phrases.py   values that only the wording tells: a search, a title, a message
filling.py   the schema filled
"""
