import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Lead extends models.Model {
    name = fields.Char();
    glance = fields.Json();

    _records = [
        {
            id: 1,
            name: "Palletizing",
            glance: [
                { key: "score", label: "72", tone: "success", title: "Fit 40, engagement 32", action: "action_explain" },
                { key: "sla", label: "2 h late", tone: "danger", icon: "fa-clock-o" },
            ],
        },
        { id: 2, name: "Nothing known", glance: [] },
    ];
}

defineMailModels();
defineModels([Lead]);

test("draws the chips in their order, with tone, icon and sentence", async () => {
    await mountView({
        type: "form",
        resModel: "lead",
        resId: 1,
        arch: `<form><field name="glance" widget="ltc_glance"/></form>`,
    });
    expect(".o_ltc_chip").toHaveCount(2);
    expect(".o_ltc_chip:first").toHaveText("72");
    expect(".o_ltc_chip:first").toHaveClass("o_ltc_chip_success");
    expect(".o_ltc_chip:first").toHaveAttribute("title", "Fit 40, engagement 32");
    expect(".o_ltc_chip[data-key=sla] i.fa-clock-o").toHaveCount(1);
    expect(".o_ltc_chip[data-key=sla] button").toHaveCount(0);
});

test("shows only the chips that the view asks for", async () => {
    await mountView({
        type: "list",
        resModel: "lead",
        arch: `<list><field name="glance" widget="ltc_glance" options="{'only': ['sla']}"/></list>`,
    });
    expect(".o_ltc_chip").toHaveCount(1);
    expect(".o_ltc_chip").toHaveText("2 h late");
});

test("a chip explains itself, and the row below stays closed", async () => {
    onRpc("action_explain", ({ args }) => {
        expect.step(args);
        return false;
    });
    await mountView({
        type: "list",
        resModel: "lead",
        arch: `<list><field name="name"/><field name="glance" widget="ltc_glance"/></list>`,
        selectRecord: () => expect.step("opened"),
    });
    await contains(".o_ltc_chip[data-key=score] button").click();
    expect.verifySteps([[[1]]]);
});
