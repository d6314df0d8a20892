from datetime import date, datetime

from odoo.tests import TransactionCase, tagged


@tagged('post_install', '-at_install')
class TestResCompanyZone(TransactionCase):
    """A day is the company's own, at no query, and follows whatever says where the company is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar, cls.other = cls.env['resource.calendar'].create([
            {'name': zone, 'tz': zone} for zone in ('Asia/Shanghai', 'America/New_York')])
        cls.company = cls.env['res.company'].create({'name': "Zone", 'resource_calendar_id': cls.calendar.id})
        cls.company.partner_id.tz = False

    def test_the_zone_follows_address_and_calendar(self):
        moment = datetime(2026, 3, 1, 18, 0)
        for change, zone, day in (
            (lambda: None, 'Asia/Shanghai', date(2026, 3, 2)),
            (lambda: self.calendar.write({'tz': 'Europe/London'}), 'Europe/London', date(2026, 3, 1)),
            (lambda: self.company.write({'resource_calendar_id': self.other.id}), 'America/New_York', date(2026, 3, 1)),
            (lambda: self.company.partner_id.write({'tz': 'Asia/Tokyo'}), 'Asia/Tokyo', date(2026, 3, 2)),
            (lambda: self.company.write({'partner_id': self.env['res.partner'].create({
                'name': "Moved", 'tz': 'Asia/Dubai'}).id}), 'Asia/Dubai', date(2026, 3, 1)),
        ):
            change()
            self.assertEqual(self.company._ltc_get_zone(), zone)
            self.assertEqual(self.company._ltc_get_day(moment), day)

    def test_the_day_costs_no_query(self):
        self.company._ltc_get_zone()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            self.company._ltc_get_today()
