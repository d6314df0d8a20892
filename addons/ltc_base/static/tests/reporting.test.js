import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne } from "@odoo/hoot-dom";
import {
    contains,
    makeMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { getDefaultConfig } from "@web/views/view";
import { formatFigure, getSparkline } from "@ltc_base/reporting/formats";
import { Funnel } from "@ltc_base/reporting/funnel";
import { KpiBoard } from "@ltc_base/reporting/kpi_board";

defineMailModels();

const ACTION = { action: { type: "ir.actions.client" }, actionId: 1, updateActionState() {}, className: "" };
const DAYS = { date_from: "2025-01-01", date_to: "2025-03-31" };

function getStep(key, count, values = {}) {
    return {
        key,
        label: key,
        count,
        amount: count * 1000,
        conversion: 50,
        conversion_amount: 80,
        here: 1,
        lost: 0,
        days: 2.5,
        is_bottleneck: false,
        ...values,
    };
}

function getFunnel(values = {}) {
    return {
        company: "Huachen",
        currency_id: false,
        ...DAYS,
        filters: [{ key: "ar_user_id", label: "Salesperson", options: [{ id: 7, name: "Li Na" }] }],
        steps: [
            getStep("quote", 8),
            getStep("contract", 4, { conversion: 25, is_bottleneck: true }),
            getStep("closed", 1, { conversion: null, conversion_amount: null, days: null }),
        ],
        ...values,
    };
}

function getCard(values = {}) {
    return {
        id: 3,
        code: "win_rate",
        name: "Win rate",
        category: "sales",
        unit: "percent",
        direction: "higher",
        value: 40,
        previous: 30,
        count: 10,
        target: 50,
        colour: "danger",
        trend: [1, 3, 2],
        formula: "Won ÷ (won + lost)",
        population: "Closed in the period",
        basis: "Over the period",
        snapshot_date: false,
        can_open: true,
        ...values,
    };
}

async function mountAction(Action) {
    const env = await makeMockEnv({ config: getDefaultConfig() });
    await mountWithCleanup(Action, { env, props: ACTION });
}

async function mountBoard(...cards) {
    onRpc("ltc.kpi", "get_board", ({ args }) => {
        expect.step(args);
        return {
            company: "Huachen",
            currency_id: false,
            ...DAYS,
            categories: [
                { key: "lead", label: "Leads" },
                { key: "sales", label: "Sales" },
            ],
            cards,
        };
    });
    await mountAction(KpiBoard);
}

test("formats a figure by its unit, and nothing is not zero", async () => {
    await makeMockEnv();
    expect(formatFigure(null, "percent")).toBe("–");
    expect(formatFigure(0, "percent")).toBe("0.0 %");
    expect(formatFigure(12.34, "percent")).toBe("12.3 %");
    expect(formatFigure(1234567.8, "amount")).toBe("1,234,568");
    expect(formatFigure(2.54, "hours")).toBe("2.5 h");
    expect(formatFigure(1234, "count")).toBe("1,234");
});

test("draws a line through at least two values", () => {
    expect(getSparkline([1], 10, 10)).toBe("");
    expect(getSparkline([0, 10], 10, 10)).toBe("0.0,10.0 10.0,0.0");
    expect(getSparkline([5, 5], 10, 10)).toBe("0.0,5.0 10.0,5.0");
});

test("shows the figures by category", async () => {
    await mountBoard(getCard(), getCard({ id: 4, code: "cycle", value: null, previous: null, count: 0 }));
    expect.verifySteps([["month", false, false]]);
    expect(queryAllTexts(".o_ltc_report_heading")).toEqual(["Sales"]);
    expect(queryAllTexts(".o_ltc_kpi_value")).toEqual(["40.0 %", "–"]);
    expect("[data-kpi=win_rate]").toHaveClass("o_ltc_kpi_danger");
    expect("[data-kpi=win_rate] footer").toHaveText("10.0 pt 10 records Target 50.0 %", { inline: true });
    expect("[data-kpi=win_rate] .text-success .fa-arrow-up").toHaveCount(1);
    expect("[data-kpi=cycle] button.o_ltc_kpi_value").toHaveCount(0);
});

test("a figure that should fall is worse when it grows", async () => {
    await mountBoard(getCard({ unit: "days", direction: "lower", value: 12, previous: 10 }));
    expect(".text-danger .fa-arrow-up").toHaveCount(1);
    expect("footer .text-danger").toHaveText("20.0 %");
    expect.verifySteps([["month", false, false]]);
});

test("says how a figure is counted", async () => {
    await mountBoard(getCard());
    expect(".o_ltc_kpi_explanation").toHaveCount(0);
    await contains(".o_ltc_kpi_explain").click();
    expect(".o_ltc_kpi_explanation").toHaveText(/Won ÷ \(won \+ lost\)/);
    expect(".o_ltc_kpi_explanation").toHaveText(/Closed in the period/);
    expect.verifySteps([["month", false, false]]);
});

test("opens the records behind a figure", async () => {
    mockService("action", {
        doAction(action) {
            expect.step(action.res_model);
        },
    });
    onRpc("ltc.kpi", "action_view_records", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window", res_model: "crm.lead" };
    });
    await mountBoard(getCard());
    await contains("button.o_ltc_kpi_value").click();
    expect.verifySteps([["month", false, false], [[3], "2025-01-01", "2025-03-31"], "crm.lead"]);
});

