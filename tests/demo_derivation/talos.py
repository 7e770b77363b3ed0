"""From the alert manager's alerts of 2014 to the records of the Talos scope."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from .copies import Alert, culprit_of
from .records import Derived, counts_of, moment, with_lists
from .talos_names import BUILD_SERIES, builder_name, project_of

NO_REVISION = "00000000NULL"
NO_REGRESSION = frozenset({"False Alarm", "Infra", "Ignore", "Too Low"})


def derive_talos(alerts: Iterable[Alert]) -> Derived:
    """Return the scope's records: one failed job for each push and builder with a regression.

    Alerts of one run of a suite (several of its numbers got worse) become one job, known by the
    smallest alert id. The list holds every builder that any alert, even an improvement, is from.
    """
    alerts = list(alerts)
    reasons = {alert["id"]: left_out_because(alert) for alert in alerts}
    kept = [alert for alert in alerts if reasons[alert["id"]] is None]
    on_trees = [alert for alert in alerts
                if project_of(alert["branch"]) and alert["test"] != BUILD_SERIES]
    names = {(project_of(alert["branch"]), _name(alert)) for alert in on_trees}
    regressed = [alert for alert in alerts if reasons[alert["id"]] in (None, "release tree")]
    culprit = culprit_of(regressed, _revisions(alerts))
    records = with_lists(_results(kept, culprit), names, build_system="buildbot")
    return Derived(records, _counts(alerts, reasons, kept) | counts_of(records))


def left_out_because(alert: Alert) -> str | None:
    """Return why an alert is not used as a regression of a trunk project; None if it is."""
    if not alert["percent"].startswith("-"):
        return "improvement"
    if alert["status"] in NO_REGRESSION:
        return "status says it is not a regression"
    if alert["keyrevision"] == NO_REVISION:
        return "no revision"
    if alert["test"] == BUILD_SERIES:
        return "build"
    if project_of(alert["branch"]) is None:
        return "release tree"
    return None


def _revisions(alerts: Iterable[Alert]) -> set[str]:
    return {alert["keyrevision"] for alert in alerts} - {NO_REVISION}


def _name(alert: Alert) -> str:
    return builder_name(alert["branch"], alert["platform"], alert["test"])


def _results(kept: Iterable[Alert], culprit: Callable[[Alert], str]) -> list[dict]:
    by_job, pushed_at = defaultdict(list), {}
    for alert in kept:
        push = project_of(alert["branch"]), alert["keyrevision"]
        by_job[(*push, _name(alert))].append(alert)
        # A push that alerts date differently was pushed at the earliest of these.
        pushed_at[push] = min(_time(alert), pushed_at.get(push, _time(alert)))
    return [
        _result(project, revision, name, pushed_at[project, revision], same, culprit)
        for (project, revision, name), same in by_job.items()
    ]


def _time(alert: Alert) -> datetime:
    return datetime.fromisoformat(alert["push_date"]).replace(tzinfo=UTC)


def _result(project, revision, name, pushed_at, alerts, culprit) -> dict:
    return {
        "kind": "result",
        "namespace": "alert_manager",
        "job_id": str(min(int(alert["id"]) for alert in alerts)),
        "project": project,
        "build_system": "buildbot",
        "name": name,
        "revision": revision,
        "pushed_at": moment(pushed_at),
        "result": "testfailed",
        "classification": "fixed by commit",
        "fixed_by": sorted({culprit(alert) for alert in alerts}),
    }


def _counts(alerts: list[Alert], reasons: dict, kept: list[Alert]) -> dict[str, int]:
    left_out = Counter(reason for reason in reasons.values() if reason)
    return {
        "alerts": len(alerts),
        **{f"left out: {reason}": left_out[reason] for reason in sorted(left_out)},
        "alerts kept": len(kept),
        "key revisions of them": len({alert["keyrevision"] for alert in kept}),
    }
