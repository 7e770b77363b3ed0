"""Where the cut-offs are worked on: processes of this machine, or a Dask cluster's."""

from collections.abc import Iterator
from contextlib import contextmanager

from joblib import Parallel, parallel_config

from ..errors import BadSetting

DASK = "dask://"
ANSWERS_WITHIN = 10   # seconds in which a scheduler must answer


@contextmanager
def workers(where: str, jobs: int) -> Iterator[Parallel]:
    """Give what runs delayed calls, whose results come in the order of the calls.

    `where` is the setting SETA_PARALLEL: empty for `jobs` processes here, or the address of a Dask
    scheduler as in dask://host:8786, of which all workers are used; they need SETA installed too.
    Raises BadSetting where Dask is not installed, or no scheduler answers.
    """
    if not where:
        yield Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs")
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise BadSetting(f"SETA_PARALLEL is {where!r}, which needs Dask: "
                         "pip install 'dask[distributed]'") from error
    try:
        client = Client(where.replace(DASK, "tcp://", 1), timeout=ANSWERS_WITHIN)
    except OSError as error:
        raise BadSetting(f"SETA_PARALLEL is {where!r}, but no Dask scheduler answers there: "
                         f"{error}") from error
    with client, parallel_config(backend="dask"):
        yield Parallel(n_jobs=-1, return_as="generator", pre_dispatch="2*n_jobs")
