"""What SETA knows about a build system: how to read its names, and which of them are listed."""

from collections.abc import Callable
from dataclasses import dataclass

from ..domain import JobType

Parser = Callable[[str, str], JobType | None]                # (name, project)
ListingRule = Callable[[str, str, JobType | None], bool]     # (name, project, job type)


@dataclass(frozen=True)
class Example:
    """A name of a project, its job type (None: unparsed), and whether legacy lists may hold it."""

    name: str
    project: str
    job_type: JobType | None
    is_listed: bool = True


def list_every_name(name: str, project: str, job_type: JobType | None) -> bool:
    """The rule of a build system whose clients can use every name."""
    return True


@dataclass(frozen=True)
class BuildSystem:
    """One entry of the registry; its examples are tested.

    The job type that ``may_be_listed`` gets is the one that is stored with the name, where the
    caller knows it. A name that may not be listed runs on every push.
    """

    name: str                # "taskcluster", as sources and clients write it
    parse: Parser
    examples: tuple[Example, ...]
    may_be_listed: ListingRule = list_every_name
