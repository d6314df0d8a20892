#!/usr/bin/env python3
"""Merge freshly exported terms into the addons' i18n folders.

usage: i18n.py EXPORT_FOLDER ADDONS_FOLDER ODOO_ADDONS_FOLDER LANGUAGE ADDON...

Writes i18n/ADDON.pot and i18n/LANGUAGE.po of each addon: translations are kept, terms that are gone leave the file, new
ones come in untranslated, nothing is guessed (no fuzzy entry). Only the words that every model has from Odoo itself
("Created by", "Followers") are taken from Odoo's own translation. Dates are left out, so that a run without changes
changes no file. Exit code 1 while terms are not translated.
"""
import sys
from pathlib import Path

import polib

HEADER = {
    'Project-Id-Version': 'Odoo Server 19.0',
    'Report-Msgid-Bugs-To': '',
    'MIME-Version': '1.0',
    'Content-Type': 'text/plain; charset=UTF-8',
    'Content-Transfer-Encoding': '',
    'Plural-Forms': '',
}
PLURALS = {'zh_CN': 'nplurals=1; plural=0;'}
# the same word in both languages: not a gap
SAME_WORDS = {'ATI', 'ATB', 'ATC', 'ATAC', 'ATCC', 'LTC'}


def read(path):
    return polib.pofile(str(path), wrapwidth=78) if path.is_file() else polib.POFile(wrapwidth=78)


def write(path, entries, language=''):
    catalog = polib.POFile(wrapwidth=78)
    catalog.header = f"Translation of Odoo Server.\nThis file contains the translation of the following modules:\n" \
                     f"\t* {path.parent.parent.name}"
    catalog.metadata = dict(HEADER)
    if language:
        catalog.metadata.update({'Language': language, 'Plural-Forms': PLURALS.get(language, '')})
    catalog.extend(entries)
    path.parent.mkdir(exist_ok=True)
    catalog.save(str(path))


def words_of_odoo(folder, language):
    """What Odoo says for the words that its base models bring into every model."""
    return {
        entry.msgid: entry.msgstr
        for module in ('portal', 'mail', 'base')
        for entry in read(Path(folder, module, 'i18n', f'{language}.po'))
        if entry.msgstr and any(place[0].startswith('model:ir.model.fields') for place in entry.occurrences)
    }


def copy_entry(entry, msgstr=''):
    return polib.POEntry(
        msgid=entry.msgid, msgstr=msgstr, msgctxt=entry.msgctxt, comment=entry.comment, occurrences=entry.occurrences,
        flags=[flag for flag in entry.flags if flag != 'fuzzy'])


def merge(template, old, words):
    known = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in old if not entry.obsolete and not entry.fuzzy}
    for entry in template:
        msgstr = known.get((entry.msgctxt, entry.msgid), '')
        if not msgstr and is_field(entry):
            msgstr = words.get(entry.msgid, '')
        yield copy_entry(entry, msgstr or (entry.msgid if entry.msgid in SAME_WORDS else ''))


def is_field(entry):
    return all(place[0].startswith('model:ir.model.fields') for place in entry.occurrences)


def main(exports, addons, odoo, language, *names):
    missing_total = 0
    words = words_of_odoo(odoo, language)
    for name in names:
        export = Path(exports, f'{name}.po')
        folder = Path(addons, name, 'i18n')
        template = sorted(read(export), key=lambda entry: (entry.msgid, entry.msgctxt or ''))
        entries = list(merge(template, read(folder / f'{language}.po'), words))
        write(folder / f'{name}.pot', [copy_entry(entry) for entry in template])
        write(folder / f'{language}.po', entries, language)
        missing = [entry for entry in entries if not entry.msgstr]
        missing_total += len(missing)
        print(f'{name}: {len(entries)} terms, {len(missing)} not translated to {language}')
        for entry in missing:
            print(f'    {entry.msgid!r}')
    return 1 if missing_total else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
