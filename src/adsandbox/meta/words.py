"""Long lists of names, written as text."""


def words(text: str) -> tuple[str, ...]:
    """The blank-separated words of a text, in order."""
    return tuple(text.split())
