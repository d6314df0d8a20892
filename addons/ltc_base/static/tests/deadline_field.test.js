import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import { defineModels, fields, makeMockEnv, models, mountView } from "@web/../tests/web_test_helpers";
import { describeDeadline } from "@ltc_base/fields/deadline/deadline";

const { DateTime } = luxon;

class Review extends models.Model {
    deadline = fields.Datetime();

    _records = [{ id: 1, deadline: "2026-03-10 09:00:00" }];
}

defineMailModels();
defineModels([Review]);

test("says how late or how much time is left", async () => {
    await makeMockEnv();
    const now = DateTime.local(2026, 3, 10, 12, 0);
    const describe = (span) => describeDeadline(now.plus(span), now);
    expect(describe({ minutes: -20 })).toEqual({ text: "20 min late", urgency: "late" });
    expect(describe({ hours: 3 })).toEqual({ text: "3 h left", urgency: "today" });
    expect(describe({ hours: 20 })).toEqual({ text: "20 h left", urgency: "later" });
    expect(describe({ days: 5 })).toEqual({ text: "5 days left", urgency: "later" });
});

test("marks a deadline that passed", async () => {
    mockDate("2026-03-10 14:00:00", 0);
    await mountView({
        type: "form",
        resModel: "review",
        resId: 1,
        arch: `<form><field name="deadline" widget="ltc_deadline"/></form>`,
    });
    expect(".o_ltc_deadline_late").toHaveText("5 h late");
});
