import { Component, onMounted, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { describeDeadline } from "../fields/deadline/deadline";

/** The reviews that wait for the user: how many in the bar, red when one is late; the next of them in the menu. */
export class ReviewMenu extends Component {
    static components = { Dropdown, DropdownItem };
    static props = {};
    static template = "ltc_base.ReviewMenu";

    setup() {
        this.action = useService("action");
        this.desk = useState(useService("ltc_review_desk"));
        this.dropdown = useDropdownState();
        onMounted(() => this.desk.loadSoon());
    }

    get label() {
        return this.desk.late
            ? _t("Reviews: %(waiting)s wait for you, %(late)s late", this.desk)
            : _t("Reviews: %(waiting)s wait for you", this.desk);
    }

    /** @param {import("./review_desk_service").DeskReview} review */
    getDeadline(review) {
        return describeDeadline(deserializeDateTime(review.deadline));
    }

    /** @param {number} id */
    openReview(id) {
        return this.action.doActionButton({
            type: "object",
            name: "action_open",
            resModel: "ltc.gate.review",
            resId: id,
            resIds: [id],
            context: user.context,
        });
    }

    openAll() {
        return this.action.doAction("ltc_base.ltc_gate_review_action_mine", { clearBreadcrumbs: true });
    }
}

registry
    .category("systray")
    .add("ltc_base.review_menu", { Component: ReviewMenu }, { sequence: 22 });

registry.category("user_menuitems").add("ltc_my_delegations", (env) => ({
    type: "item",
    id: "ltc_my_delegations",
    description: _t("My Delegations"),
    show: () => env.services.ltc_review_desk.isMember,
    callback: () => env.services.action.doAction("ltc_base.ltc_delegation_action_mine"),
    sequence: 55,
}));
