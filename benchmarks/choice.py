"""What the ways to choose catch of later regressions: ``python benchmarks/choice.py [--write]``.

The same trials as `seta backtest` makes, on simulated histories in memory and on the demo. The ways
to choose were made with other seeds than those that are reported. With --write the table becomes a
section of docs/how-seta-decides.md.
"""

import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from report import Table, publish, section

from seta.analysis.setcover import Budget
from seta.config import Settings
from seta.demo.scopes import FIXED_BY_COMMIT_2018, TALOS_2014
from seta.domain import DEMO, EXPECTED_COVERAGE, Cadence, Classification, Scope
from seta.ingest import import_files
from seta.names import parse
from seta.proof.backtest.history import History, read_history, regressions_of, star_delay_of
from seta.proof.backtest.intervals import Bootstrap
from seta.proof.backtest.policies import CEILING, POLICIES, Known, knowing
from seta.proof.backtest.timelines import Timeline
from seta.proof.evidence import Evidence, SimulationRecorder, read_evidence
from seta.proof.simulation import Shape, Simulation
from seta.proof.simulation.shape import START
from seta.store.curation.projects import scope_named
from seta.store.embedded import EmbeddedServer
from seta.store.engine import make_engine, make_sessions
from seta.store.evidence import evidence_window
from seta.store.evidence.failures import StarredFailure
from seta.store.migrations.upgrade import upgrade

PAGE = Path(__file__).parents[1] / "docs" / "how-seta-decides.md"
BEGIN, END = "<!-- ways to choose: begin -->\n", "<!-- ways to choose: end -->\n"
TITLE = "What the ways to choose catch"
DAY = timedelta(days=1)
SEEDS = (101, 102, 103)
DAYS, WINDOW, STEP = 160, 90, 7
SCOPE = Scope("simulated", window_days=WINDOW)
SHAPES = {
    "small": Shape(days=DAYS),
    "5 % mis-starred": Shape(days=DAYS, mis_starred=0.05),
    "few regressions": Shape(days=DAYS, regressions_per_day=1.0),
    "many components": Shape(days=DAYS, components=400, regressions_per_day=4.0),
    "quiet and wide": Shape(days=DAYS, job_types=900, components=60, regressions_per_day=2.0,
                            flakes=0.001),
    "large": Shape(days=DAYS, job_types=1500, components=200, regressions_per_day=6.0),
}
PLAIN, DOUBLE, ON_TOP = "cover, k = 1", "cover, k = 2", "cover and budget, as k = 2"
SHOWN = (PLAIN, "cover and budget, 1.3", ON_TOP, DOUBLE, EXPECTED_COVERAGE,
         "recent catches for their cost", CEILING)
HEADER = ("history", "regressions", "k = 2 costs", *SHOWN, "budget more than k = 2, 95 %",
          "expected more than k = 1, 95 %")
ABOUT = f"""
Made by `python benchmarks/choice.py --write`. Share of later regressions that a job caught which
runs on every push, as `seta backtest` counts it: cut-offs every {STEP} days, a window of {WINDOW}
days, {len(SEEDS)} simulated histories of {DAYS} days of each shape, and the demo. *Cover and
budget, as k = 2* has the machine time of the cover with redundancy 2; *expected coverage*, *recent
catches* and *knowing the future* have that of the plain cover. The intervals are of differences, in
points, paired by regression.
"""
AFTER = """
In the simulated CI regressions come from the same components at the same rates all the time, and
the chance that a job type shows one falls with its distance as the model supposes; so these figures
are the model's best case. The demo's Talos regressions are real, and few, of few job types that all
cost the same. There a budget is worth what redundancy 2 is, and the expected choice gains nothing;
as its interval reaches below a loss of one point, SETA keeps the cover. That is why a new scope has
the plain cover and a budget of 1.0.
"""


