import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** What the customer has not paid in time, and what goes beyond the limit; asked once the form is shown. */
export class CreditNotice extends Component {
    static template = "ltc_quote.CreditNotice";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ sentences: [] });
        useRecordObserver((record) => {
            const { resId, dirty } = record;
            if (!dirty) {
                this.load(resId); // nobody waits for it
            }
        });
    }

    /** @param {number|false} resId */
    async load(resId) {
        const { resModel } = this.props.record;
        const sentences = resId ? await this.orm.silent.call(resModel, "ltc_get_credit_notice", [[resId]]) : [];
        if (resId === this.props.record.resId) {
            this.state.sentences = sentences;
        }
    }
}

export const creditNotice = { component: CreditNotice };

registry.category("view_widgets").add("ltc_credit_notice", creditNotice);
