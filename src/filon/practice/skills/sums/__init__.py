"""What the skill of arithmetic is made of.

numerals.py     number words as digits, spoken sums as signs
expressions.py  from a text to expressions, and their exact value step by step
problems.py     word problems as expressions
task.py         what is to be reckoned, with the right answer, likely wrong ones and the difficulty
comparing.py    tasks about which is larger, and whether a relation holds
slips.py        the wrong results that someone would come to
thinking.py     a task thought through, step by step
"""
