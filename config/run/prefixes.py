#!/usr/bin/env python3
"""Install the suite floor by floor on an empty database, and uninstall every prefix of it from a copy.

usage: prefixes.py DATABASE LTC_HOME ADDON...

The database starts with nothing: each floor brings only what its manifest names, so a dependency that is not declared
is found. After each floor a copy is taken in which the whole suite is uninstalled; nothing of it may remain: no record,
table, column, index, trigger or function. Prints PASSED or FAILED with a sentence for each of both. Every warning in
Odoo's log fails.
"""
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import checklog

# what may remain of the suite, each question by its name
REMAINS = {
    'external identifiers': r"SELECT module || '.' || name FROM ir_model_data WHERE module LIKE 'ltc\_%'",
    'models': r"SELECT model FROM ir_model WHERE model LIKE 'ltc.%'",
    'fields': r"SELECT model || '.' || name FROM ir_model_fields WHERE name LIKE 'ltc\_%'",
    'tables': "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name ~ 'ltc_'",
    'columns': "SELECT table_name || '.' || column_name FROM information_schema.columns"
               " WHERE table_schema = 'public' AND column_name ~ '(^|_)ltc_'",
    'indexes': "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname ~ '(^|_)ltc_'",
    'constraints': "SELECT conname FROM pg_constraint WHERE conname ~ '(^|_)ltc_'",
    'triggers': "SELECT tgname FROM pg_trigger WHERE tgname ~ '(^|_)ltc_'",
    'functions': "SELECT proname FROM pg_proc WHERE proname ~ '(^|_)ltc_'",
    'views': r"SELECT key FROM ir_ui_view WHERE key LIKE 'ltc\_%'",
    'parameters': "SELECT key FROM ir_config_parameter WHERE key LIKE 'ltc%'",
    'sequences': "SELECT code FROM ir_sequence WHERE code LIKE 'ltc%'",
    'installed addons': r"SELECT name FROM ir_module_module WHERE name LIKE 'ltc\_%' AND state != 'uninstalled'",
}
# after the suite has left, the screens it extended must still open
LOOK = """
for model in ('res.partner', 'res.company', 'res.users', 'crm.lead', 'crm.stage', 'sale.order', 'account.move',
              'project.project', 'stock.picking', 'res.config.settings'):
    if model in env:
        env[model].get_views([(False, 'form'), (False, 'list'), (False, 'search')])
print('looked')
"""


class Prefixes:

    def __init__(self, database, home, addons):
        self.database = database
        self.home = Path(home)
        self.odoo = str(self.home / 'venv/bin/odoo')
        self.addons = addons
        self.failed = 0

    def run(self):
        self.drop(self.database)
        try:
            with ThreadPoolExecutor(1) as leaving:
                results = []
                for number, addon in enumerate(self.addons):
                    self.report(f'{addon} installs with only what it names', self.install(addon))
                    copy = f'{self.database}_{number}'
                    self.drop(copy)
                    self.call('createdb', '-T', self.database, copy)
                    results.append((self.addons[:number + 1], leaving.submit(self.leave, copy)))
                for prefix, result in results:
                    self.report(f'{" ".join(prefix)} uninstalled cleanly', result.result())
        finally:
            for number in range(len(self.addons)):
                self.drop(f'{self.database}_{number}')
            self.drop(self.database)
        return self.failed

    def report(self, sentence, problems):
        self.failed += bool(problems)
        print('FAILED' if problems else 'PASSED', sentence, flush=True)
        for problem in problems:
            print(f'    {problem}', flush=True)

    def install(self, addon):
        return self.logged(f'prefix-install-{addon}', self.odoo, '-d', self.database, '-i', addon,
                           '--stop-after-init', '--no-http')

    def leave(self, copy):
        problems = self.logged(
            f'prefix-uninstall-{copy.rpartition("_")[2]}', self.odoo, 'module', 'uninstall', '-d', copy, self.addons[0])
        if not problems:
            problems = self.logged(
                f'prefix-after-{copy.rpartition("_")[2]}', self.odoo, 'shell', '-d', copy, '--no-http', stdin=LOOK)
            problems += self.remains(copy)
        self.drop(copy)
        return problems

    def remains(self, copy):
        found = []
        for what, query in REMAINS.items():
            names = self.call('psql', '-d', copy, '-qAtXc', query).split()
            if names:
                found.append(f'{what} remain: {", ".join(names[:12])}{" ..." if len(names) > 12 else ""}')
        return found

    def logged(self, name, *command, stdin=''):
        """Run Odoo with its own log; return what went wrong, as lines."""
        log = self.home / 'log' / f'{name}.log'
        start = time.monotonic()
        with log.open('w') as file:
            done = subprocess.run(command, input=stdin, text=True, stdout=file, stderr=subprocess.STDOUT, check=False)
        print(f'    {name}: {time.monotonic() - start:.0f} s', flush=True)
        problems = [
            f'{level} {logger}: {message}'
            for level, logger, message, following in checklog.read(log)
            if level in ('WARNING', 'ERROR', 'CRITICAL') and not checklog.is_allowed(logger, message, following)
        ]
        if done.returncode and not problems:
            problems = [f'exit code {done.returncode}', *log.read_text(errors='replace').splitlines()[-15:]]
        return [*problems, f'the log: {log}'] if problems else []

    def call(self, *command):
        quiet = {**os.environ, 'PGOPTIONS': '--client-min-messages=warning'}
        return subprocess.run(command, text=True, stdout=subprocess.PIPE, check=True, env=quiet).stdout

    def drop(self, name):
        self.call('dropdb', '--force', '--if-exists', name)
        if name:
            subprocess.run(['rm', '-rf', str(self.home / 'data' / 'filestore' / name)], check=True)


if __name__ == '__main__':
    sys.exit(1 if Prefixes(sys.argv[1], sys.argv[2], sys.argv[3:]).run() else 0)