test("asks for another period", async () => {
    await mountBoard(getCard());
    await contains("[data-period=quarter]").click();
    expect("[data-period=quarter]").toHaveClass("active");
    expect.verifySteps([
        ["month", false, false],
        ["quarter", "2025-01-01", "2025-03-31"],
    ]);
});

test("the funnel marks the bottleneck", async () => {
    onRpc("ltc.flow", "get_funnel", () => getFunnel());
    await mountAction(Funnel);
    expect(queryAllTexts(".o_ltc_funnel_count")).toEqual(["8", "4", "1"]);
    expect(queryAllTexts("[data-step] .o_ltc_funnel_conversion")).toEqual(["50.0 %", "25.0 %", ""]);
    expect(queryAllTexts(".o_ltc_funnel_days")).toEqual(["2.5 days", "2.5 days", "–"]);
    expect(".o_ltc_funnel_worst").toHaveAttribute("data-step", "contract");
    expect(".o_ltc_funnel_bottleneck").toHaveText(
        "Bottleneck: of what enters contract only 25.0 % goes on."
    );
    expect(queryOne("[data-step=quote] .o_ltc_funnel_fill").style.width).toBe("100%");
    expect(queryOne("[data-step=contract] .o_ltc_funnel_fill").style.width).toBe("50%");
});

test("the funnel by amount, by salesperson, and its cases", async () => {
    mockService("action", {
        doAction(action) {
            expect.step(action.res_model);
        },
    });
    onRpc("ltc.flow", "get_funnel", ({ args }) => {
        expect.step(args);
        return getFunnel();
    });
    onRpc("ltc.flow", "action_open_funnel_step", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window", res_model: "ltc.flow" };
    });
    await mountAction(Funnel);
    await contains("[data-measure=amount]").click();
    expect(queryAllTexts("[data-step] .o_ltc_funnel_conversion")).toEqual(["80.0 %", "80.0 %", ""]);
    await contains("select[name=ar_user_id]").select("7");
    await contains("[data-step=contract] button").click();
    expect.verifySteps([
        ["year", false, false, {}],
        ["year", "2025-01-01", "2025-03-31", { ar_user_id: 7 }],
        ["contract", "2025-01-01", "2025-03-31", { ar_user_id: 7 }],
        "ltc.flow",
    ]);
});

test("the funnel says when nothing began", async () => {
    onRpc("ltc.flow", "get_funnel", () => getFunnel({ steps: [getStep("quote", 0)] }));
    await mountAction(Funnel);
    expect(".o_ltc_funnel_steps").toHaveCount(0);
    expect(".o_view_nocontent_smiling_face").toHaveText("Nothing began in this period");
});
