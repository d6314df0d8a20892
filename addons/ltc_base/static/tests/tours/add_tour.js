import { registry } from "@web/core/registry";

/** How long a step may wait for what it looks for, in milliseconds: the longest that Odoo takes. */
const PATIENCE = 60000;

/**
 * Register a tour whose steps wait as long as a step may. A machine that does something else beside the browser answers
 * late; that is no defect of the screen, and a step that finds its element goes on at once.
 */
export function addTour(name, { steps, ...tour }) {
    registry.category("web_tour.tours").add(name, {
        ...tour,
        steps: () => steps().map((step) => ({ timeout: PATIENCE, ...step })),
    });
}
