import { addTour } from "@ltc_base/../tests/tours/add_tour";

/**
 * The steps of one case from lead to cash, one short tour each: what one person clicks at one sitting. The test behind
 * them hands the case from person to person.
 */

const button = (name) => `.o_form_view button[name='${name}']:enabled`;
const dialogButton = (name) => `.modal button[name='${name}']:enabled`;
const gate = (state) => `.o_ltc_gate[data-state='${state}']`;
const save = [
    { content: "Save", trigger: ".o_form_button_save", run: "click" },
    { content: "Saved", trigger: ".o_form_saved" },
];

/** Tick every toggle of a list that is off, one after the other as a person does. */
function tickAll(scope, next) {
    return {
        content: "Tick every point",
        trigger: `${scope} .o_boolean_toggle input`,
        async run() {
            const off = () => document.querySelector(`${scope} .o_boolean_toggle input:not(:checked)`);
            for (let tries = 0; off() && tries < 50; tries++) {
                off().click();
                await new Promise((resolve) => setTimeout(resolve, 250));
            }
        },
        ...next,
    };
}

addTour("ltc_convert_lead", {
    steps: () => [
        { trigger: ".o_form_view button:contains('Convert to Opportunity')", run: "click" },
        { trigger: dialogButton("action_apply"), run: "click" },
        { content: "The case is born", trigger: ".o_ltc_flow_bar [data-stage='opportunity'], .o_ltc_flow_bar" },
        { content: "It waits for ATI", trigger: gate("todo") },
    ],
});

addTour("ltc_submit_to_gate", {
    steps: () => [
        { trigger: `${gate("todo")} button[name='submit_review']:enabled`, run: "click" },
        tickAll(".modal .o_field_x2many"),
        { trigger: dialogButton("action_submit"), run: "click" },
        { content: "The banner shows the review", trigger: gate("review") },
    ],
});

addTour("ltc_give_opinion", {
    steps: () => [
        { trigger: button("action_open_opinion"), run: "click" },
        { trigger: ".modal .o_field_radio input[data-value='agree']", run: "click" },
        { trigger: dialogButton("action_give"), run: "click" },
        { content: "The dialog is closed", trigger: "body:not(:has(.modal))" },
    ],
});

addTour("ltc_decide_go", {
    steps: () => [
        { trigger: button("action_open_decide"), run: "click" },
        { trigger: ".modal .o_field_radio input[data-value='go']", run: "click" },
        { trigger: dialogButton("action_decide"), run: "click" },
        { content: "The ribbon says Go", trigger: ".ribbon:contains('Go')" },
    ],
});

addTour("ltc_make_quotation", {
    steps: () => [
        { trigger: button("action_sale_quotations_new"), run: "click" },
        { trigger: ".o_field_sale_order_line_one2many, .o_field_widget[name='order_line']" },
        { trigger: "button:contains('Add a product'), a:contains('Add a product')", run: "click" },
        {
            trigger: ".o_selected_row .o_field_widget[name='product_id'] input, .o_selected_row .o_field_widget[name='product_template_id'] input",
            run: "edit Filling Line",
        },
        { trigger: ".ui-menu-item a:contains('Filling Line'), .o-autocomplete--dropdown-item:contains('Filling Line')", run: "click" },
        { content: "The price is there", trigger: ".o_field_widget[name='tax_totals']:contains('100,000')" },
        ...save,
        { content: "The quotation waits for ATB", trigger: gate("todo") },
    ],
});

addTour("ltc_draw_up_contract", {
    steps: () => [
        { trigger: button("action_ltc_create_contract"), run: "click" },
        { trigger: ".o_form_view .o_field_widget[name='title'] input", run: "edit Filling line for Yangtze Foods" },
        ...save,
        { content: "The contract waits for ATC", trigger: gate("todo") },
    ],
});

addTour("ltc_send_to_signature", {
    steps: () => [
        { trigger: button("action_send_to_sign"), run: "click" },
        { trigger: ".o_statusbar_status button[data-value='signing'].o_arrow_button_current" },
    ],
});

addTour("ltc_sign_in_portal", {
    steps: () => [
        { trigger: "a[data-bs-target='#modalaccept']", run: "click" },
        { trigger: ".modal.show .o_web_sign_name_and_signature input[name='signer'], .modal.show .o_web_sign_name_input", run: "edit Ms Wu" },
        { trigger: ".modal.show .o_portal_sign_submit:enabled", run: "click", expectUnloadPage: true },
        { content: "Thank you", trigger: ".alert-success:contains('Thank you')" },
    ],
});

addTour("ltc_invoice_and_pay", {
    steps: () => [
        { trigger: ".o_field_widget[name='plan_line_ids'] button[name='action_create_invoice']", run: "click" },
        { trigger: button("action_post"), run: "click" },
        { trigger: button("action_register_payment"), run: "click" },
        { trigger: dialogButton("action_create_payments"), run: "click" },
        { content: "Paid", trigger: ".ribbon:contains('Paid'), .ribbon:contains('In Payment')" },
    ],
});

addTour("ltc_confirm_handover", {
    steps: () => [
        tickAll(".o_form_view"),
        { trigger: button("action_confirm_delivery"), run: "click" },
        { content: "Delivery has confirmed", trigger: ".o_form_view:not(:has(button[name='action_confirm_delivery']))" },
    ],
});

addTour("ltc_confirm_handover_finance", {
    steps: () => [
        { trigger: button("action_confirm_finance"), run: "click" },
        { trigger: ".o_statusbar_status button[data-value='confirmed'].o_arrow_button_current" },
    ],
});

addTour("ltc_validate_transfer", {
    steps: () => [
        { trigger: button("button_validate"), run: "click" },
        { trigger: ".o_statusbar_status button[data-value='done'].o_arrow_button_current" },
    ],
});

addTour("ltc_accept_certificate", {
    steps: () => [
        { trigger: button("action_accept"), run: "click" },
        { trigger: ".o_statusbar_status button[data-value='accepted'].o_arrow_button_current" },
    ],
});

addTour("ltc_close_contract", {
    steps: () => [
        { trigger: button("action_close"), run: "click" },
        { trigger: ".o_statusbar_status button[data-value='closed'].o_arrow_button_current" },
        { content: "Nine steps done", trigger: ".o_ltc_flow_bar" },
    ],
});
