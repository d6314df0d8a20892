import { addTour } from "@ltc_base/../tests/tours/add_tour";

/** A lead on its way from the pool to an opportunity, and the forecast that it ends in. */

const button = (name) => `.o_form_view button[name='${name}']:enabled`;

addTour("ltc_lead_claim", {
    steps: () => [
        { content: "Open what waits in the pool", trigger: ".o_data_row .o_data_cell:contains('Ruian Valves')", run: "click" },
        { content: "The phone is masked", trigger: ".modal .o_field_widget[name='phone']:contains('138****1234')" },
        { trigger: ".modal button[name='action_claim']:enabled", run: "click" },
        { content: "The lead is shown in full", trigger: ".o_form_view .o_field_widget[name='phone'] input:value('5550 1234')" },
        { content: "Why does it have this score?", trigger: button("action_ltc_explain_score"), run: "click" },
        { content: "Line by line", trigger: ".modal .o_field_widget[name='content']:contains('A company is named')" },
        { trigger: ".modal .btn-close", run: "click" },
        { content: "The dialog is closed", trigger: "body:not(:has(.modal))" },
    ],
});

addTour("ltc_lead_convert", {
    steps: () => [
        { content: "Take over what marketing handed over", trigger: button("action_ltc_accept"), run: "click" },
        { content: "It waits no more", trigger: ".o_form_view:not(:has(button[name='action_ltc_accept']))" },
        { trigger: ".o_statusbar_buttons button:contains('Convert to Opportunity')", run: "click" },
        { trigger: ".modal button[name='action_apply']:enabled", run: "click" },
        { content: "What is missing is said", trigger: ".o_error_dialog:contains('describe the need')" },
        { trigger: ".o_error_dialog .btn-primary", run: "click" },
        { trigger: ".modal:not(.o_error_dialog) .btn-close, body:not(:has(.modal))", run: "press Escape" },
        { content: "No dialog is open", trigger: "body:not(:has(.modal))" },
        { trigger: ".o_field_widget[name='ltc_need'] textarea", run: "edit Two lines by spring." },
        { trigger: ".o_form_button_save:enabled", run: "click" },
        { content: "It is saved", trigger: ".o_form_saved, .o_form_status_indicator_buttons.invisible" },
        { trigger: ".o_statusbar_buttons button:contains('Convert to Opportunity')", run: "click" },
        { trigger: ".modal button[name='action_apply']:enabled", run: "click" },
        { content: "An opportunity with its flow bar", trigger: ".o_form_view .o_statusbar_status button[data-value]" },
    ],
});

addTour("ltc_forecast_adjust", {
    steps: () => [
        { content: "The salesperson is on the board", trigger: ".o_ltc_forecast_table tr:contains('LTC Sales')" },
        {
            content: "Say what is expected",
            trigger: ".o_ltc_forecast_table tr:contains('LTC Sales') [data-level='manager'] button",
            run: "click",
        },
        { trigger: ".o_ltc_forecast_input", run: "edit 350" },
        { trigger: ".o_ltc_forecast_note", run: "edit One of them slips." },
        { trigger: ".o_ltc_forecast_edit .btn-primary:enabled", run: "click" },
        {
            content: "It counts",
            trigger: ".o_ltc_forecast_table tr:contains('LTC Sales') [data-figure='forecast']:contains('350')",
        },
    ],
});
