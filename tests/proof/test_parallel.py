"""Where the cut-offs of a backtest are worked on."""

import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from distributed import LocalCluster

from seta.config import Settings
from seta.domain import Project, Scope
from seta.errors import BadSetting
from seta.proof.backtest.history import recorded_history
from seta.proof.backtest.plan import Plan
from seta.proof.backtest.run import backtest_of
from seta.proof.evidence import SimulationRecorder
from seta.proof.simulation import Shape, Simulation
from seta.proof.simulation.shape import START

UNTIL = START + timedelta(days=40)
PLAN = Plan("made", START + timedelta(days=20), UNTIL, timedelta(days=4),
            policies=("random", "drop-one"))


@pytest.fixture(scope="module")
def recorded():
    """A simulated history of forty days: its evidence at the cut-offs, and what came of it."""
    scope = Scope("made", window_days=20)
    recorder = SimulationRecorder(
        Simulation(Shape(days=40, pushes_per_day=5, job_types=30, regressions_per_day=3), seed=6),
        scope, PLAN.cut_offs())
    evidence = recorder.record_all()
    return evidence, recorded_history(recorder, scope, Project("simulated", "made"), until=UNTIL)


def tried(recorded, **more):
    evidence, history = recorded
    return backtest_of(evidence, history, PLAN, settings=replace(Settings(), **more))


def test_a_dask_cluster_finds_the_same_as_one_process(recorded):
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=False,
                      dashboard_address=None, protocol="tcp") as cluster:
        address = cluster.scheduler_address.replace("tcp://", "dask://")
        found = tried(recorded, parallel=address)
    assert found.regressions > 20
    assert found == tried(recorded)


def test_without_dask_it_says_what_to_install(recorded, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)   # importing it fails
    with pytest.raises(BadSetting, match=r"needs Dask: pip install 'dask\[distributed\]'"):
        tried(recorded, parallel="dask://localhost:8786")


def test_a_scheduler_that_does_not_answer_is_named(recorded, monkeypatch):
    monkeypatch.setattr("seta.proof.parallel.ANSWERS_WITHIN", 0.2)
    with pytest.raises(BadSetting, match="'dask://127.0.0.1:9', but no Dask scheduler answers"):
        tried(recorded, parallel="dask://127.0.0.1:9")
