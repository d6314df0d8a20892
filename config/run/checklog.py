#!/usr/bin/env python3
"""Fail when an Odoo log holds a line of level WARNING or above that is not known to be harmless.

A line is known by its logger *and* its message, exactly; each has its reason. Nothing wider is let through.
"""
import re
import sys
from pathlib import Path

LINE = re.compile(
    r'^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?P<pid>\d+) (?P<level>[A-Z]+) (?P<db>\S+) (?P<logger>[\w.\-]+): '
    r'(?P<message>.*)$'
)
COLOR = re.compile(r'\x1b\[[0-9;]*m')

# (logger, regular expression for the whole message, only when this text stands in the lines after it) : reason
ALLOWED = [
    # Debian's wkhtmltopdf is built with an unpatched Qt: it prints no headers and footers, and says so.
    (
        'odoo.addons.base.models.ir_actions_report',
        r'wkhtmltopdf: (The switch --(header-spacing|header-html|footer-html), is not support using unpatched qt, '
        r'and will be ignored\.)+ *',
        None,
    ),
    # The first login to a fresh database: two bus connections write the same presence; the loser is retried.
    ('odoo.sql_db', r'bad query: .*(bus_presence|mail_presence|res_device_log).*', 'could not serialize access'),
    # Tests and templates run on whatever machine there is; its GeoIP files are none of ours.
    ('odoo.http', r"Couldn't load Geoip .* file at .*", None),
]


def read(path):
    """Yield the log's records: [level, logger, message, following lines]."""
    record = None
    for raw in Path(path).read_text(encoding='utf-8', errors='replace').splitlines():
        line = COLOR.sub('', raw)
        match = LINE.match(line)
        if match:
            if record:
                yield record
            record = [match['level'], match['logger'], match['message'], []]
        elif record:
            record[3].append(line)
    if record:
        yield record


def is_allowed(logger, message, following):
    text = '\n'.join([message, *following])
    return any(
        logger == name and re.fullmatch(pattern, message) and (needle is None or needle in text)
        for name, pattern, needle in ALLOWED
    )


def main(paths):
    found = 0
    for path in paths:
        for level, logger, message, following in read(path):
            if level in ('WARNING', 'ERROR', 'CRITICAL') and not is_allowed(logger, message, following):
                found += 1
                print(f'{path}: {level} {logger}: {message}')
                for line in following[-12:]:
                    print(f'    {line}')
    if found:
        print(f'{found} line(s) of level WARNING or above in the log')
    return found


if __name__ == '__main__':
    sys.exit(1 if main(sys.argv[1:]) else 0)
