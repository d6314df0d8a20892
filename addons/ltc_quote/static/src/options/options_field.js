import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useServerAction } from "@ltc_base/fields/server_action_hook";

/**
 * @typedef {Object} Finding
 * @property {"requires"|"excludes"|"recommends"} kind
 * @property {boolean} binding whether the quotation goes nowhere before it is mended
 * @property {string} text
 * @property {number|false} product_id what one click adds
 * @property {number} missing how much of it, in its own unit
 */

const ICONS = { requires: "fa-puzzle-piece", excludes: "fa-ban", recommends: "fa-lightbulb-o" };

/** What the option rules say of the quotation on the screen, each with a button that adds what is missing. */
export class OptionsField extends Component {
    static template = "ltc_quote.OptionsField";
    static props = { ...standardFieldProps };

    setup() {
        this.server = useServerAction();
    }

    /** @returns {Finding[]} */
    get findings() {
        return this.props.record.data[this.props.name] || [];
    }

    /** @param {Finding} finding */
    getIcon(finding) {
        return ICONS[finding.kind];
    }

    /** @param {Finding} finding */
    getTone(finding) {
        if (finding.kind === "recommends") {
            return "recommended";
        }
        return finding.binding ? "binding" : "open";
    }

    /** @param {Finding} finding */
    canAdd(finding) {
        return finding.product_id && this.props.record.isInEdition;
    }

    /** @param {Finding} finding */
    onAddClick(finding) {
        return this.server.exclusively(async () => {
            const { record } = this.props;
            if (await record.save()) {
                const args = [[record.resId], finding.product_id];
                await this.server.open(record.resModel, "action_ltc_add_options", args);
                await record.load();
            }
        });
    }
}

export const optionsField = {
    component: OptionsField,
    displayName: _t("Options"),
    supportedTypes: ["json"],
};

registry.category("fields").add("ltc_options", optionsField);
