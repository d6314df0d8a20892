import { Component } from "@odoo/owl";
import {
    deserializeDate,
    deserializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useServerAction } from "../server_action_hook";

/**
 * @typedef {Object} FlowStage
 * @property {string} key
 * @property {string} label
 * @property {"done"|"current"|"todo"} state every step of a closed case is done
 * @property {string|false} date day on which the case entered the stage, `YYYY-MM-DD`
 *
 * @typedef {Object} Flow
 * @property {number} flow_id
 * @property {string} name
 * @property {"open"|"closed"|"lost"} state
 * @property {string} stage
 * @property {FlowStage[]} stages
 * @property {string|false} owner who owns the next step
 * @property {string|false} since moment at which the case entered its stage, in UTC
 * @property {number} days
 * @property {string|false} blocker
 * @property {string|false} [deadline] moment until which the case should have left its stage, in UTC
 * @property {boolean} [is_late]
 * @property {{description: string, input: string, output: string}} [guidance] of the current stage
 */

/** Where a document's case stands between the lead and the cash, with a way to each document. */
export class FlowBarField extends Component {
    static template = "ltc_base.FlowBarField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.server = useServerAction();
    }

    /** @returns {Flow|false} */
    get flow() {
        return this.props.record.data[this.props.name] || false;
    }

    get isFlowForm() {
        return this.props.record.resModel === "ltc.flow";
    }

    get caseUrl() {
        return `/odoo/ltc.flow/${this.flow.flow_id}`;
    }

    get position() {
        return this.flow.stages.findIndex((stage) => this.isHere(stage)) + 1;
    }

    get age() {
        const { days } = this.flow;
        if (!days) {
            return _t("today");
        }
        return days === 1 ? _t("1 day") : _t("%s days", days);
    }

    get guidance() {
        const { guidance } = this.flow;
        const hasAny = guidance && Object.values(guidance).some(Boolean);
        return hasAny ? JSON.stringify(guidance) : false;
    }

    get ageTooltip() {
        const { since, deadline, is_late: isLate } = this.flow;
        if (isLate) {
            return _t("Over the time limit since %s", toLocaleDateTimeString(deserializeDateTime(deadline)));
        }
        return since
            ? _t("In this step since %s", toLocaleDateTimeString(deserializeDateTime(since)))
            : "";
    }

    /** @param {FlowStage} stage */
    isHere(stage) {
        return stage.key === this.flow.stage;
    }

    /** @param {FlowStage} stage */
    getIcon(stage) {
        if (this.flow.state === "lost" && this.isHere(stage)) {
            return "fa-times";
        }
        return stage.state === "done" ? "fa-check" : "";
    }

    /** @param {FlowStage} stage */
    getTooltip(stage) {
        const { label, date, state } = stage;
        if (state === "todo") {
            return _t("%s: not reached yet", label);
        }
        return date
            ? _t("%(stage)s: %(date)s", { stage: label, date: this.formatDay(date) })
            : label;
    }

    /** @param {string} date */
    formatDay(date) {
        return toLocaleDateString(deserializeDate(date));
    }

    onCaseClick() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "ltc.flow",
            res_id: this.flow.flow_id,
            views: [[false, "form"]],
        });
    }

    /** @param {FlowStage} stage */
    onStageClick(stage) {
        return this.server.exclusively(async () => {
            const args = [[this.flow.flow_id], stage.key];
            if (!(await this.server.open("ltc.flow", "action_open_stage", args))) {
                const message = _t("This case has no document in the step %s.", stage.label);
                this.notification.add(message, { type: "info" });
            }
        });
    }
}

export const flowBarField = {
    component: FlowBarField,
    displayName: _t("Lead to Cash Bar"),
    supportedTypes: ["json"],
};

registry.category("fields").add("ltc_flow_bar", flowBarField);
