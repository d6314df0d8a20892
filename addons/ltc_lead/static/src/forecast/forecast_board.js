import { formatFigure } from "@ltc_base/reporting/formats";
import { useServerAction } from "@ltc_base/fields/server_action_hook";
import { Component, onWillStart, useState } from "@odoo/owl";
import { parseFloat as parseLocalFloat } from "@web/views/fields/parsers";
import { deserializeDate, toLocaleDateString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/**
 * @typedef {Object} ForecastRow
 * @property {number} user_id 0: nobody
 * @property {string} name
 * @property {string|false} team
 * @property {number} target
 * @property {number} computed what the opportunities add up to
 * @property {number|null} owner what the person says instead
 * @property {number|null} manager what the manager says instead
 * @property {number} forecast
 * @property {number} gap what is missing to the target
 * @property {number} change of `computed` since the last snapshot
 * @property {"owner"|"manager"|false} level as what the user may speak
 */

/**
 * What each category holds: by itself, or with all the surer ones.
 *
 * @param {Object} row
 * @param {{key: string}[]} categories surest first
 * @param {boolean} isCumulative
 * @returns {Object<string, number>}
 */
export function getCategoryFigures(row, categories, isCumulative) {
    const figures = {};
    let sum = 0;
    for (const { key } of categories) {
        sum += row[key];
        figures[key] = isCumulative ? sum : row[key];
    }
    return figures;
}

/** People by period: what they are to reach, what is sure, and what they and their managers expect. */
export class ForecastBoard extends Component {
    static template = "ltc_lead.ForecastBoard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.server = useServerAction();
        this.state = useState({ board: null, rollup: null, edited: null });
        onWillStart(() => this.load("month"));
    }

    /**
     * @param {"month"|"quarter"} span
     * @param {string|false} [selected]
     * @param {number} [offset]
     */
    async load(span, selected = false, offset = 0) {
        const board = await this.orm.call("ltc.forecast", "get_board", [span, selected, offset]);
        Object.assign(this.state, { board, edited: null, rollup: this.state.rollup || board.rollup });
    }

    reload() {
        const { span, selected, offset } = this.state.board;
        return this.load(span, selected, offset);
    }

    get subtitle() {
        const { company, basis } = this.state.board;
        return _t("%(company)s. The forecast is what the manager says, else what the owner says, else: %(basis)s.", {
            company,
            basis,
        });
    }

    get isCumulative() {
        return this.state.rollup === "cumulative";
    }

    get chosen() {
        const { periods, selected } = this.state.board;
        return periods.find((period) => period.start === selected);
    }

    get total() {
        const { rows, categories } = this.state.board;
        const names = ["target", "computed", "forecast", "change", "count", ...categories.map(({ key }) => key)];
        const total = Object.fromEntries(
            names.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)])
        );
        for (const level of ["owner", "manager"]) {
            const said = rows.map((row) => row[level]).filter((amount) => amount !== null);
            total[level] = said.length ? said.reduce((sum, amount) => sum + amount, 0) : null;
        }
        return { ...total, gap: total.target - total.forecast };
    }

    get snapshotLabel() {
        const { snapshot_date } = this.state.board;
        return snapshot_date
            ? _t("Since %s", toLocaleDateString(deserializeDate(snapshot_date)))
            : _t("Change");
    }

    get undatedSentence() {
        const { count, amount } = this.state.board.undated;
        return _t("%(count)s open opportunities (%(amount)s) have no closing date, or one that has passed: no period counts them.", {
            count,
            amount: this.formatAmount(amount),
        });
    }

    /** @param {ForecastRow} row */
    getFigures(row) {
        return getCategoryFigures(row, this.state.board.categories, this.isCumulative);
    }

    /** @param {number} value */
    formatAmount(value) {
        return formatFigure(value, "amount", this.state.board.currency_id);
    }

    /** @param {number|null} value */
    format(value) {
        return formatFigure(value, "count");
    }

    /**
     * What is missing to the target, or by how much it is passed.
     *
     * @param {{target: number, gap: number}} row
     */
    formatGap({ target, gap }) {
        return target ? (gap < 0 ? "+" : "") + this.format(Math.abs(gap)) : this.format(null);
    }

    /** @param {number} value */
    formatChange(value) {
        return (value > 0 ? "+" : "") + this.format(value);
    }

    /**
     * Widths of the bar of a period: closed, and what else is forecast, of the target or of the forecast.
     *
     * @param {Object} period
     */
    getBar(period) {
        const whole = Math.max(period.target, period.forecast, period.closed, 1);
        const closed = (period.closed / whole) * 100;
        return {
            closed,
            open: Math.max((period.forecast / whole) * 100 - closed, 0),
            target: period.target ? (period.target / whole) * 100 : 0,
        };
    }

    /** @param {Object} period */
    getStanding(period) {
        if (!period.target) {
            return _t("no target");
        }
        return period.gap > 0
            ? _t("%s to go", this.formatAmount(period.gap))
            : _t("%s above target", this.formatAmount(-period.gap));
    }

    /** @param {"month"|"quarter"} span */
    onSpan(span) {
        return this.server.exclusively(() => this.load(span));
    }

    /** @param {"single"|"cumulative"} rollup */
    onRollup(rollup) {
        this.state.rollup = rollup;
    }

    /** @param {string} start */
    onPeriod(start) {
        const { span, offset } = this.state.board;
        return this.server.exclusively(() => this.load(span, start, offset));
    }

    /** @param {number} step */
    onMove(step) {
        const { span, selected, offset } = this.state.board;
        return this.server.exclusively(() => this.load(span, selected, offset + step));
    }

    /**
     * @param {ForecastRow|null} row `null`: everybody
     * @param {string|false} [category]
     */
    onOpen(row, category = false) {
        const { span, selected } = this.state.board;
        const args = [span, selected, row ? row.user_id : false, category];
        return this.server.exclusively(() => this.server.open("ltc.forecast", "action_open_cell", args));
    }

    /** @param {ForecastRow|null} row */
    onChanges(row) {
        const { span, selected } = this.state.board;
        const args = [span, selected, row ? row.user_id : false];
        return this.server.exclusively(() => this.server.open("ltc.forecast", "action_open_changes", args));
    }

    onUndated() {
        const args = [this.state.board.span];
        return this.server.exclusively(() => this.server.open("ltc.forecast", "action_open_undated", args));
    }

    /** @param {ForecastRow} row */
    onEdit(row) {
        const said = row[row.level];
        this.state.edited = {
            user_id: row.user_id,
            amount: this.format(said === null ? row.computed : said),
            note: "",
            isSaid: said !== null,
        };
    }

    /** @param {ForecastRow} row */
    getSpeaker(row) {
        return row.level === "owner" ? _t("I expect") : _t("As manager I expect of %s", row.name);
    }

    /** @param {ForecastRow} row */
    getInstead(row) {
        return _t("instead of %s, because", this.format(row.computed));
    }

    onCancel() {
        this.state.edited = null;
    }

    /** @param {ForecastRow} row */
    onSave(row) {
        let amount;
        try {
            amount = parseLocalFloat(this.state.edited.amount);
        } catch {
            this.notification.add(_t("Enter the amount as a number."), { type: "danger" });
            return;
        }
        return this.say(row, amount);
    }

    /** @param {ForecastRow} row */
    onTakeBack(row) {
        return this.say(row, false);
    }

    /**
     * @param {ForecastRow} row
     * @param {number|false} amount
     */
    say(row, amount) {
        const { selected } = this.state.board;
        const args = [row.user_id, selected, amount, this.state.edited.note];
        return this.server.exclusively(async () => {
            await this.orm.call("ltc.forecast.adjustment", "say_about_person", args);
            await this.reload();
        });
    }
}

registry.category("actions").add("ltc_lead.forecast", ForecastBoard);
