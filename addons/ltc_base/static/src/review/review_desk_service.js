import { reactive } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { rpcBus } from "@web/core/network/rpc";
import { debounce } from "@web/core/utils/timing";

/** Models whose public methods put a review on somebody's desk or take it away. */
const R_DESK_MODEL = /^ltc\.gate\./;
const R_DESK_METHOD = /^action_/;

/**
 * @typedef {Object} DeskReview
 * @property {number} id
 * @property {string} document
 * @property {string} partner
 * @property {string} gate
 * @property {number} round
 * @property {string} task what is asked of the user
 * @property {string} stands_in_for
 * @property {string} amount
 * @property {string} deadline
 * @property {boolean} is_urgent
 * @property {boolean} is_late
 */

/**
 * What waits for the user: asked once after the start, again when the server says that it changed, and after an action
 * on a review. `isMember` stays false for users who take no part in reviews.
 */
export const reviewDeskService = {
    dependencies: ["orm", "bus_service"],

    start(env, { orm, bus_service: bus }) {
        const desk = reactive({ isMember: false, waiting: 0, late: 0, reviews: [], load, loadSoon: null });

        async function load() {
            const values = await orm.silent.call("ltc.gate.review", "get_my_desk", []);
            Object.assign(desk, values || { waiting: 0, late: 0, reviews: [] }, {
                isMember: Boolean(values),
            });
        }

        desk.loadSoon = debounce(load, 300);
        bus.subscribe("ltc_base.desk_changed", () => desk.loadSoon());
        rpcBus.addEventListener("RPC:RESPONSE", ({ detail }) => {
            const { model, method } = detail.data.params || {};
            if (!detail.error && R_DESK_MODEL.test(model) && R_DESK_METHOD.test(method)) {
                desk.loadSoon();
            }
        });
        return desk;
    },
};

registry.category("services").add("ltc_review_desk", reviewDeskService);
