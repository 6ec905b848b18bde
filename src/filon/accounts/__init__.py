"""Who is asking, and whether they may: sign-in, sessions, gateway keys, passwords."""
