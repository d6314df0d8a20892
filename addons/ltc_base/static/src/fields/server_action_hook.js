import { useState } from "@odoo/owl";
import { rpc } from "@web/core/network/rpc";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

/**
 * Call methods on the server and follow the actions they return, one at a time: while a call is
 * running `isBusy` is true (for the buttons) and further calls are ignored.
 */
export function useServerAction() {
    const action = useService("action");
    const state = useState({ isBusy: false });

    /**
     * @param {() => Promise<any>} callback
     * @returns {Promise<any>} what the callback returns, `undefined` when another one is running
     */
    async function exclusively(callback) {
        if (state.isBusy) {
            return;
        }
        state.isBusy = true;
        try {
            return await callback();
        } finally {
            state.isBusy = false;
        }
    }

    return {
        get isBusy() {
            return state.isBusy;
        },
        exclusively,
        /**
         * Call as a button does: that route completes the views of the action.
         *
         * @param {string} model
         * @param {string} method
         * @param {any[]} args
         * @param {import("@web/webclient/actions/action_service").ActionOptions} [options]
         * @returns {Promise<boolean>} whether the server gave an action to follow
         */
        async open(model, method, args, options) {
            const nextAction = await rpc(`/web/dataset/call_button/${model}/${method}`, {
                model,
                method,
                args,
                kwargs: { context: user.context },
            });
            if (nextAction) {
                await action.doAction(nextAction, options);
            }
            return Boolean(nextAction);
        },
    };
}
