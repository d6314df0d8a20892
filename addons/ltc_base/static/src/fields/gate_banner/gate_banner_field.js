import { Component, status } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useServerAction } from "../server_action_hook";

/**
 * @typedef {Object} GateSummary
 * @property {string} code
 * @property {string} name
 * @property {"todo"|"review"|"go"|"conditional"|"hold"|"no_go"|"stale"} state
 * @property {string} label the state, for people
 * @property {string} detail who decided and when, or what is missing
 * @property {number|false} review_id the last round
 * @property {number} round
 * @property {boolean} can_submit
 * @property {boolean} active whether the gate is in force for the document
 */

/** Icon and Bootstrap theme of each state: the icon tells them apart without the colour. */
const LOOKS = {
    todo: { icon: "fa-circle-o", theme: "secondary" },
    review: { icon: "fa-hourglass-half", theme: "info" },
    go: { icon: "fa-check-circle", theme: "success" },
    conditional: { icon: "fa-check-circle-o", theme: "warning" },
    hold: { icon: "fa-pause-circle", theme: "warning" },
    no_go: { icon: "fa-times-circle", theme: "danger" },
    stale: { icon: "fa-refresh", theme: "warning" },
};

/** The state of each decision gate of a document, with the buttons to submit and to review. */
export class GateBannerField extends Component {
    static template = "ltc_base.GateBannerField";
    static props = { ...standardFieldProps };

    setup() {
        this.server = useServerAction();
    }

    /** @returns {GateSummary[]} the gates in force, and those that have a history */
    get gates() {
        const { record, name } = this.props;
        if (record.isNew) {
            return [];
        }
        return (record.data[name] || []).filter((gate) => gate.active || gate.review_id);
    }

    /** @param {GateSummary} gate */
    getLook(gate) {
        return LOOKS[gate.state] || LOOKS.todo;
    }

    /** @param {GateSummary} gate */
    getRoundLabel(gate) {
        return _t("Round %s", gate.round);
    }

    /** @param {GateSummary} gate */
    onSubmitClick(gate) {
        return this.server.exclusively(async () => {
            const { record } = this.props;
            if (await record.save()) {
                const args = [[record.resId], gate.code];
                await this.open(record.resModel, "action_ltc_submit", args);
            }
        });
    }

    /** @param {GateSummary} gate */
    onReviewClick(gate) {
        return this.server.exclusively(() =>
            this.open("ltc.gate.review", "action_open", [[gate.review_id]])
        );
    }

    /**
     * Follow the action; when it was a dialog, show the document's new state afterwards.
     *
     * @param {string} model
     * @param {string} method
     * @param {any[]} args
     */
    async open(model, method, args) {
        const reload = () => status(this) !== "destroyed" && this.props.record.load();
        if (!(await this.server.open(model, method, args, { onClose: reload }))) {
            await reload();
        }
    }
}

export const gateBannerField = {
    component: GateBannerField,
    displayName: _t("Decision Gates"),
    supportedTypes: ["json"],
};

registry.category("fields").add("ltc_gate_banner", gateBannerField);
