import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Review extends models.Model {
    reasons = fields.Json();

    _records = [{ id: 1 }];
}

defineMailModels();
defineModels([Review]);

function mountReasons(reasons) {
    Review._records[0].reasons = reasons;
    return mountView({
        type: "form",
        resModel: "review",
        resId: 1,
        arch: `<form><field name="reasons" widget="ltc_reasons" nolabel="1"/></form>`,
    });
}

test("says who decides and why, and what else matters", async () => {
    await mountReasons({
        level: "Decision Team",
        reasons: ["deepest discount 22 % above 20 %", "1 line below its floor price, by 5.64 %"],
        notes: ["Taihu Paper owes ¥ 5,000.00 that is overdue."],
    });
    expect(".o_ltc_reasons_level").toHaveText("Decision Team");
    expect(".o_ltc_reasons_why").toHaveText(
        "deepest discount 22 % above 20 % · 1 line below its floor price, by 5.64 %"
    );
    expect(queryAllTexts(".o_ltc_reasons li")).toEqual([
        "Taihu Paper owes ¥ 5,000.00 that is overdue.",
    ]);
    expect(".o_ltc_reasons").toHaveClass("o_ltc_reasons_crossed");
});

test("says that no limit is crossed", async () => {
    await mountReasons({ level: "Sales Manager", reasons: [], notes: [] });
    expect(".o_ltc_reasons_why").toHaveText("no limit is crossed");
    expect(".o_ltc_reasons").not.toHaveClass("o_ltc_reasons_crossed");
    expect(".o_ltc_reasons ul").toHaveCount(0);
});

test("shows nothing of a round without reasons", async () => {
    await mountReasons(false);
    expect(".o_ltc_reasons").toHaveCount(0);
});
