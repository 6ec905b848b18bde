"""Makes those pages of docs/ that are data in another dress: `make docs`."""
