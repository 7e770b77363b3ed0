"""Run HiGHS quietly, and so that it can be watched and stopped."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import highspy

from .effort import Effort, Progress

TELL_EVERY = 1.0  # seconds


class QuietHighs(highspy.Highs):
    """HiGHS without the banner that its constructor writes to standard output."""

    def enableCallbacks(self):
        # The first thing that the constructor does, and what writes the banner.
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


def configured(effort: Effort) -> QuietHighs:
    """Return a HiGHS whose answer depends on nothing but the model, unless its time runs out."""
    highs = QuietHighs()
    for option, value in {
        "threads": 1, "parallel": "off", "random_seed": 0,
        # Objectives are whole numbers: those that are less than one apart are the same.
        "mip_rel_gap": 0.0, "mip_abs_gap": 0.5,
        # However little is left, the first node is worth its bound.
        "mip_max_nodes": max(1, effort.nodes), "time_limit": effort.seconds,
    }.items():
        highs.setOptionValue(option, value)
    return highs


def run(highs: QuietHighs, progress: Progress) -> highspy.HighsStatus:
    """Run to the end, telling `progress` every second how far it is.

    What `progress` raises ends the run, as does a signal: both reach the caller within seconds.
    HiGHS swallows what is raised inside its callbacks, so it has a thread of its own.
    """
    stop, seen = Event(), {}

    def watch(event):
        seen.update(nodes=event.data_out.mip_node_count, best=event.data_out.mip_primal_bound,
                    bound=event.data_out.mip_dual_bound)
        event.interrupt(stop.is_set())

    highs.cbMipInterrupt += watch
    highs.cbSimplexInterrupt += lambda event: event.interrupt(stop.is_set())
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(highs.run)
        try:
            while True:
                try:
                    return running.result(timeout=TELL_EVERY)
                except TimeoutError:
                    progress("{nodes} nodes, best {best:.6g}, at least {bound:.6g}".format(**seen)
                             if seen else "first relaxation")
        except BaseException:
            stop.set()
            raise
