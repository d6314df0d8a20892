import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    contains,
    makeMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { getDefaultConfig } from "@web/views/view";
import { ForecastBoard, getCategoryFigures } from "@ltc_lead/forecast/forecast_board";

defineMailModels();

const ACTION = { action: { type: "ir.actions.client" }, actionId: 1, updateActionState() {}, className: "" };
const CATEGORIES = [
    { key: "closed", label: "Closed" },
    { key: "commit", label: "Commit" },
    { key: "pipeline", label: "Pipeline" },
];

function getRow(values = {}) {
    return {
        user_id: 7,
        name: "Li Na",
        team: "Industry Sales",
        target: 1000,
        closed: 100,
        commit: 300,
        pipeline: 500,
        computed: 400,
        owner: null,
        manager: null,
        forecast: 400,
        gap: 600,
        change: 50,
        count: 3,
        level: "manager",
        ...values,
    };
}

function getPeriod(values = {}) {
    return { ...getRow(), start: "2025-03-01", label: "Mar 2025", is_present: true, is_past: false, ...values };
}

async function mountBoard(values = {}) {
    onRpc("ltc.forecast", "get_board", ({ args }) => {
        expect.step(args);
        return {
            company: "Huachen",
            currency_id: false,
            span: args[0],
            offset: args[2],
            rollup: "single",
            basis: "Closed + Commit",
            categories: CATEGORIES,
            snapshot_date: "2025-03-03",
            selected: args[1] || "2025-03-01",
            periods: [getPeriod(), getPeriod({ start: "2025-04-01", label: "Apr 2025", is_present: false, forecast: 1200, gap: -200 })],
            rows: [getRow(), getRow({ user_id: 8, name: "Wu Qiang", level: false, closed: 0, owner: 250, forecast: 250, gap: 750 })],
            undated: { count: 0, amount: 0 },
            ...values,
        };
    });
    const env = await makeMockEnv({ config: getDefaultConfig() });
    await mountWithCleanup(ForecastBoard, { env, props: ACTION });
}

function getCells(user, selector) {
    return queryAllTexts(`tr[data-user="${user}"] ${selector}`);
}

test("adds the surer categories up", () => {
    expect(getCategoryFigures(getRow(), CATEGORIES, false)).toEqual({ closed: 100, commit: 300, pipeline: 500 });
    expect(getCategoryFigures(getRow(), CATEGORIES, true)).toEqual({ closed: 100, commit: 400, pipeline: 900 });
});

test("shows periods, people and what they add up to", async () => {
    await mountBoard();
    expect(queryAllTexts(".o_ltc_forecast_amount")).toEqual(["400", "1,200"]);
    expect(queryAllTexts(".o_ltc_forecast_period small")).toEqual(["600 to go", "200 above target"]);
    expect(getCells(7, "[data-category]")).toEqual(["100", "300", "500"]);
    expect(getCells(8, "[data-level=owner]")).toEqual(["250"]);
    expect(getCells(8, "[data-figure=forecast]")).toEqual(["250"]);
    expect(queryAllTexts("[data-total]")).toEqual(["100", "600", "1,000"]);
    expect.verifySteps([["month", false, 0]]);
});

test("by itself or with the surer ones", async () => {
    await mountBoard();
    await contains("[data-rollup=cumulative]").click();
    expect(getCells(7, "[data-category]")).toEqual(["100", "400", "900"]);
    expect.verifySteps([["month", false, 0]]);
});

test("asks for another period, for quarters and for later ones", async () => {
    await mountBoard();
    await contains("[data-period='2025-04-01']").click();
    expect("[data-period='2025-04-01']").toHaveClass("o_ltc_forecast_chosen");
    await contains("[data-move=later]").click();
    await contains("[data-span=quarter]").click();
    expect.verifySteps([
        ["month", false, 0],
        ["month", "2025-04-01", 0],
        ["month", "2025-04-01", 1],
        ["quarter", false, 0],
    ]);
});

test("the manager says what is expected, and why", async () => {
    onRpc("ltc.forecast.adjustment", "say_about_person", ({ args }) => {
        expect.step(args);
        return true;
    });
    await mountBoard();
    expect("tr[data-user='8'] [data-level] button").toHaveCount(0);
    await contains("tr[data-user='7'] [data-level=manager] button").click();
    expect(".o_ltc_forecast_input").toHaveValue("400");
    await contains(".o_ltc_forecast_input").edit("350", { confirm: false });
    await contains(".o_ltc_forecast_note").edit("One slips.", { confirm: false });
    await contains(".o_ltc_forecast_edit .btn-primary").click();
    expect(".o_ltc_forecast_edit").toHaveCount(0);
    expect.verifySteps([
        ["month", false, 0],
        [7, "2025-03-01", 350, "One slips."],
        ["month", "2025-03-01", 0],
    ]);
});

test("a figure opens its opportunities, a change what changed", async () => {
    mockService("action", {
        doAction(action) {
            expect.step(action.res_model);
        },
    });
    onRpc("ltc.forecast", "action_open_cell", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window", res_model: "crm.lead" };
    });
    onRpc("ltc.forecast", "action_open_changes", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window", res_model: "ltc.pipeline.change" };
    });
    await mountBoard();
    await contains("tr[data-user='7'] [data-category=commit] button").click();
    await contains("tr[data-user='7'] .text-success").click();
    expect.verifySteps([
        ["month", false, 0],
        ["month", "2025-03-01", 7, "commit"],
        "crm.lead",
        ["month", "2025-03-01", 7],
        "ltc.pipeline.change",
    ]);
});

test("says when nothing is to close, and what no period counts", async () => {
    await mountBoard({ rows: [], undated: { count: 2, amount: 1500 } });
    expect(".o_view_nocontent_smiling_face").toHaveText("Nothing is to close in this period");
    expect(".o_ltc_forecast_undated").toHaveText(/2 open opportunities \(1,500\)/);
    expect.verifySteps([["month", false, 0]]);
});
