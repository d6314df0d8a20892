import { _t } from "@web/core/l10n/translation";

/**
 * How a deadline stands, as short as a person would say it.
 *
 * @param {import("luxon").DateTime} deadline
 * @param {import("luxon").DateTime} [now]
 * @returns {{ text: string, urgency: "late"|"today"|"later" }}
 */
export function describeDeadline(deadline, now = luxon.DateTime.local()) {
    const isLate = deadline < now;
    const minutes = Math.round(Math.abs(deadline.diff(now, "minutes").minutes));
    const span = describeMinutes(minutes);
    const isToday = deadline.hasSame(now, "day");
    return {
        text: isLate ? _t("%s late", span) : _t("%s left", span),
        urgency: isLate ? "late" : isToday ? "today" : "later",
    };
}

/** @param {number} minutes */
function describeMinutes(minutes) {
    if (minutes < 60) {
        return _t("%s min", minutes);
    }
    const hours = Math.round(minutes / 60);
    return hours < 48 ? _t("%s h", hours) : _t("%s days", Math.round(hours / 24));
}
