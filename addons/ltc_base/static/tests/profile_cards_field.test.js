import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { clickSave, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Setting extends models.Model {
    profile = fields.Selection({ selection: [["light", "Light"], ["full", "Full"]] });
    cards = fields.Json();

    _records = [
        {
            id: 1,
            profile: "light",
            cards: [
                { value: "light", name: "Light", help: "Nothing is blocked.", gates: [] },
                { value: "full", name: "Full", help: "Every gate.", gates: ["ATB", "ATC"] },
            ],
        },
    ];
}

defineMailModels();
defineModels([Setting]);

test("a card says what its profile switches on, and chooses it", async () => {
    onRpc("setting", "web_save", ({ args }) => expect.step(args[1].profile));
    await mountView({
        type: "form",
        resModel: "setting",
        resId: 1,
        arch: `<form><field name="profile" widget="ltc_profile_cards" options="{'cards_field': 'cards'}"/><field name="cards" invisible="1"/></form>`,
    });
    expect(".o_ltc_profile_chosen .o_ltc_profile_name").toHaveText("Light");
    expect(queryAllTexts("[data-value=full] .o_ltc_profile_gate")).toEqual(["ATB", "ATC"]);
    await click("[data-value=full] input");
    await animationFrame();
    expect(".o_ltc_profile_chosen .o_ltc_profile_name").toHaveText("Full");
    await clickSave();
    expect.verifySteps(["full"]);
});
