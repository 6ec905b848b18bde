"""Everything that can go wrong with a provider, each by one documented switch.

fault.py       what a fault is, as a value
catalogue.py   all of them; refusals.py, connections.py, streams.py and answers.py are its groups
switches.py    which are wanted: by model suffix, by header
rules.py       by schedule and by seeded probability, changed while running
content.py     what is said wrongly
frames.py      what goes wrong in a stream
doors.py       ports that refuse, or that speak TLS badly
"""
