#!/usr/bin/env python3
"""Print "PASSED FAILED SKIPPED" of a run: of Odoo's own runner (its log) or of pytest (its JUnit file)."""
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

TOTAL = re.compile(r'odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests')
SKIPPED = re.compile(r' INFO \S+ odoo\.addons\.\S+: skipped \S+')


def of_odoo(log):
    text = re.sub(r'\x1b\[[0-9;]*m', '', Path(log).read_text(encoding='utf-8', errors='replace'))
    totals = TOTAL.findall(text)
    if not totals:
        return 0, 1, 0  # it never came to the tests
    failed = sum(int(fail) + int(error) for fail, error, _total in totals)
    total = sum(int(total) for _fail, _error, total in totals)
    skipped = len(SKIPPED.findall(text))
    return max(total - failed - skipped, 0), failed, skipped


def of_junit(path):
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError):
        return 0, 1, 0
    suites = [root] if root.tag == 'testsuite' else list(root)
    total, failed, skipped = (
        sum(sum(int(suite.get(name, 0)) for name in names) for suite in suites)
        for names in (('tests',), ('failures', 'errors'), ('skipped',))
    )
    return max(total - failed - skipped, 0), failed, skipped


if __name__ == '__main__':
    source = sys.argv[1]
    print(*(of_junit if source.endswith('.xml') else of_odoo)(source))
