#!/usr/bin/env python3
"""Print the Odoo modules that layer 1 is made of, one per line.

usage: depends.py ADDONS_FOLDER ODOO_ADDONS_FOLDER[:MORE] MODULE...

The given modules, and those that the manifests of the suite name and the given ones do not pull in already.
"""
import ast
import sys
from pathlib import Path


def read_depends(manifest):
    try:
        return ast.literal_eval(manifest.read_text(encoding='utf-8')).get('depends') or ['base']
    except (OSError, SyntaxError, ValueError, AttributeError):
        return []  # half-written, or not there: Odoo and the lint say so


def outside_dependencies(folder):
    names = set()
    for manifest in Path(folder).glob('ltc_*/__manifest__.py'):
        names.update(name for name in read_depends(manifest) if not name.startswith('ltc_'))
    return names


def closure(names, folders):
    seen, todo = set(), list(names)
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for folder in folders:
            manifest = Path(folder, name, '__manifest__.py')
            if manifest.exists():
                todo += read_depends(manifest)
                break
    return seen


def main(suite, odoo_folders, *fixed):
    pulled_in = closure(fixed, odoo_folders.split(':'))
    print('\n'.join(sorted({*fixed, *(outside_dependencies(suite) - pulled_in)})))


if __name__ == '__main__':
    main(*sys.argv[1:])
