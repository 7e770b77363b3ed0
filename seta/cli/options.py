"""Options that commands share."""

from datetime import UTC, datetime

import click


class Moment(click.ParamType):
    """A time with a zone, or a day, in ISO 8601; without a zone it is UTC."""

    name = "TIME"

    def convert(self, value, param, context):
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time such as 2026-03-01 or 2026-03-01T12:00:00+00:00",
                      param, context)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
