import { Component } from "@odoo/owl";
import { useFileViewer } from "@web/core/file_viewer/file_viewer_hook";
import { FileModelMixin } from "@web/core/file_viewer/file_model";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

class Attachment extends FileModelMixin(Object) {}

/** The files of a document; what the browser can show opens beside the decision, the rest is downloaded. */
export class AttachmentsField extends Component {
    static template = "ltc_base.AttachmentsField";
    static props = { ...standardFieldProps };

    setup() {
        this.viewer = useFileViewer();
    }

    get files() {
        return this.props.record.data[this.props.name].records.map((record) =>
            Object.assign(new Attachment(), {
                id: record.resId,
                name: record.data.name,
                mimetype: record.data.mimetype,
                type: "binary",
            })
        );
    }

    /** @param {Attachment} file */
    getIcon(file) {
        return file.isPdf ? "fa-file-pdf-o" : file.isImage ? "fa-file-image-o" : "fa-file-o";
    }

    /**
     * @param {MouseEvent} ev
     * @param {number} id
     */
    onFileClick(ev, id) {
        const files = this.files;
        const file = files.find((file) => file.id === id);
        if (file.isViewable) {
            ev.preventDefault();
            this.viewer.open(file, files);
        }
    }
}

export const attachmentsField = {
    component: AttachmentsField,
    displayName: _t("Files with Preview"),
    supportedTypes: ["many2many"],
    relatedFields: [
        { name: "name", type: "char" },
        { name: "mimetype", type: "char" },
    ],
};

registry.category("fields").add("ltc_attachments", attachmentsField);
