import { addTour } from "@ltc_base/../tests/tours/add_tour";

/** One round of a gate, a short tour for each person who takes part in it. */

const button = (name) => `.o_form_view button[name='${name}']:enabled`;
const dialogButton = (name) => `.modal button[name='${name}']:enabled`;
const dialogClosed = { content: "The dialog is closed", trigger: "body:not(:has(.modal))" };
const openCard = {
    content: "Open the card",
    trigger: ".o_ltc_review_card:contains('Bottling hall') .o_ltc_review_card_title",
    run: "click",
};
const choose = (value) => ({
    content: `Choose ${value}`,
    trigger: `.modal .o_field_radio input[data-value='${value}']`,
    run: "click",
});
const fill = (name, text) => ({
    content: `Fill in ${name}`,
    trigger: `.modal .o_field_widget[name='${name}'] textarea`,
    run: `edit ${text}`,
});

addTour("ltc_review_submit", {
    steps: () => [
        { trigger: ".o_ltc_gate[data-state='todo'] button[name='submit_review']:enabled", run: "click" },
        {
            content: "Tick every point",
            trigger: ".modal .o_field_x2many .o_boolean_toggle input",
            async run() {
                const off = () =>
                    document.querySelector(".modal .o_field_x2many .o_boolean_toggle input:not(:checked)");
                for (let tries = 0; off() && tries < 50; tries++) {
                    off().click();
                    await new Promise((resolve) => setTimeout(resolve, 250));
                }
            },
        },
        { trigger: ".modal .o_field_widget[name='is_urgent'] input", run: "click" },
        fill("note", "Two sites may follow."),
        { trigger: dialogButton("action_submit"), run: "click" },
        { content: "The banner shows the review", trigger: ".o_ltc_gate[data-state='review']" },
    ],
});

addTour("ltc_review_opinion", {
    steps: () => [
        { content: "It is counted in the bar", trigger: ".o_ltc_review_count" },
        openCard,
        { trigger: button("action_open_opinion"), run: "click" },
        choose("conditional"),
        fill("comment", "Feasible with a longer pit."),
        fill("risk", "The pit is 40 cm too short."),
        { trigger: dialogButton("action_give"), run: "click" },
        dialogClosed,
        { content: "The opinion is on the screen", trigger: ".o_ltc_card_conditional .o_ltc_risk:contains('40 cm')" },
    ],
});

addTour("ltc_review_decide", {
    steps: () => [
        openCard,
        { content: "The screen says what is asked", trigger: ".o_ltc_alert:contains('Decide as')" },
        { trigger: `${button("action_open_decide")}:contains('Conditional Go')`, run: "click" },
        { content: "The decision is chosen", trigger: ".modal .o_field_radio input[data-value='conditional']:checked" },
        { trigger: ".modal .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".modal .o_selected_row [name='name'] input", run: "edit Survey the pit" },
        { trigger: ".modal .o_selected_row [name='user_id'] input", run: "edit LTC Presales" },
        { trigger: ".o-autocomplete--dropdown-item:contains('LTC Presales')", run: "click" },
        {
            content: "A date far enough ahead",
            trigger: ".modal .o_selected_row [name='date_due'] input, .modal .o_selected_row [name='date_due'] button",
            run: "click",
        },
        { trigger: ".modal .o_selected_row [name='date_due'] input", run: "edit 12/31/2099" },
        { content: "Leave the line", trigger: ".modal .modal-title", run: "click" },
        { trigger: dialogButton("action_decide"), run: "click" },
        { content: "The ribbon says so", trigger: ".ribbon:contains('Conditional Go')" },
    ],
});

addTour("ltc_review_fulfil", {
    steps: () => [
        { trigger: ".o_form_view a[name='action_open_fulfil']", run: "click" },
        fill("note", "Measured: long enough."),
        { trigger: dialogButton("action_done"), run: "click" },
        { content: "It is ticked", trigger: ".o_ltc_card .fa-check-square-o" },
    ],
});

addTour("ltc_review_decide_many", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row:contains('Second hall')" },
        { trigger: "thead .o_list_record_selector input", run: "click" },
        { trigger: ".o_control_panel button[name='action_open_decide']", run: "click" },
        { content: "Both are listed", trigger: ".modal .o_data_row:contains('Second hall')" },
        choose("go"),
        { trigger: dialogButton("action_decide"), run: "click" },
        { content: "Nothing waits any more", trigger: ".o_view_nocontent_smiling_face" },
    ],
});
