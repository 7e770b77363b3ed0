"""taskgraph asks SETA: optimization strategies ``seta`` and ``seta-backstop``.

``taskcluster/config.yml`` names ``seta.clients.taskgraph:register``; how-to-taskgraph.md in the
documentation shows all of it. Works with taskcluster-taskgraph 10.0 to 24.5.
"""

from typing import Any


def register(graph_config: Any) -> None:
    """Register the strategies; taskgraph calls this with the contents of ``config.yml``.

    Both share one decision, so that SETA is asked once.
    """
    from taskgraph.optimize.base import register_strategy

    from .decision import PushDecision
    from .parameters import read_settings
    from .strategies import Seta, SetaBackstop
    from .target import Target

    target = Target()
    target.watch()
    decision = PushDecision(read_settings(graph_config), target)
    register_strategy("seta", args=(decision,))(Seta)
    register_strategy("seta-backstop", args=(decision,))(SetaBackstop)
