import { Component } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { describeDeadline } from "./deadline";

/** A moment by which something is awaited: how much time is left, or how late it is. */
export class DeadlineField extends Component {
    static template = "ltc_base.DeadlineField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get deadline() {
        return describeDeadline(this.value);
    }

    get moment() {
        return formatDateTime(this.value, { showSeconds: false });
    }
}

export const deadlineField = {
    component: DeadlineField,
    displayName: _t("Time Left"),
    supportedTypes: ["datetime"],
};

registry.category("fields").add("ltc_deadline", deadlineField);
