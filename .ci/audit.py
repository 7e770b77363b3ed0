"""Look for known vulnerabilities of what the server runs with: `tox run -e audit`.

pip-audit reports a package that its database does not answer for as skipped, and ends well. Here
that is an error of its own: exit code 0 means that every pinned package was looked up and is
clean, 1 that there are vulnerabilities, 2 that not all could be looked up.
"""

import json
import subprocess
import sys

PINS = "requirements.txt"
CLEAN, VULNERABLE, NOT_LOOKED_UP = 0, 1, 2
COMMAND = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "-r", PINS,
           "--format", "json", "--progress-spinner", "off"]


def main(arguments: list[str]) -> int:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        print(f"NOT AUDITED: the vulnerability database cannot be reached: "
              f"{last_line(done.stderr)}")
        return NOT_LOOKED_UP
    code, lines = judge(packages)
    print("\n".join(lines))
    return code


def judge(packages: list[dict]) -> tuple[int, list[str]]:
    """Return the exit code and what to say about these packages of pip-audit's report."""
    lines = [f"{each['name']} {each['version']}: {found['id']}, fixed in "
             f"{', '.join(found['fix_versions']) or 'no release'}"
             for each in packages for found in each.get("vulns", ())]
    code = VULNERABLE if lines else CLEAN
    skipped = [each for each in packages if "skip_reason" in each]
    if skipped or not packages:
        reason = skipped[0]["skip_reason"] if skipped else f"{PINS} names none"
        lines.append(f"NOT AUDITED: {len(skipped)} of {len(packages)} packages could not be looked "
                     f"up; is the vulnerability database reachable? The first: {reason}")
        return code or NOT_LOOKED_UP, lines
    return code, lines or [f"no known vulnerabilities in {len(packages)} packages"]


def last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
