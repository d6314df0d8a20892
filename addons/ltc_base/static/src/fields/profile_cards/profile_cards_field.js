import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * @typedef {Object} ProfileCard
 * @property {string} value
 * @property {string} name
 * @property {string} help
 * @property {string[]} gates what the profile switches on
 */

/** A choice between profiles, each a card that says what it switches on. */
export class ProfileCardsField extends Component {
    static template = "ltc_base.ProfileCardsField";
    static props = { ...standardFieldProps, cardsField: { type: String } };

    /** @returns {ProfileCard[]} */
    get cards() {
        return this.props.record.data[this.props.cardsField] || [];
    }

    /** @param {ProfileCard} card */
    isChosen(card) {
        return this.props.record.data[this.props.name] === card.value;
    }

    /** @param {ProfileCard} card */
    onCardChange(card) {
        this.props.record.update({ [this.props.name]: card.value });
    }
}

export const profileCardsField = {
    component: ProfileCardsField,
    displayName: _t("Profile Cards"),
    supportedTypes: ["selection"],
    extractProps: ({ options }) => ({ cardsField: options.cards_field }),
    fieldDependencies: ({ options }) => [{ name: options.cards_field, type: "json", readonly: true }],
};

registry.category("fields").add("ltc_profile_cards", profileCardsField);
