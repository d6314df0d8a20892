from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests import test_js


@tagged('post_install', '-at_install')
class TestForecastWidget(HttpCase):
    """Runs the unit tests of the forecast screen in the browser."""

    def test_the_screen_shows_and_does_what_it_says(self):
        suite = test_js.HOOTCommon._generate_hash(self, '@ltc_lead')
        self.browser_js(
            f'/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}', '', '', login='admin',
            timeout=600, success_signal='[HOOT] Test suite succeeded',
            error_checker=test_js.unit_test_error_checker)
