"""The values everything speaks in: messages, requests, stream events, replies, usage, errors.

Pure values: no storage, no I/O, no wire format, no clock.
"""
