"""The practice provider: a server of our own that answers as providers do, without a key.

listener.py     bytes: connections, framing, time and size limits
http.py         a request and a response as values
service.py      what is answered at which path; `Practice` starts and stops it all
dialects/       one file per protocol it speaks
parameters.py   what of a request has an effect here, checked
echo.py         the model: from a request to a text
pieces.py       the model's tokens
pace.py         how long it takes over them
"""
