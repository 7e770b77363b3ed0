from ci_world.fixtures import ci, make_ci, results

__all__ = ["ci", "make_ci", "results"]
