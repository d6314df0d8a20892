import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, toLocaleDateString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useServerAction } from "../fields/server_action_hook";
import { formatFigure, getSparkline } from "./formats";
import { PeriodPicker } from "./period_picker";

/**
 * @typedef {Object} KpiCard
 * @property {number} id
 * @property {string} name
 * @property {number|null} value `null`: nothing to measure
 * @property {number|null} previous
 * @property {number|null} target
 * @property {"success"|"warning"|"danger"|false} colour
 * @property {number[]} trend
 * @property {string} unit
 * @property {"higher"|"lower"|"none"} direction
 * @property {string} formula
 * @property {string} population
 * @property {boolean} can_open
 */

/** Every figure of the company over a period, with how it is counted and a way to the records behind it. */
export class KpiBoard extends Component {
    static template = "ltc_base.KpiBoard";
    static components = { Layout, PeriodPicker };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.server = useServerAction();
        this.state = useState({ period: { name: "month" }, board: null, explained: {} });
        onWillStart(() => this.load());
    }

    async load() {
        const { name, from, to } = this.state.period;
        const board = await this.orm.call("ltc.kpi", "get_board", [name, from || false, to || false]);
        this.state.board = board;
        Object.assign(this.state.period, { from: board.date_from, to: board.date_to });
    }

    get groups() {
        const { categories, cards } = this.state.board;
        return categories
            .map((category) => ({
                ...category,
                cards: cards.filter((card) => card.category === category.key),
            }))
            .filter((category) => category.cards.length);
    }

    get subtitle() {
        const { company, date_from, date_to } = this.state.board;
        return _t("%(company)s, %(from)s to %(to)s", {
            company,
            from: this.formatDay(date_from),
            to: this.formatDay(date_to),
        });
    }

    /** @param {string} day */
    formatDay(day) {
        return toLocaleDateString(deserializeDate(day));
    }

    /**
     * @param {number|null} value
     * @param {KpiCard} card
     */
    format(value, card) {
        return formatFigure(value, card.unit, this.state.board.currency_id);
    }

    /** @param {KpiCard} card */
    getSparkline(card) {
        return getSparkline(card.trend, 96, 26);
    }

    /**
     * How the figure moved against the period before: points for a share, else percent.
     *
     * @param {KpiCard} card
     */
    getDelta(card) {
        const { value, previous, unit, direction } = card;
        if (value === null || previous === null || (unit !== "percent" && !previous)) {
            return false;
        }
        const change = unit === "percent" ? value - previous : ((value - previous) / Math.abs(previous)) * 100;
        const isBetter = direction === "lower" ? change < 0 : change > 0;
        const text = formatFigure(Math.abs(change), unit === "percent" ? "points" : "percent");
        return {
            text,
            icon: change > 0 ? "fa-arrow-up" : change < 0 ? "fa-arrow-down" : "fa-minus",
            colour: direction === "none" || !change ? "muted" : isBetter ? "success" : "danger",
            tooltip: _t("The period before: %s", this.format(previous, card)),
        };
    }

    /** @param {KpiCard} card */
    getPopulation(card) {
        return card.snapshot_date
            ? _t("As kept on %s", this.formatDay(card.snapshot_date))
            : _t("%s records", formatFigure(card.count, "count"));
    }

    /** @param {import("./period_picker").Period} period */
    onPeriod(period) {
        Object.assign(this.state.period, period);
        return this.server.exclusively(() => this.load());
    }

    /** @param {KpiCard} card */
    onExplain(card) {
        this.state.explained[card.id] = !this.state.explained[card.id];
    }

    /** @param {KpiCard} card */
    onOpen(card) {
        const { date_from, date_to } = this.state.board;
        return this.server.exclusively(() =>
            this.server.open("ltc.kpi", "action_view_records", [[card.id], date_from, date_to])
        );
    }

    /** @param {KpiCard} card */
    onHistory(card) {
        return this.server.exclusively(() =>
            this.server.open("ltc.kpi", "action_view_snapshots", [[card.id]])
        );
    }
}

registry.category("actions").add("ltc_base.kpi_board", KpiBoard);
