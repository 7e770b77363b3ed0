"""Run the demo's backtest and write what it found into proof.md: `python docs/make_proof.py`.

The plots go to docs/plots/. It starts a PostgreSQL of its own, in a folder that is deleted.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).parent
PLOTS = DOCS / "plots"
SCOPE = "demo-talos-2014"
BEGIN, END = "<!-- the demo: begin -->", "<!-- the demo: end -->"
COMMAND = ("backtest", "--scope", SCOPE)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"SETA_HOME": folder, "PYTHONPATH": str(DOCS.parent)}
        environment.pop("DATABASE_URL", None)

        def seta(*arguments: str) -> str:
            return subprocess.run([sys.executable, "-m", "seta", *arguments], check=True, text=True,
                                  env=environment, stdout=subprocess.PIPE).stdout
        seta("demo")
        printed = seta(*COMMAND, "--plots", str(PLOTS))
    page = DOCS / "proof.md"
    page.write_text(with_block(page.read_text(encoding="utf-8"), block(printed)), encoding="utf-8")


def block(printed: str) -> str:
    """Return the section's text: what the command printed, but for the id under which it is kept.

    >>> print(block("caught  \\nkept as backtest 1: ...\\n").splitlines()[3])
    caught
    """
    lines = [line.rstrip() for line in printed.splitlines() if not line.startswith("kept as ")]
    return "\n".join((
        "Made by `python docs/make_proof.py`, which runs "
        f"`seta {' '.join(COMMAND)} --plots docs/plots`.", "", "```text",
        *"\n".join(lines).strip().splitlines(), "```", "",
        "![What the chosen set caught of the regressions after each cut-off, beside other ways to "
        "choose](plots/caught-over-time.svg)", "",
        "![What each way to choose caught, against what its set takes of a full run]"
        "(plots/caught-for-cost.svg)"))


def with_block(page: str, text: str) -> str:
    """Return the page with another text between the markers."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


if __name__ == "__main__":
    main()