class Tally:
    """What each way caught, regression by regression, and what it costs; by period."""

    def __init__(self) -> None:
        self.caught: dict[str, list[list[float]]] = defaultdict(list)
        self.dear: list[float] = []       # of redundancy 2, as a multiple of the plain cover

    def add(self, evidence: Evidence, history: History, moments: list[datetime]) -> None:
        for at in moments:
            problem = evidence.problem_at(at)
            period = history.period(at, at + STEP * DAY, known_fixes=frozenset(
                each.fixed_by for each in problem.regressions))
            if not problem.regressions or not period.regressions:
                continue
            known = Known(problem, evidence.ages_at(at), Budget(2000, 60.0))
            self._add_period(known, period)

    def _add_period(self, known: Known, period) -> None:
        number_of = known.board.number_of
        first = [frozenset(job_type for job_type, at in each.witnesses.items()
                           if at == each.first_at) for each in period.regressions]
        later = [frozenset(number_of[job_type] for job_type in each.witnesses
                           if job_type in number_of) for each in period.regressions]
        for name in SHOWN:
            [chosen] = (knowing(later) if name == CEILING else POLICIES[name])(known)
            kept = {known.cover.job_types[column] for column in chosen | known.cover.forced}
            self.caught[name].append([
                float(any(each in kept or each not in number_of for each in seen))
                for seen in first])
        cost = known.cost_of(known.plain)
        if cost:
            self.dear.append(known.cost_of(known.double) / cost)

    def row(self, title: str) -> tuple[str, ...]:
        bootstrap = Bootstrap([len(each) for each in self.caught[PLAIN]])
        count = sum(map(len, self.caught[PLAIN]))
        shares = [f"{sum(map(sum, self.caught[name])) / count:.1%}" for name in SHOWN]
        return (title, f"{count:,}", f"x {sum(self.dear) / len(self.dear):.2f}", *shares,
                self._more(bootstrap, ON_TOP, DOUBLE),
                self._more(bootstrap, EXPECTED_COVERAGE, PLAIN))

    def _more(self, bootstrap: Bootstrap, ours: str, theirs: str) -> str:
        pairs = [[one - other for one, other in zip(*each)]
                 for each in zip(self.caught[ours], self.caught[theirs])]
        low, high = bootstrap.interval(pairs)
        mean = sum(map(sum, pairs)) / sum(map(len, pairs))
        return f"{100 * mean:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


def simulated(tally: Tally, shape: Shape, seed: int) -> None:
    simulation = Simulation(shape, seed)
    moments = [START + day * DAY for day in range(WINDOW, shape.days - STEP + 1, STEP)]
    recorder = SimulationRecorder(simulation, SCOPE, moments)
    times, failures = [], []
    for push in simulation.pushes():
        ran = simulation.run(push)
        recorder.add(ran)
        times.append(push.pushed_at)
        failures += stars_of(simulation, ran)
    until = START + shape.days * DAY
    known = tuple(each for each in failures if each.classified_at <= until)
    history = History(SCOPE, {}, {"simulated": Timeline(times, Cadence())}, known,
                      regressions_of(known), until, star_delay_of(known))
    tally.add(recorder.evidence(), history, moments)


def stars_of(simulation: Simulation, ran) -> Iterator[StarredFailure]:
    labels = simulation.table.labels(ran.push.day)
    for job, failure in ran.failures.items():
        if failure.classification is Classification.FIXED_BY_COMMIT:
            yield StarredFailure(
                failure.fixed_by[:12], "simulated", ran.push.pushed_at, ran.push.pushed_at,
                failure.starred_at, parse(labels[job], "taskcluster", "simulated"))


def demo(tally: Tally, sessions, demo_scope, weeks: int) -> None:
    import_files(sessions, [demo_scope.path], scope=demo_scope.name, archived=True, source=DEMO,
                 now=datetime.now(UTC))
    with sessions() as session:
        scope = scope_named(session, demo_scope.name)
        end = evidence_window(session, scope, now=datetime.now(UTC)).as_of
        moments = [end - STEP * DAY * week for week in range(weeks, 0, -1)]
        history = read_history(session, scope, until=end,
                               since=moments[0] - scope.window_days * DAY)
        evidence = read_evidence(session, scope, moments, settings=Settings())
    tally.add(evidence, history, moments)


def tables() -> list[Table]:
    rows = []
    for title, shape in SHAPES.items():
        tally = Tally()
        for seed in SEEDS:
            simulated(tally, shape, seed)
        rows.append(tally.row(title))
        print(*rows[-1], sep=" | ", file=sys.stderr, flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="seta-choice-")))
        folder.chmod(0o755)  # the database server may run as another user
        engine = make_engine(stack.enter_context(EmbeddedServer(folder)).url)
        upgrade(engine)
        for scope, weeks in ((TALOS_2014, 26), (FIXED_BY_COMMIT_2018, 1)):
            tally = Tally()
            demo(tally, make_sessions(engine), scope, weeks)
            if any(tally.caught.values()):
                rows.append(tally.row(scope.title))
                print(*rows[-1], sep=" | ", file=sys.stderr, flush=True)
        engine.dispose()
    return [Table(HEADER, rows, ABOUT, after=AFTER)]


def write(text: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    whole = re.compile(f"(?<={re.escape(BEGIN)}).*?(?={re.escape(END)})", re.DOTALL)
    PAGE.write_text(whole.sub(lambda _: f"\n{text}\n", page), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write(section(TITLE, tables()))
    else:
        publish(TITLE, tables)
