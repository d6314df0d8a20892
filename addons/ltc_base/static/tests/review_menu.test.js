import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import {
    getService,
    mockService,
    models,
    mountWithCleanup,
    onRpc,
    defineModels,
    makeMockEnv,
} from "@web/../tests/web_test_helpers";
import { ReviewMenu } from "@ltc_base/review/review_menu";

class Review extends models.Model {
    _name = "ltc.gate.review";
}

defineMailModels();
defineModels([Review]);

const prepareReview = (values) => ({
    id: 7,
    document: "S00042",
    partner: "Taihu Paper",
    gate: "ATB",
    round: 1,
    task: "Decide as Sales Manager",
    stands_in_for: "",
    amount: "¥ 844,284.00",
    deadline: "2026-03-10 09:00:00",
    is_urgent: false,
    is_late: false,
    ...values,
});

/** Mount the menu and let it ask; ``desk`` answers anew at each question. */
async function mountMenu(desk) {
    mockDate("2026-03-10 10:00:00", 0);
    onRpc("ltc.gate.review", "get_my_desk", () => {
        expect.step("ask");
        return desk();
    });
    await makeMockEnv();
    await mountWithCleanup(ReviewMenu);
    await advanceTime(500);
    await animationFrame();
}

test("hides from users who take no part in reviews", async () => {
    await mountMenu(() => false);
    expect.verifySteps(["ask"]);
    expect(".o_ltc_review_menu_button").toHaveCount(0);
    expect(getService("ltc_review_desk").isMember).toBe(false);
});

test("counts what waits, in red when something is late", async () => {
    await mountMenu(() => ({ waiting: 2, late: 1, reviews: [] }));
    expect(".o_ltc_review_count").toHaveText("2");
    expect(".o_ltc_review_count").toHaveClass("text-bg-danger");
    expect.verifySteps(["ask"]);
});

test("shows no number when nothing waits", async () => {
    await mountMenu(() => ({ waiting: 0, late: 0, reviews: [] }));
    expect(".o_ltc_review_menu_button").toHaveCount(1);
    expect(".o_ltc_review_count").toHaveCount(0);
    await click(".o_ltc_review_menu_button");
    await animationFrame();
    expect(".o_ltc_review_menu_empty").toHaveText("Nothing waits for you.");
    expect.verifySteps(["ask", "ask"]);
});

test("lists the next reviews and opens one", async () => {
    mockService("action", {
        doActionButton: ({ name, resModel, resId }) => expect.step(`${resModel} ${resId} ${name}`),
        doAction: (action) => expect.step(action),
    });
    const reviews = [
        prepareReview({ is_late: true, is_urgent: true }),
        prepareReview({ id: 8, document: "S00043", deadline: "2026-03-10 13:00:00", stands_in_for: "Zhang Wei" }),
    ];
    await mountMenu(() => ({ waiting: 3, late: 1, reviews }));
    await click(".o_ltc_review_menu_button");
    await animationFrame();
    expect(queryAllTexts(".o_ltc_desk_document")).toEqual(["S00042", "S00043"]);
    expect(queryAllTexts(".o_ltc_desk_review .o_ltc_deadline")).toEqual(["1 h late", "3 h left"]);
    expect(".o_ltc_desk_review [aria-label=Urgent]").toHaveCount(1);
    expect(".o_ltc_desk_task:last").toHaveText("ATB · Decide as Sales Manager (for Zhang Wei)");
    expect(".o_ltc_desk_all").toHaveText("All my reviews (3)");
    await click(".o_ltc_desk_review:first");
    expect.verifySteps(["ask", "ask", "ltc.gate.review 7 action_open"]);
});

test("asks again when a desk changed", async () => {
    let waiting = 1;
    await mountMenu(() => ({ waiting: waiting++, late: 0, reviews: [] }));
    expect(".o_ltc_review_count").toHaveText("1");
    getService("ltc_review_desk").loadSoon();
    getService("ltc_review_desk").loadSoon();
    await advanceTime(500);
    await animationFrame();
    expect(".o_ltc_review_count").toHaveText("2");
    expect.verifySteps(["ask", "ask"]);
});
