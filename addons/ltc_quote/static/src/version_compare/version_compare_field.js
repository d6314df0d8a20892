import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * Every text is formatted by the server.
 *
 * @typedef {Object} Part
 * @property {string} key
 * @property {string} label
 * @property {string} text
 * @property {boolean} changed
 *
 * @typedef {Object} Comparison
 * @property {{title: string, subtitle: string, reason: string}[]} columns
 * @property {{label: string, kind: "number"|"text", cells: {text: string, changed: boolean}[]}[]} rows
 * @property {{name: string, kind: string, cells: {state: string, parts: Part[], is_renamed?: boolean}[]}[]} lines
 */

/** Versions of a quotation side by side; each is marked where it differs from the one before. */
export class VersionCompareField extends Component {
    static template = "ltc_quote.VersionCompareField";
    static props = { ...standardFieldProps };

    /** @returns {Comparison} */
    get comparison() {
        return this.props.record.data[this.props.name] || { columns: [], rows: [], lines: [] };
    }

    get hasReasons() {
        return this.comparison.columns.some((column) => column.reason);
    }

    /** @param {string} state */
    getStateLabel(state) {
        return { added: _t("New"), removed: _t("Dropped") }[state] || "";
    }

    /** @param {{kind: string}} line */
    isRemark(line) {
        return line.kind !== "product";
    }
}

export const versionCompareField = {
    component: VersionCompareField,
    displayName: _t("Versions Side by Side"),
    supportedTypes: ["json"],
};

registry.category("fields").add("ltc_version_compare", versionCompareField);
