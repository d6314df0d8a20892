import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, mockDate, resize, test } from "@odoo/hoot";
import { queryAllTexts, queryAttribute } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const LABELS = {
    lead: "Lead",
    opportunity: "Opportunity",
    quote: "Quote",
    contract: "Contract",
    delivery: "Delivery",
    acceptance: "Acceptance",
    invoice: "Invoice",
    cash: "Cash",
    closed: "Closed",
};

function getFlow(current = "contract", values = {}) {
    const keys = Object.keys(LABELS);
    const position = keys.indexOf(current);
    const getState = (index) =>
        values.state === "closed"
            ? "done"
            : ["done", "current", "todo"][Math.sign(index - position) + 1];
    return {
        flow_id: 42,
        name: "LTC/2026/00042",
        state: "open",
        stage: current,
        stages: keys.map((key, index) => ({
            key,
            label: LABELS[key],
            state: getState(index),
            date: index <= position ? `2026-03-0${index + 1}` : false,
        })),
        owner: "Anna Lin",
        since: "2026-03-04 08:00:00",
        days: 3,
        blocker: false,
        ...values,
    };
}

class Document extends models.Model {
    flow_bar = fields.Json();

    _records = [{ id: 1, flow_bar: getFlow() }];
}

class LtcFlow extends models.Model {
    _name = "ltc.flow";

    flow_bar = fields.Json();

    _records = [{ id: 42, flow_bar: getFlow() }];
}

defineMailModels();
defineModels([Document, LtcFlow]);

function mountBar(resModel = "document", resId = 1) {
    return mountView({
        type: "form",
        resModel,
        resId,
        arch: `<form><sheet><field name="flow_bar" widget="ltc_flow_bar" nolabel="1"/></sheet></form>`,
    });
}

/** Mount the bar with other values of the flow. */
function mountFlow(current, values) {
    Document._records[0].flow_bar = getFlow(current, values);
    return mountBar();
}

test("names the case, its steps and who is next", async () => {
    await mountFlow();
    expect(".o_ltc_flow_case a").toHaveText("LTC/2026/00042");
    expect(".o_ltc_flow_case a").toHaveAttribute("href", "/odoo/ltc.flow/42");
    expect(queryAllTexts(".o_ltc_flow_label")).toEqual(Object.values(LABELS));
    expect(".o_ltc_flow_step_done").toHaveCount(3);
    expect(".o_ltc_flow_step_done .fa-check").toHaveCount(3);
    expect(".o_ltc_flow_step[aria-current=step]").toHaveText("Contract");
    expect(".o_ltc_flow_owner").toHaveText("Next:Anna Lin");
    expect(".o_ltc_flow_age").toHaveText("3 days");
    expect(".o_ltc_flow_blocker").toHaveCount(0);
});

test("tells when each step was reached", async () => {
    mockDate("2027-01-01 12:00:00");
    await mountFlow();
    const getHint = (stage) => queryAttribute(`[data-stage=${stage}] button`, "data-tooltip");
    expect(getHint("quote")).toBe("Quote: Mar 3, 2026");
    expect(getHint("contract")).toBe("Contract: Mar 4, 2026");
    expect(getHint("cash")).toBe("Cash: not reached yet");
    expect(queryAttribute(".o_ltc_flow_age", "data-tooltip")).toMatch(
        /^In this step since Mar 4, 2026/
    );
});

test("counts the days in words", async () => {
    await mountFlow("contract", { days: 0 });
    expect(".o_ltc_flow_age").toHaveText("today");
});

test("counts one day in the singular", async () => {
    await mountFlow("contract", { days: 1 });
    expect(".o_ltc_flow_age").toHaveText("1 day");
});

test("says that nobody owns the next step", async () => {
    await mountFlow("contract", { owner: false });
    expect(".o_ltc_flow_owner").toHaveText("No owner");
});

test("shows what blocks the case", async () => {
    await mountFlow("contract", { blocker: "The signature of the customer is missing." });
    expect(".o_ltc_flow_blocker").toHaveText("The signature of the customer is missing.");
    expect(".o_ltc_flow_blocker").toHaveAttribute(
        "data-tooltip",
        "The signature of the customer is missing."
    );
});

test("opens the document of a step that was reached", async () => {
    mockService("action", {
        doAction(action) {
            expect.step(action.res_model);
        },
    });
    onRpc("ltc.flow", "action_open_stage", ({ args, route }) => {
        expect.step(args);
        expect(route).toBe("/web/dataset/call_button/ltc.flow/action_open_stage");
        return { type: "ir.actions.act_window", res_model: "sale.order" };
    });
    await mountFlow();
    await contains("[data-stage=quote] button").click();
    await contains("[data-stage=contract] button").click();
    expect.verifySteps([[[42], "quote"], "sale.order", [[42], "contract"], "sale.order"]);
    expect(".o_ltc_flow_step_todo button:disabled").toHaveCount(5);
    expect(".o_ltc_flow_step button:enabled").toHaveCount(4);
});

test("says that a step has no document", async () => {
    onRpc("ltc.flow", "action_open_stage", () => false);
    await mountFlow();
    await contains("[data-stage=lead] button").click();
    expect(".o_notification").toHaveText("This case has no document in the step Lead.");
    expect("[data-stage=lead] button").toBeEnabled();
});

test("opens the case", async () => {
    mockService("action", {
        doAction(action) {
            expect.step([action.res_model, action.res_id]);
        },
    });
    await mountFlow();
    await contains(".o_ltc_flow_case a").click();
    expect.verifySteps([["ltc.flow", 42]]);
});

test("does not link the case to itself", async () => {
    await mountBar("ltc.flow", 42);
    expect(".o_ltc_flow_case a").toHaveCount(0);
    expect(".o_ltc_flow_case").toHaveText("LTC/2026/00042");
});

test("shows a closed case as complete", async () => {
    await mountFlow("closed", { state: "closed" });
    expect(".o_ltc_flow_step .fa-check").toHaveCount(9);
    expect(".o_ltc_flow_status").toHaveText("Closed");
    expect(".o_ltc_flow_next").toHaveCount(0);
});

test("shows where a lost case ended", async () => {
    await mountFlow("quote", { state: "lost" });
    expect("[data-stage=quote] .fa-times").toHaveCount(1);
    expect(".o_ltc_flow_status").toHaveText("Lost");
});

test("keeps to the current step on a narrow screen", async () => {
    await resize({ width: 420 });
    await mountFlow();
    expect(".o_ltc_flow_step:visible").toHaveCount(1);
    expect(".o_ltc_flow_step:visible").toHaveText("Contract\n4/9");
});

test("shows nothing outside a case", async () => {
    Document._records[0].flow_bar = false;
    await mountBar();
    expect(".o_ltc_flow_bar").toHaveCount(0);
});

test("marks a case that is over the time limit of its step", async () => {
    await mountFlow("contract", { is_late: true, deadline: "2026-03-05 08:00:00" });
    expect(".o_ltc_flow_age").toHaveClass("o_ltc_flow_late");
    expect(".o_ltc_flow_age").toHaveAttribute("data-tooltip", /^Over the time limit since/);
});

test("offers the guidance of the current step", async () => {
    await mountFlow("contract", { guidance: { description: "Sign it", input: "", output: "" } });
    expect(".o_ltc_flow_guidance").toHaveAttribute("data-tooltip-info", /Sign it/);
});

test("offers no guidance where there is none", async () => {
    await mountFlow("contract", { guidance: { description: "", input: "", output: "" } });
    expect(".o_ltc_flow_guidance").toHaveCount(0);
});
