import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

export const NO_VALUE = "–";

/**
 * Format a figure by its unit; nothing measured is a dash, not zero.
 *
 * @param {number|null} value
 * @param {string} unit `percent`, `points`, `amount`, `days`, `hours`, `count` or `ratio`
 * @param {number} [currencyId]
 * @returns {string}
 */
export function formatFigure(value, unit, currencyId) {
    if (value === null || value === undefined || value === false) {
        return NO_VALUE;
    }
    switch (unit) {
        case "percent":
            return _t("%s %", formatFloat(value, { digits: [16, 1] }));
        case "points":
            return _t("%s pt", formatFloat(value, { digits: [16, 1] }));
        case "amount":
            return formatCurrency(value, currencyId, {
                humanReadable: Math.abs(value) >= 1e9,
                digits: [16, Math.abs(value) >= 1e9 ? 2 : 0],
            });
        case "days":
            return _t("%s days", formatFloat(value, { digits: [16, 1] }));
        case "hours":
            return _t("%s h", formatFloat(value, { digits: [16, 1] }));
        case "ratio":
            return formatFloat(value, { digits: [16, 2] });
        default:
            return formatFloat(value, { digits: [16, 0] });
    }
}

/**
 * Points of a line through `values`, in a box of the given size.
 *
 * @param {number[]} values
 * @param {number} width
 * @param {number} height
 * @returns {string} for the attribute `points` of a polyline, empty below two values
 */
export function getSparkline(values, width, height) {
    if (values.length < 2) {
        return "";
    }
    const low = Math.min(...values);
    const span = Math.max(...values) - low;
    const flat = !span;
    return values
        .map((value, rank) => {
            const x = (rank / (values.length - 1)) * width;
            const y = flat ? height / 2 : height - ((value - low) / span) * height;
            return `${x.toFixed(1)},${y.toFixed(1)}`;
        })
        .join(" ");
}
