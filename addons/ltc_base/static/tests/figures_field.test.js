import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

const same = (value) => ({ frozen: value, today: value, changed: false });
const changed = (frozen, today) => ({ frozen, today, changed: true });

class Review extends models.Model {
    figures = fields.Json();

    _records = [{ id: 1 }];
}

defineMailModels();
defineModels([Review]);

function mountFigures(figures) {
    Review._records[0].figures = figures;
    return mountView({
        type: "form",
        resModel: "review",
        resId: 1,
        arch: `<form><field name="figures" widget="ltc_figures" nolabel="1"/></form>`,
    });
}

test("marks the figures that changed", async () => {
    await mountFigures({
        rows: [
            { label: "Amount", kind: "number", ...changed("$ 5,000.00", "$ 6,000.00") },
            { label: "Payment Terms", kind: "text", ...same("30 Days") },
            { label: "Competitors", kind: "text", ...same("") },
        ],
    });
    expect(queryAllTexts("thead th.o_ltc_figures_value")).toEqual(["At submission", "Today"]);
    expect(queryAllTexts("tbody tr")).toEqual(["Amount $ 5,000.00 $ 6,000.00"]);
    expect(queryAllTexts(".o_ltc_figures_same_rows > div")).toEqual(["Payment Terms\n30 Days"]);
    expect("tr.o_ltc_figures_row_changed").toHaveCount(1);
    expect("tr.o_ltc_figures_row_changed [role=img][aria-label=Changed]").toHaveCount(1);
    expect("tr.o_ltc_figures_number").toHaveCount(1);
    expect(".o_ltc_figures_summary").toHaveText("1 difference since the submission.");
    expect(".o_ltc_figures_lines").toHaveCount(0);
});

test("says that nothing has changed", async () => {
    await mountFigures({ rows: [{ label: "Amount", kind: "number", ...same("$ 5,000.00") }] });
    expect(".o_ltc_figures_summary").toHaveClass("o_ltc_figures_same");
    expect(".o_ltc_figures_summary").toHaveText("Nothing has changed since the submission.");
});

test("compares the lines", async () => {
    await mountFigures({
        rows: [],
        lines: {
            columns: ["Product", { label: "Quantity", kind: "number" }],
            rows: [
                { state: "same", cells: [same("Pump"), same("1")] },
                { state: "changed", cells: [same("Valve"), changed("2", "3")] },
                { state: "added", cells: [changed("", "Sensor"), changed("", "4")] },
                { state: "removed", cells: [changed("Cable", ""), changed("5", "")] },
            ],
        },
    });
    expect(queryAllTexts(".o_ltc_figures_lines thead th:not(.o_ltc_figures_mark)")).toEqual([
        "Product",
        "Quantity",
    ]);
    expect(queryAllTexts(".o_ltc_figures_lines tbody td:nth-child(2)")).toEqual([
        "Pump",
        "Valve",
        "Sensor",
        "Cable",
    ]);
    expect(".o_ltc_figures_line_changed del").toHaveText("2");
    expect(".o_ltc_figures_line_changed ins").toHaveText("3");
    expect(".o_ltc_figures_line_added td:last").toHaveText("4");
    expect(".o_ltc_figures_line_removed td:last").toHaveText("5");
    expect(".o_ltc_figures_line_removed .fa-minus[aria-label='Removed line']").toHaveCount(1);
    expect("thead .o_ltc_figures_number").toHaveText("Quantity");
    expect(".o_ltc_figures_summary").toHaveText("3 differences since the submission.");
});

test("marks no lines where none changed, and shows smaller what follows the first line", async () => {
    await mountFigures({
        rows: [],
        lines: {
            columns: ["Product", { label: "Amount", kind: "number" }],
            rows: [{ state: "same", cells: [same("Pump\nStainless steel\n2 bar"), same("1,000.00")] }],
        },
    });
    expect(".o_ltc_figures_mark").toHaveCount(0);
    expect(queryAllTexts(".o_ltc_figures_lines tbody td")).toEqual([
        "Pump\nStainless steel\n2 bar",
        "1,000.00",
    ]);
    expect(".o_ltc_figures_rest").toHaveText("Stainless steel\n2 bar");
});

test("folds away what few look for, unless it changed", async () => {
    await mountFigures({
        rows: [
            { label: "Amount", kind: "number", ...same("$ 5,000.00") },
            { label: "Currency", kind: "text", folded: true, ...same("USD") },
            { label: "Pricelist", kind: "text", folded: true, ...changed("Retail", "Dealers") },
        ],
    });
    expect(queryAllTexts(".o_ltc_figures > .o_ltc_figures_same_rows dt")).toEqual(["Amount"]);
    expect(queryAllTexts(".o_ltc_figures_row_changed th")).toEqual(["Pricelist"]);
    expect(".o_ltc_figures_folded").not.toHaveAttribute("open");
    expect(".o_ltc_figures_folded dt").toHaveCount(1);
});

test("shows nothing without figures", async () => {
    await mountFigures(false);
    expect(".o_ltc_figures").toHaveCount(0);
});
