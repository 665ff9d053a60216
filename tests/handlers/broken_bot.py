"""A bot whose module cannot be imported."""

raise RuntimeError("out of order")
