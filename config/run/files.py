#!/usr/bin/env python3
"""Check the files of addons that no Python linter reads.

usage: files.py ADDON_FOLDER...

XML is well-formed; CSV has as many values in every row as in its head; every data file is named in the manifest and
every file named there exists; i18n has a template and a complete zh_CN: no untranslated and no fuzzy entry, the same
placeholders in both languages; no method of a model covers one of another file without calling it.
"""
import ast
import csv
import re
import sys
from pathlib import Path

import polib
from lxml import etree

PLACEHOLDER = re.compile(r'%\(\w+\)[sdrfg]|%[sdrfg]|\$\{\w+\}')
DATA_FOLDERS = ('data', 'demo', 'report', 'security', 'views', 'wizard')
PO_LANGUAGES = ('zh_CN',)


def check_xml(addon):
    for path in sorted(addon.rglob('*.xml')):
        try:
            etree.parse(path)
        except etree.XMLSyntaxError as error:
            yield path, str(error)


def check_csv(addon):
    for path in sorted(addon.rglob('*.csv')):
        with path.open(encoding='utf-8', newline='') as file:
            rows = list(csv.reader(file))
        for number, row in enumerate(rows[1:], start=2):
            if len(row) != len(rows[0]):
                yield path, f'line {number} has {len(row)} values, the head has {len(rows[0])}'


def check_manifest(addon):
    path = addon / '__manifest__.py'
    try:
        manifest = ast.literal_eval(path.read_text(encoding='utf-8'))
    except (OSError, SyntaxError, ValueError) as error:
        yield path, f'cannot be read: {error}'
        return
    named = {*manifest.get('data', []), *manifest.get('demo', [])}
    for name in sorted(named):
        if not (addon / name).is_file():
            yield path, f'names {name}, which does not exist'
    for folder in DATA_FOLDERS:
        for file in sorted((addon / folder).rglob('*')):
            name = file.relative_to(addon).as_posix()
            if file.suffix in ('.xml', '.csv') and name not in named:
                yield path, f'does not name {name}'
    if not (addon / 'static' / 'description' / 'icon.png').is_file():
        yield path, 'static/description/icon.png is missing'


def check_po(addon):
    template_path = addon / 'i18n' / f'{addon.name}.pot'
    if not template_path.is_file():
        yield template_path, f'is missing: ./run i18n {addon.name}'
        return
    template = polib.pofile(str(template_path))
    wanted = {(entry.msgctxt, entry.msgid) for entry in template}
    for language in PO_LANGUAGES:
        path = addon / 'i18n' / f'{language}.po'
        if not path.is_file():
            yield path, f'is missing: ./run i18n {addon.name}'
            continue
        try:
            catalog = polib.pofile(str(path), check_for_duplicates=True)
        except (OSError, ValueError) as error:
            yield path, str(error)
            continue
        for entry in catalog:
            if entry.obsolete:
                continue
            for message in check_entry(entry):
                yield path, message
        have = {(entry.msgctxt, entry.msgid) for entry in catalog if not entry.obsolete}
        for _context, text in sorted(wanted - have, key=str):
            yield path, f'does not hold {text!r}, which the template does'


def check_entry(entry):
    if entry.fuzzy:
        yield f'line {entry.linenum}: fuzzy: {entry.msgid!r}'
    elif not entry.translated():
        yield f'line {entry.linenum}: not translated: {entry.msgid!r}'
    elif sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr)):
        yield f'line {entry.linenum}: other placeholders: {entry.msgid!r} -> {entry.msgstr!r}'


def check_covered(addons):
    """Yield the methods that take the place of another's: one name chosen twice breaks the first without a word.

    Of the methods that files give one model each must call the one before it, unless that waits to be replaced: the
    word "hook" stands in its docstring. What a mixin asks to "extend" must be called by who inherits the mixin.
    """
    methods, mixins = {}, {}
    sources = [path for addon in addons for path in sorted(addon.rglob('*.py'), key=get_load_order)]
    for path in sources:
        for model, inherited, found in find_models(path) if path.parent.name != 'tests' else ():
            mixins.setdefault(model, set()).update(inherited)
            for method in found:
                methods.setdefault((model, method.name), []).append((path, method))
    for (model, name), found in methods.items():
        silent = [(path, method) for path, method in found if not calls_super(method)]
        for path, method in [pair for pair in silent if not has_word(pair[1], 'hook')][1:]:
            yield path, f'line {method.lineno}: {model}.{name} covers one of another file without calling super()'
        for path, method in silent:
            before = [other for other, _method in found if other.parent == path.parent]
            if before.index(path):
                yield path, f'line {method.lineno}: {model}.{name} covers that of {before[0].name}, loaded before it'
        asking = {
            mixin for mixin in mixins[model] - {model}
            for _path, method in methods.get((mixin, name), ()) if has_word(method, 'extend')}
        for path, method in silent if asking else ():
            yield path, f'line {method.lineno}: {model}.{name} does not call super(), as {", ".join(asking)} asks'


def get_load_order(path):
    """Return when Python loads a file of an addon: as the ``__init__`` beside it imports it."""
    init = path.with_name('__init__.py')
    imported = [
        alias.name for node in ast.parse(init.read_text(encoding='utf-8')).body if isinstance(node, ast.ImportFrom)
        for alias in node.names] if init.is_file() else []
    return path.parent, imported.index(path.stem) if path.stem in imported else -1, path.name


def find_models(path):
    """Yield (model, what it inherits, its methods) of the classes of a file."""
    for node in ast.parse(path.read_text(encoding='utf-8')).body:
        if not isinstance(node, ast.ClassDef):
            continue
        names = {
            target.id: ast.literal_eval(line.value)
            for line in node.body if isinstance(line, ast.Assign)
            for target in line.targets if getattr(target, 'id', None) in ('_name', '_inherit')}
        inherited = names.get('_inherit') or []
        inherited = [inherited] if isinstance(inherited, str) else inherited
        model = names.get('_name') or (inherited[0] if inherited else None)
        if model:
            yield model, inherited, [line for line in node.body if isinstance(line, ast.FunctionDef)]


def calls_super(method):
    return any(isinstance(node, ast.Name) and node.id == 'super' for node in ast.walk(method))


def has_word(method, word):
    return word in (ast.get_docstring(method) or '').lower()


CHECKS = {'XML': check_xml, 'CSV': check_csv, 'manifests': check_manifest, 'translations': check_po}


def main(kind, *folders):
    addons = [Path(folder) for folder in folders]
    if kind == 'methods':
        findings = list(check_covered(addons))
    else:
        findings = [finding for addon in addons for finding in CHECKS[kind](addon)]
    for path, message in findings:
        print(f'{path}: {message}')
    return bool(findings)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
