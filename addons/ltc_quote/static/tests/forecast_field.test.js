import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Order extends models.Model {
    name = fields.Char({ onChange: () => {} });
    forecast = fields.Json();

    _records = [
        {
            id: 1,
            name: "S1",
            forecast: {
                level: "Finance Management",
                deciders: "Finance Review",
                tone: "warning",
                reasons: ["margin 18 % below 20 %", "more than 60 days"],
                notes: ["Line 3 is 4 % below its floor price."],
                hint: "From 100 on, this level would not be needed.",
            },
        },
        {
            id: 2,
            name: "S2",
            forecast: { level: "Sales Manager", deciders: "Sales Manager (SDT)", tone: "success", reasons: [], notes: [], hint: "" },
        },
        { id: 3, name: "S3", forecast: false },
        {
            id: 4,
            name: "S4",
            forecast: { level: false, deciders: "", tone: "warning", reasons: [], notes: ["Too cheap."], hint: "" },
        },
        {
            id: 5,
            name: "S5",
            forecast: { level: "Board", deciders: "", tone: "warning", reasons: [], notes: ["A", "B", "C", "D"], hint: "" },
        },
        {
            id: 6,
            name: "S6",
            forecast: { level: "Board", deciders: "", tone: "warning", reasons: [], notes: [..."ABCDEFG"], hint: "" },
        },
    ];
}

defineMailModels();
defineModels([Order]);

const mountForm = (resId) =>
    mountView({
        type: "form",
        resModel: "order",
        resId,
        arch: `<form><field name="name"/><field name="forecast" widget="ltc_approval_forecast"/></form>`,
    });

test("says who will decide, why, and which lines go too far", async () => {
    await mountForm(1);
    expect(".o_ltc_forecast").toHaveClass("o_ltc_forecast_warning");
    expect(".o_ltc_forecast_who").toHaveText("Finance Management (Finance Review)");
    expect(".o_ltc_forecast_why").toHaveText("– margin 18 % below 20 % · more than 60 days");
    expect(".o_ltc_forecast li").toHaveText("Line 3 is 4 % below its floor price.");
    expect(".o_ltc_forecast_hint").toHaveCount(1);
});

test("names a level once, and says when no limit is crossed", async () => {
    await mountForm(2);
    expect(".o_ltc_forecast_who").toHaveText("Sales Manager");
    expect(".o_ltc_forecast_why").toHaveText("– no limit is crossed");
    expect(".o_ltc_forecast li").toHaveCount(0);
});

test("is silent where nothing is to be said", async () => {
    await mountForm(3);
    expect(".o_ltc_forecast").toHaveCount(0);
});

test("shows the lines alone where no gate is in force", async () => {
    await mountForm(4);
    expect(".o_ltc_forecast_who").toHaveCount(0);
    expect(".o_ltc_forecast li").toHaveText("Too cheap.");
});

test("follows what the server says while typing", async () => {
    onRpc("onchange", () => ({
        value: {
            forecast: { level: "Board", deciders: "", tone: "warning", reasons: ["too cheap"], notes: [], hint: "" },
        },
    }));
    await mountForm(2);
    await contains(".o_field_widget[name=name] input").edit("S2b");
    expect(".o_ltc_forecast_who").toHaveText("Board");
});

test("a link takes no more room than the one note behind it", async () => {
    await mountForm(5);
    expect(queryAllTexts(".o_ltc_forecast li")).toEqual(["A", "B", "C", "D"]);
});

test("many notes leave room for the lines, until they are asked for", async () => {
    await mountForm(6);
    expect(queryAllTexts(".o_ltc_forecast li")).toEqual(["A", "B", "C", "4 more"]);
    await contains(".o_ltc_forecast button").click();
    expect(queryAllTexts(".o_ltc_forecast li")).toEqual([..."ABCDEFG"]);
});
