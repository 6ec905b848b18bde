"""One file per protocol that the practice provider speaks."""
