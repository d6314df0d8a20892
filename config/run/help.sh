# What ./run help prints. Not sourced.
# HELP
# usage: ./run COMMAND        the Lead-to-Cash suite on a real Odoo 19, from nothing
#
# The two commands
#   demo [--fresh] [--background]   Odoo with the suite and demo data on http://localhost:8069, a user per role.
#                                   Again: starts at once, data kept; changed addons are updated first. --fresh: anew.
#   test [WHAT...]                  lint, all tests of the addons, the tests across them, installs and uninstalls.
#                                   WHAT: lint, addons, odoo-lint, tests, install (stages), tests/test_x.py,
#                                   ltc_base (an addon), /ltc_base:TestGate.test_x (a tag as Odoo's --test-tags)
#
# Daily
#   db NAME [--demo] [--fresh] [ADDON...]   a database of one's own: clone of Odoo's apps + these addons (all six);
#                                   again: updates them. --demo: with demo data
#   update ADDON|all [DB]           load an addon anew (in ltc_demo)
#   shell [DB], psql [DB]           Odoo's shell, PostgreSQL's shell (on ltc_demo)
#   odoo -- ARGS                    Odoo's own command with this checkout's settings: ./run odoo -- -d mine -p 8070
#   lint [ADDON...]                 ruff, pylint-odoo, Odoo's checkers, XML, CSV, manifests, translations, shell
#   i18n [ADDON...]                 export .pot, merge into zh_CN.po, list what is not translated
#   screenshot ROLE URL FILE [--lang zh_CN] [--size 1440x900] [--full] [--wait SELECTOR]
#                                   log in as ROLE on the running demo, open URL, take the picture, report errors
#   bench [NAME [ARGS]]             measure: plain Odoo against the suite (without a name: what there is)
#   peers [--again|--keep] [MODULE...]   Odoo's own tests with the suite installed (45 minutes); what passed with these
#                                   addons is not run again (--keep: nor what passed with older ones; --again: all is)
#   wheels [ADDON...]               a wheel per addon in .ltc/dist
#   setup                           only set up what is missing (every command does)
#   stop [--all]                    stop what ./run started: the demo server, and the private PostgreSQL when nobody
#                                   else is connected (--all: then too)
#
# Settings from the environment
#   ODOO_HOME      an existing Odoo 19 source tree to use instead of fetching one
#   PGHOST ...     an existing PostgreSQL server (PGPORT, PGUSER, PGPASSWORD) instead of a private one
#   LTC_PORT       the port of the demo (8069)            LTC_HOME    where everything is set up (.ltc)
#   LTC_PYTHON     the Python to use (3.10 to 3.13)       LTC_ADDONS  the folder with the addons (addons)
#   LTC_KEEP=1     keep the databases of tests            LTC_TAIL=N  how many lines of a failure to show
#
# Everything lives in .ltc/ of the checkout: odoo, venv, pg, data, log, run. Remove the folder and it is gone.
# END
