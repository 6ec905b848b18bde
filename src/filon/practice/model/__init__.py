"""The practice provider's language model: small, real, and its probabilities are true.

pieces.py    the tokenizer
ngram.py     from the last tokens to a distribution over the next
data.py      the file that training writes and this package reads
family.py    the models that share it, with their differences
plan.py      what a skill would like to be said
steering.py  how a plan pulls on the logits
grammar.py   what may come next where the form is bound; schema.py and masks.py beside it
sampling.py  from logits to a token, by the parameters of the request
generate.py  the loop
"""
