"""Numbers with their nouns, for texts that people read."""


def pluralize(number: int, noun: str, plural: str = "") -> str:
    """Return the number with its noun.

    >>> pluralize(1, "job"), pluralize(2_000, "job"), pluralize(5, "push", "pushes")
    ('1 job', '2,000 jobs', '5 pushes')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
