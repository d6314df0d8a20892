import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * Every value is a string, formatted by the server.
 *
 * @typedef {Object} Figure
 * @property {string} label
 * @property {string} frozen the value at submission
 * @property {string} today
 * @property {boolean} changed
 * @property {"number"|"text"} kind
 * @property {boolean} [folded] whether few readers look for it
 *
 * @typedef {Object} Cell
 * @property {string} frozen the value at submission; what follows its first line is shown smaller
 * @property {string} today
 * @property {boolean} changed
 *
 * @typedef {Object} Line
 * @property {Cell[]} cells
 * @property {"same"|"changed"|"added"|"removed"} state
 *
 * @typedef {Object} Figures
 * @property {Figure[]} rows
 * @property {{columns: (string|{label: string, kind: "number"|"text"})[], rows: Line[]}|false} [lines]
 */

/** A digit and no letter: amounts, quantities and percentages, not "30 Days" or "S00042". */
const R_NUMBER = /^\P{L}*\d\P{L}*$/u;

const LINE_ICONS = {
    changed: "fa-pencil",
    added: "fa-plus",
    removed: "fa-minus",
};

/** What a decision was based on beside what the document says today, differences marked. */
export class FiguresField extends Component {
    static template = "ltc_base.FiguresField";
    static props = { ...standardFieldProps };

    /** @returns {Figures} */
    get figures() {
        return this.props.record.data[this.props.name] || {};
    }

    get rows() {
        return this.figures.rows || [];
    }

    get changedRows() {
        return this.rows.filter((row) => row.changed);
    }

    /** What still stands is shown once; what is empty then and now is not shown. */
    get unchangedRows() {
        return this.rows.filter((row) => !row.changed && row.frozen);
    }

    get sameRows() {
        return this.unchangedRows.filter((row) => !row.folded);
    }

    get foldedRows() {
        return this.unchangedRows.filter((row) => row.folded);
    }

    /** Whether the lines need a column that says what became of them. */
    get hasMarks() {
        return this.lines.some((line) => line.state !== "same");
    }

    get lines() {
        return this.figures.lines?.rows || [];
    }

    /** The headings; a column of numbers is aligned at its end. */
    get columns() {
        const values = this.lines.map((line) => line.cells.map((cell) => cell.today || cell.frozen));
        return (this.figures.lines?.columns || []).map((heading, index) => {
            const column = values.map((cells) => cells[index]).filter(Boolean);
            const { label, kind } = heading.label ? heading : { label: heading };
            return { label, isNumber: kind === "number" || column.every((value) => R_NUMBER.test(value)) };
        });
    }

    get changeCount() {
        return (
            this.changedRows.length +
            this.lines.filter((line) => line.state !== "same").length
        );
    }

    get summary() {
        switch (this.changeCount) {
            case 0:
                return _t("Nothing has changed since the submission.");
            case 1:
                return _t("1 difference since the submission.");
            default:
                return _t("%s differences since the submission.", this.changeCount);
        }
    }

    /** @param {Line} line */
    getLineIcon(line) {
        return LINE_ICONS[line.state] || "";
    }

    /** @param {Line} line */
    getLineLabel(line) {
        const labels = {
            changed: _t("Changed line"),
            added: _t("Added line"),
            removed: _t("Removed line"),
        };
        return labels[line.state] || "";
    }

    /**
     * @param {Line} line
     * @param {Cell} cell
     */
    getCellText(line, cell) {
        const [title, ...rest] = (line.state === "removed" ? cell.frozen : cell.today).split("\n");
        return { title, rest: rest.join("\n") };
    }
}

export const figuresField = {
    component: FiguresField,
    displayName: _t("Figures at Submission and Today"),
    supportedTypes: ["json"],
};

registry.category("fields").add("ltc_figures", figuresField);
