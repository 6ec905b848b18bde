"""All SQL, and nothing but storage: rows in, rows out, always for one owner.

Importing it costs some 300 ms for SQLAlchemy, so the command line imports it only to serve.
"""
