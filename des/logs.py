"""One JSON object a line. Routes are named and people numbered: no path, query string or address reaches the log."""

import json
import logging
from datetime import UTC, datetime

# What a log call may add by `extra=`, and no more.
FIELDS = ("request_id", "route", "method", "status", "milliseconds", "person", "export")


class JSONLines(logging.Formatter):
    """Writes a record as one line of JSON, so that no text in it can forge another."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)
