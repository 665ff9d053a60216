"""What is logged of an error that is not ours."""

import traceback


def traced(error: BaseException) -> str:
    """Its kind and where it was raised, without its words: those may repeat what a user said, and logs carry no texts."""
    return "".join([f"{type(error).__name__}\n", *traceback.format_tb(error.__traceback__)]).rstrip()
