"""`python -m seta`: the command without an installed console script, as hosts start it."""

from .cli import main

main()
