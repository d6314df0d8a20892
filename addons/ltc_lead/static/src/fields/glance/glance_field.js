import { useServerAction } from "@ltc_base/fields/server_action_hook";
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * @typedef {Object} Chip
 * @property {string} key technical name
 * @property {string} label a word or two
 * @property {string} [title] the whole sentence
 * @property {"muted"|"info"|"success"|"warning"|"danger"} [tone]
 * @property {string} [icon] class of Font Awesome
 * @property {string} [action] method of the record that explains the chip
 */

/** What there is to know of a record in one line of chips; a chip with an action explains itself on click. */
export class GlanceField extends Component {
    static template = "ltc_lead.GlanceField";
    static props = { ...standardFieldProps, only: { type: Array, optional: true } };

    setup() {
        this.server = useServerAction();
    }

    /** @returns {Chip[]} */
    get chips() {
        const { name, only, record } = this.props;
        const chips = (!record.isNew && record.data[name]) || [];
        return only ? chips.filter((chip) => only.includes(chip.key)) : chips;
    }

    /** @param {Chip} chip */
    canExplain(chip) {
        return Boolean(chip.action && this.props.record.resId);
    }

    /**
     * @param {Chip} chip
     * @param {MouseEvent} event
     */
    onChipClick(chip, event) {
        event.stopPropagation(); // the card or row below would open the record
        event.preventDefault();
        const { record } = this.props;
        return this.server.exclusively(() =>
            this.server.open(record.resModel, chip.action, [[record.resId]])
        );
    }
}

export const glanceField = {
    component: GlanceField,
    displayName: _t("At a Glance"),
    supportedTypes: ["json"],
    supportedOptions: [
        { label: _t("Only these chips"), name: "only", type: "string", help: _t("Keys, as a list.") },
    ],
    extractProps: ({ options }) => ({ only: options.only }),
};

registry.category("fields").add("ltc_glance", glanceField);
