import { addTour } from "@ltc_base/../tests/tours/add_tour";

/** A quotation from its solution to its second version, as its salesperson clicks it. */

const button = (name) => `.o_form_view button[name='${name}']:enabled`;
const dialogButton = (name) => `.modal button[name='${name}']:enabled`;
const saved = { content: "It is saved", trigger: ".o_form_view .o_form_saved" };
const save = [
    { content: "Save", trigger: ".o_form_button_save:enabled", run: "click" },
    saved,
];
const typePrice = (price, level) => [
    {
        content: "Open the line",
        trigger: ".o_field_widget[name='order_line'] .o_data_row:first td[name='price_unit']",
        run: "click",
    },
    {
        content: `Ask for ${price}`,
        trigger: ".o_field_widget[name='order_line'] .o_selected_row [name='price_unit'] input",
        run: `edit ${price}`,
    },
    { content: "Leave the line", trigger: ".o_form_view h1", run: "click" },
    { content: "The forecast follows", trigger: `.o_ltc_forecast_who:contains('${level}')` },
];

addTour("ltc_quote_submit", {
    steps: () => [
        {
            content: "Choose the solution",
            trigger: ".o_field_widget[name='ltc_solution_id'] input",
            run: "click",
        },
        { trigger: ".o-autocomplete--dropdown-item:contains('V1')", run: "click" },
        { content: "What is required is named", trigger: ".o_ltc_option[data-kind='requires']" },
        { content: "One click adds it", trigger: ".o_ltc_option button[name='add_option']:enabled", run: "click" },
        { trigger: ".o_field_widget[name='order_line'] .o_data_row:contains('Safety Switch')" },
        { content: "No more is required", trigger: ".o_form_view:not(:has(.o_ltc_option))" },
        ...typePrice("73000", "Decision Team"),
        ...typePrice("98000", "Sales Manager"),
        ...save,
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
        { trigger: dialogButton("action_submit"), run: "click" },
        { content: "The banner shows the review", trigger: ".o_ltc_gate[data-state='review']" },
    ],
});

addTour("ltc_quote_revise", {
    steps: () => [
        { content: "It was decided Go", trigger: ".o_ltc_gate[data-state='go']" },
        { trigger: button("action_ltc_revise"), run: "click" },
        { trigger: ".modal .o_field_widget[name='reason'] textarea", run: "edit The customer asks for less." },
        { trigger: dialogButton("action_revise"), run: "click" },
        { content: "It says why", trigger: ".alert:contains('The customer asks for less.')" },
        ...typePrice("74000", "Decision Team"),
        ...save,
        { content: "The Go is void", trigger: ".o_ltc_gate[data-state='stale']" },
        { trigger: button("action_compare_ltc_versions"), run: "click" },
        { content: "Side by side", trigger: ".modal .o_ltc_versions th:contains('V1')" },
        {
            content: "What differs is marked",
            trigger: ".modal .o_ltc_versions_part_changed:contains('74,000')",
        },
        { trigger: ".modal footer button:contains('Close')", run: "click" },
        { content: "The dialog is closed", trigger: "body:not(:has(.modal))" },
    ],
});

const asks = (question) => ({ content: question, trigger: `.modal h3:contains('${question}')` });
const next = { content: "Go on", trigger: dialogButton("action_next"), run: "click" };
const choose = (answer) => ({
    content: `Answer ${answer}`,
    trigger: `.modal .o_field_widget label:contains('${answer}')`,
    run: "click",
});

addTour("ltc_quote_guide", {
    steps: () => [
        { trigger: button("action_ltc_open_guide"), run: "click" },
        asks("How many lines?"),
        { content: "Two lines", trigger: ".modal .o_field_widget[name='number'] input", run: "edit 2" },
        next,
        asks("Must it be sterile?"),
        choose("No"),
        next,
        asks("What else?"),
        { content: "Not sterile after all?", trigger: dialogButton("action_back"), run: "click" },
        asks("Must it be sterile?"),
        choose("Yes"),
        next,
        asks("Which grade?"),
        choose("Pharma"),
        next,
        asks("What else?"),
        choose("Training"),
        next,
        { content: "The products in their numbers", trigger: ".modal .o_data_row:contains('Sterile Filter'):contains('4.00')" },
        { content: "And what they cost", trigger: ".modal .o_list_footer:contains('207,800')" },
        { trigger: dialogButton("action_apply"), run: "click" },
        { content: "The dialog is closed", trigger: "body:not(:has(.modal))" },
        { content: "The quotation has them", trigger: ".o_field_widget[name='order_line'] .o_data_row:contains('Sterile Filter')" },
    ],
});
