"""Commands that somebody pasted, read without running them."""
