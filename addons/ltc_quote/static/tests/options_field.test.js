import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Order extends models.Model {
    name = fields.Char();
    options = fields.Json();

    _records = [
        {
            id: 1,
            name: "S1",
            options: [
                { kind: "requires", binding: true, text: "Robot requires Cabinet.", product_id: 7, missing: 1 },
                { kind: "excludes", binding: false, text: "Not together.", product_id: false, missing: 0 },
                { kind: "recommends", binding: false, text: "Worth offering.", product_id: 9, missing: 1 },
            ],
        },
        { id: 2, name: "S2", options: false },
    ];
}

defineMailModels();
defineModels([Order]);

const mountForm = (resId) =>
    mountView({
        type: "form",
        resModel: "order",
        resId,
        arch: `<form><field name="name"/><field name="options" widget="ltc_options"/></form>`,
    });

test("says what is missing, and adds it on a click", async () => {
    onRpc("/web/dataset/call_button/*", async (request) => {
        const { params } = await request.json();
        expect.step([params.method, params.args]);
        return false;
    });
    await mountForm(1);
    expect(".o_ltc_option").toHaveCount(3);
    expect(".o_ltc_option_binding").toHaveText(/Robot requires Cabinet\./);
    expect("button[name=add_option]").toHaveCount(2);
    await contains(".o_ltc_option_binding button").click();
    expect.verifySteps([["action_ltc_add_options", [[1], 7]]]);
});

test("is silent where nothing is to be said", async () => {
    await mountForm(2);
    expect(".o_ltc_options").toHaveCount(0);
});
