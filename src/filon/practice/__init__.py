"""The practice provider: a server of our own that answers as providers do, without a key.

listener.py     bytes: connections, framing, time and size limits
http.py         a request and a response as values
service.py      what is answered at which path; `Practice` starts and stops it all
serving/        one kind of request a file, from its key to its line in the ledger
control.py      practice seen and changed from outside
desk.py         what it remembers while it runs
dialects/       how each provider speaks, as data, and what carries it out
refusal.py      why a request gets no answer
answers/        from what is wanted to the pieces of the answers
model/          the language model
skills/         what it would like to say
echo.py         the model that tells what reached it
embeddings.py   the model that makes vectors
faults/         everything that can go wrong, by its switch
limits.py       token buckets and their headers
cache.py        which prompts were seen lately
pace.py         how long a model takes
clock.py        the time, the machine's or a virtual one
ledger.py       what was received and answered; journal.py keeps it on disk
"""
