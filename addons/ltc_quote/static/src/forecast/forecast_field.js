import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const SHOWN_NOTES = 3; // more of them would push the lines off the screen

/**
 * @typedef {Object} Forecast
 * @property {string|false} level who will have to decide; false where no gate is in force
 * @property {string} deciders
 * @property {"success"|"warning"} tone
 * @property {string[]} reasons the limits that are crossed
 * @property {string[]} notes the lines beyond the price rules
 * @property {string} hint
 */

/** Which approval the prices on the screen will need, and why; computed anew by the server with every change. */
export class ForecastField extends Component {
    static template = "ltc_quote.ForecastField";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ isOpen: false });
    }

    /** @returns {Forecast|false} */
    get forecast() {
        return this.props.record.data[this.props.name] || false;
    }

    get notes() {
        const { notes } = this.forecast;
        // a single one more takes no more room than the link to it
        return this.state.isOpen || notes.length <= SHOWN_NOTES + 1 ? notes : notes.slice(0, SHOWN_NOTES);
    }

    get more() {
        const count = this.forecast.notes.length - this.notes.length;
        return count ? _t("%s more", count) : "";
    }

    get who() {
        const { level, deciders } = this.forecast;
        return deciders && !deciders.startsWith(level) ? _t("%(level)s (%(deciders)s)", { level, deciders }) : level;
    }

    get why() {
        const { level, reasons } = this.forecast;
        return level && !reasons.length ? _t("no limit is crossed") : reasons.join(" · ");
    }
}

export const forecastField = {
    component: ForecastField,
    displayName: _t("Approval Needed"),
    supportedTypes: ["json"],
};

registry.category("fields").add("ltc_approval_forecast", forecastField);
