"""What ids and words may look like, each said once."""

import re

# Words of letters, digits, "_", "." and "+" with single hyphens between them.
WORDS = re.compile(r"[A-Za-z0-9_.+]+(?:-[A-Za-z0-9_.+]+)*")
