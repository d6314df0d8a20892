import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    MockServer,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const ATB = {
    code: "atb",
    name: "Bid decision",
    state: "todo",
    label: "To submit",
    detail: "Not submitted yet.",
    review_id: false,
    round: 0,
    can_submit: true,
    active: true,
};

class Document extends models.Model {
    name = fields.Char({ required: true });
    gate_summary = fields.Json();

    _records = [{ id: 1, name: "S00042", gate_summary: [ATB] }];
}

defineMailModels();
defineModels([Document]);

function mountBanner(gates, resId = 1) {
    Document._records[0].gate_summary = gates;
    return mountView({
        type: "form",
        resModel: "document",
        resId,
        arch: `
            <form>
                <field name="gate_summary" widget="ltc_gate_banner" nolabel="1"/>
                <field name="name"/>
            </form>`,
    });
}

test("shows each gate, its state and its reasons", async () => {
    await mountBanner([
        ATB,
        {
            ...ATB,
            code: "atc",
            name: "Contract decision",
            state: "no_go",
            label: "No-Go",
            detail: "Decided by Anna Lin.",
            review_id: 7,
            round: 2,
            can_submit: false,
        },
    ]);
    expect(queryAllTexts(".o_ltc_gate_name")).toEqual(["Bid decision", "Contract decision"]);
    expect(queryAllTexts(".o_ltc_gate_state")).toEqual(["To submit", "No-Go"]);
    expect(queryAllTexts(".o_ltc_gate_detail")).toEqual([
        "Not submitted yet.",
        "Decided by Anna Lin.",
    ]);
    expect(queryAllTexts(".o_ltc_gate_round")).toEqual(["Round 2"]);
    expect("[data-gate=atc].o_ltc_gate_danger .fa-times-circle").toHaveCount(1);
    expect(queryAllTexts("[data-gate=atb] button")).toEqual(["Submit for review"]);
    expect(queryAllTexts("[data-gate=atc] button")).toEqual(["Open review"]);
});

test("gives each state an icon of its own", async () => {
    const states = ["todo", "review", "go", "conditional", "hold", "no_go", "stale"];
    await mountBanner(states.map((state) => ({ ...ATB, code: state, state })));
    const icons = states.map(
        (state) => document.querySelector(`[data-gate=${state}] .o_ltc_gate_icon`).className
    );
    expect(new Set(icons).size).toBe(states.length);
});

test("shows nothing when no gate is in force", async () => {
    await mountBanner([]);
    expect(".o_ltc_gate_banner").toHaveCount(0);
});

test("keeps the history of a gate that was switched off", async () => {
    await mountBanner([
        { ...ATB, active: false },
        { ...ATB, code: "atc", active: false, review_id: 7, can_submit: false },
    ]);
    expect(".o_ltc_gate").toHaveCount(1);
    expect("[data-gate=atc]").toHaveClass("o_ltc_gate_inactive");
});

test("shows nothing on a document that is not saved", async () => {
    Document._fields.gate_summary.default = () => [ATB];
    await mountBanner([ATB], false);
    expect(".o_ltc_gate_banner").toHaveCount(0);
});

test("saves the document, then opens the dialog and shows the new state", async () => {
    mockService("action", {
        doAction(action, { onClose }) {
            expect.step(action.res_model);
            const gate_summary = [{ ...ATB, state: "review", label: "In review" }];
            MockServer.env["document"].write([1], { gate_summary });
            return onClose();
        },
    });
    onRpc("web_save", () => expect.step("save"));
    onRpc("action_ltc_submit", ({ args, model }) => {
        expect.step([model, ...args]);
        return { type: "ir.actions.act_window", res_model: "ltc.gate.submit" };
    });
    await mountBanner([ATB]);
    await contains("[name=name] input").edit("S00043");
    await contains("button[name=submit_review]").click();
    expect.verifySteps(["save", ["document", [1], "atb"], "ltc.gate.submit"]);
    expect(".o_ltc_gate_state").toHaveText("In review");
});

test("submits nothing while the document cannot be saved", async () => {
    onRpc("action_ltc_submit", () => expect.step("submit"));
    await mountBanner([ATB]);
    await contains("[name=name] input").edit("");
    await contains("button[name=submit_review]").click();
    expect("[name=name]").toHaveClass("o_field_invalid");
    expect("button[name=submit_review]").toBeEnabled();
    expect.verifySteps([]);
});

test("submits once, however often it is clicked", async () => {
    const answer = new Deferred();
    onRpc("action_ltc_submit", () => {
        expect.step("submit");
        return answer;
    });
    await mountBanner([ATB]);
    await contains("button[name=submit_review]").click();
    await animationFrame();
    expect("button[name=submit_review]").not.toBeEnabled();
    answer.resolve(false);
    await animationFrame();
    expect("button[name=submit_review]").toBeEnabled();
    expect.verifySteps(["submit"]);
});

test("opens the review", async () => {
    mockService("action", {
        doAction(action) {
            expect.step([action.res_model, action.res_id]);
        },
    });
    onRpc("ltc.gate.review", "action_open", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window", res_model: "ltc.gate.review", res_id: 7 };
    });
    await mountBanner([{ ...ATB, state: "review", review_id: 7, can_submit: false }]);
    await contains("button[name=open_review]").click();
    expect.verifySteps([[[7]], ["ltc.gate.review", 7]]);
});
