import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, toLocaleDateString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useServerAction } from "../fields/server_action_hook";
import { formatFigure } from "./formats";
import { PeriodPicker } from "./period_picker";

const NARROWEST = 3; // percent: a step with anything in it stays visible

/**
 * @typedef {Object} FunnelStep
 * @property {string} key
 * @property {string} label
 * @property {number} count cases that entered the step
 * @property {number} amount
 * @property {number|null} conversion percent that went on, by number
 * @property {number|null} conversion_amount the same by amount
 * @property {number} here cases that stand there
 * @property {number} lost cases that ended there
 * @property {number|null} days median of the completed stays
 * @property {boolean} is_bottleneck
 */

/** Of the cases that began in a period: how many came how far, and where they are lost. */
export class Funnel extends Component {
    static template = "ltc_base.Funnel";
    static components = { Layout, PeriodPicker };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.server = useServerAction();
        this.state = useState({
            period: { name: "year" },
            filters: {},
            measure: "count",
            funnel: null,
        });
        onWillStart(() => this.load());
    }

    async load() {
        const { period, filters } = this.state;
        const args = [period.name, period.from || false, period.to || false, { ...filters }];
        this.state.funnel = await this.orm.call("ltc.flow", "get_funnel", args);
        const { date_from, date_to } = this.state.funnel;
        Object.assign(period, { from: date_from, to: date_to });
    }

    get steps() {
        return this.state.funnel.steps;
    }

    get isEmpty() {
        return !this.steps.some((step) => step.count);
    }

    get subtitle() {
        const { company, date_from, date_to } = this.state.funnel;
        return _t("%(company)s: what began between %(from)s and %(to)s", {
            company,
            from: toLocaleDateString(deserializeDate(date_from)),
            to: toLocaleDateString(deserializeDate(date_to)),
        });
    }

    get bottleneck() {
        return this.steps.find((step) => step.is_bottleneck);
    }

    get bottleneckSentence() {
        const { label, conversion } = this.bottleneck;
        return _t("Bottleneck: of what enters %(step)s only %(conversion)s goes on.", {
            step: label,
            conversion: formatFigure(conversion, "percent"),
        });
    }

    get widest() {
        return Math.max(...this.steps.map((step) => step[this.state.measure]), 1);
    }

    /** @param {FunnelStep} step */
    getWidth(step) {
        const share = (step[this.state.measure] / this.widest) * 100;
        return share ? Math.max(share, NARROWEST) : 0;
    }

    /** @param {FunnelStep} step */
    getConversion(step) {
        return this.state.measure === "amount" ? step.conversion_amount : step.conversion;
    }

    /**
     * @param {number|null} value
     * @param {string} unit
     */
    format(value, unit) {
        return formatFigure(value, unit, this.state.funnel.currency_id);
    }

    /** @param {import("./period_picker").Period} period */
    onPeriod(period) {
        Object.assign(this.state.period, period);
        return this.server.exclusively(() => this.load());
    }

    /**
     * @param {string} key
     * @param {Event} ev
     */
    onFilter(key, ev) {
        this.state.filters[key] = Number(ev.target.value) || false;
        return this.server.exclusively(() => this.load());
    }

    /** @param {"count"|"amount"} measure */
    onMeasure(measure) {
        this.state.measure = measure;
    }

    /** @param {FunnelStep} step */
    onStep(step) {
        const { date_from, date_to } = this.state.funnel;
        const args = [step.key, date_from, date_to, { ...this.state.filters }];
        return this.server.exclusively(() =>
            this.server.open("ltc.flow", "action_open_funnel_step", args)
        );
    }
}

registry.category("actions").add("ltc_base.funnel", Funnel);
