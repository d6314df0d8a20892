def format_record(env, model_name, record_id):
    """Return the name of a record that frozen figures refer to, and say so when it was deleted or merged since."""
    if not record_id:
        return ''
    record_sudo = env[model_name].sudo().browse(record_id).exists()  # a decision is read with its names
    return record_sudo.display_name if record_sudo else env._("(deleted)")
