"""A request's way through the seven stages. `run.py` is the spine, `stages/` the vertebrae."""
