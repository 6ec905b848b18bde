"""Wire formats, one folder each; pure functions both ways, no I/O and no provider's name.

Each folder has the same files: request.py, reply.py, stream.py, errors.py, and relay.py for the
few edits allowed in bytes that otherwise pass untouched. `registry` finds a protocol by name.
"""
