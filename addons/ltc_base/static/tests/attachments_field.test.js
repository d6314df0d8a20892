import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Review extends models.Model {
    attachment_ids = fields.Many2many({ relation: "file" });

    _records = [{ id: 1, attachment_ids: [1, 2] }];
}

class File extends models.Model {
    name = fields.Char();
    mimetype = fields.Char();

    _records = [
        { id: 1, name: "Layout.png", mimetype: "image/png" },
        { id: 2, name: "Costs.xlsx", mimetype: "application/vnd.ms-excel" },
    ];
}

defineMailModels();
defineModels([Review, File]);

test("opens what the browser can show and offers the rest for download", async () => {
    await mountView({
        type: "form",
        resModel: "review",
        resId: 1,
        arch: `<form><field name="attachment_ids" widget="ltc_attachments" nolabel="1"/></form>`,
    });
    expect(queryAllTexts(".o_ltc_attachment")).toEqual(["Layout.png", "Costs.xlsx"]);
    expect(".o_ltc_attachment:last").toHaveAttribute("href", /download=true/);
    await click(".o_ltc_attachment:first");
    await animationFrame();
    expect(".o-FileViewer").toHaveCount(1);
    expect(".o-FileViewer-header").toHaveText(/Layout.png/);
});
