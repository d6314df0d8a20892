import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * @typedef {Object} Reasons
 * @property {string} level who decides
 * @property {string[]} reasons the limits that were crossed
 * @property {string[]} notes what else those who judge should know
 */

/** Why a round came to those who judge it, as the server said it at the submission. */
export class ReasonsField extends Component {
    static template = "ltc_base.ReasonsField";
    static props = { ...standardFieldProps };

    /** @returns {Reasons|false} false for a round of before reasons were kept */
    get reasons() {
        return this.props.record.data[this.props.name] || false;
    }

    get why() {
        return this.reasons.reasons.join(" · ") || _t("no limit is crossed");
    }
}

export const reasonsField = {
    component: ReasonsField,
    displayName: _t("Reasons of a Review"),
    supportedTypes: ["json"],
};

registry.category("fields").add("ltc_reasons", reasonsField);
