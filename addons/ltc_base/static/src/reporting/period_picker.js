import { Component } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

/**
 * @typedef {Object} Period
 * @property {string} name `month`, `last_month`, `quarter`, `year` or `custom`
 * @property {string} [from] first day, `YYYY-MM-DD`
 * @property {string} [to] last day
 */

/** The period that a report is about: a named one, or two days. */
export class PeriodPicker extends Component {
    static template = "ltc_base.PeriodPicker";
    static components = { DateTimeInput };
    static props = { period: Object, onChange: Function };

    get periods() {
        return [
            { name: "month", label: _t("This Month") },
            { name: "last_month", label: _t("Last Month") },
            { name: "quarter", label: _t("This Quarter") },
            { name: "year", label: _t("This Year") },
            { name: "custom", label: _t("Custom") },
        ];
    }

    get isCustom() {
        return this.props.period.name === "custom";
    }

    get from() {
        return this.props.period.from ? deserializeDate(this.props.period.from) : false;
    }

    get to() {
        return this.props.period.to ? deserializeDate(this.props.period.to) : false;
    }

    /** @param {string} name */
    onPick(name) {
        this.props.onChange({ ...this.props.period, name });
    }

    /**
     * @param {"from"|"to"} side
     * @param {import("luxon").DateTime|false} day
     */
    onDay(side, day) {
        if (day) {
            this.props.onChange({ ...this.props.period, [side]: serializeDate(day) });
        }
    }
}
