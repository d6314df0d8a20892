from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests import test_js


@tagged('post_install', '-at_install')
class TestQuoteWidgets(HttpCase):
    """Runs the unit tests of what this addon draws in the browser."""

    def test_the_widgets_show_and_do_what_they_say(self):
        suite = test_js.HOOTCommon._generate_hash(self, '@ltc_quote')
        self.browser_js(
            f'/web/tests?headless&loglevel=2&preset=desktop&timeout=60000&id={suite}', '', '', login='admin',
            timeout=600, success_signal='[HOOT] Test suite succeeded',
            error_checker=test_js.unit_test_error_checker)
