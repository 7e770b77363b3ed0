"""What came of an import."""

from dataclasses import dataclass, field, replace

from ..store.results import StoredCounts

SHOWN = 100


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A line that was left out."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Counts, and the first hundred bad lines; `bad_total` counts them all."""

    results: int = 0
    jobs: int = 0                      # entries of job lists
    new: int = 0                       # results that were not known
    changed: int = 0                   # results that were known otherwise
    classifications: int = 0           # added
    assumed_times: int = 0             # classified without a time: the push time stands for it
    without_fix: int = 0               # "fixed by commit", and no revision named
    unparsed_names: int = 0            # of the projects seen, known by now
    bad: tuple[BadRecord, ...] = ()
    bad_total: int = 0
    projects: tuple[str, ...] = field(default=())

    def with_bad(self, bad: BadRecord) -> "ImportReport":
        shown = (*self.bad, bad) if len(self.bad) < SHOWN else self.bad
        return replace(self, bad=shown, bad_total=self.bad_total + 1)

    def with_stored(self, stored: StoredCounts, *, without_fix: int) -> "ImportReport":
        return replace(
            self, results=self.results + stored.results, new=self.new + stored.new,
            changed=self.changed + stored.changed,
            classifications=self.classifications + stored.classifications,
            assumed_times=self.assumed_times + stored.assumed_times,
            without_fix=self.without_fix + without_fix)

    @property
    def counts(self) -> dict:
        """The numbers alone, as a run's row keeps them."""
        return {name: value for name in self.__slots__
                if isinstance(value := getattr(self, name), int)}
