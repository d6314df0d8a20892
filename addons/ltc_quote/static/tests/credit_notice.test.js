import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Order extends models.Model {
    name = fields.Char();
    _records = [{ id: 1, name: "S1" }];
}

defineMailModels();
defineModels([Order]);

const mountForm = (resId) =>
    mountView({
        type: "form",
        resModel: "order",
        resId,
        arch: `<form><field name="name"/><widget name="ltc_credit_notice"/></form>`,
    });

test("says what the customer owes", async () => {
    onRpc("ltc_get_credit_notice", () => ["He owes 100.", "50 beyond the limit."]);
    await mountForm(1);
    await animationFrame();
    expect(".o_ltc_credit_notice").toHaveText("He owes 100. 50 beyond the limit.");
});

test("is silent where nothing is owed, and asks nothing before a quotation is saved", async () => {
    onRpc("ltc_get_credit_notice", () => expect.step("asked") || []);
    await mountForm();
    await animationFrame();
    expect.verifySteps([]);
    expect(".o_ltc_credit_notice").toHaveCount(0);
});
