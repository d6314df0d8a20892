"""A sales organisation at scale, written by SQL: customers, people in teams, leads and what was said about them."""
from odoo.tools import SQL

SELLERS = 50
TEAMS = 5
FIRST = 1000  # rows after which PostgreSQL looks up references by index, not by scan
MESSAGES = 2  # of each lead, by its owner


def generate(env, leads=200_000, customers=50_000):
    """Fill the company of ``env`` and commit; return the (first, last) id of the leads.

    A quarter of the leads are opportunities, a tenth of those is won, the ages run from today to 400 days ago. The
    rows are those that the ORM would have left; nothing is tracked or mailed.
    """
    sellers, teams = _hire(env)
    first_partner = _insert_customers(env, customers)
    first = _insert_leads(env, leads, customers, first_partner, sellers, teams)
    _insert_messages(env, first)
    env.cr.commit()
    for table in ('res_partner', 'crm_lead', 'mail_message'):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.cr.commit()
    env.invalidate_all()
    return first, first + leads - 1


def _hire(env):
    group = env.ref('sales_team.group_sale_salesman')
    sellers = env['res.users'].with_context(no_reset_password=True).create([
        {'name': f"Seller {number}", 'login': f'volume_seller_{number}', 'group_ids': [(4, group.id)]}
        for number in range(SELLERS)])
    teams = env['crm.team'].create([
        {'name': f"Volume Team {number}", 'company_id': env.company.id, 'user_id': sellers[number].id,
         'crm_team_member_ids': [(0, 0, {'user_id': user.id}) for user in sellers[number::TEAMS]]}
        for number in range(TEAMS)])
    env.flush_all()
    return sellers, teams


def _insert_customers(env, count):
    """Write ``count`` companies; return the first of their ids, which follow one another."""
    template = env['res.partner'].create({'name': "Customer", 'is_company': True, 'company_id': env.company.id})
    name = SQL("'Customer ' || n")
    return clone(env, template, count, lambda first: {
        'name': name, 'complete_name': name, 'commercial_company_name': name,
        'commercial_partner_id': SQL("%s + n", first), 'city': SQL("'Suzhou'"),
        'email': SQL("'office@customer' || n || '.example.com'"), 'phone': SQL("'0512' || LPAD(n::text, 8, '0')"),
        'ltc_name_key': SQL("'customer' || n"), 'ltc_domain_key': SQL("'@customer' || n || '.example.com'"),
    })


def _insert_leads(env, count, customers, first_partner, sellers, teams):
    new, won = (env['crm.stage'].search([('is_won', '=', is_won)], limit=1) for is_won in (False, True))
    template = env['crm.lead'].create({
        'name': "Line", 'type': 'lead', 'user_id': False, 'team_id': False, 'stage_id': new.id,
        'company_id': env.company.id})
    born = SQL("(NOW() AT TIME ZONE 'UTC' - n * 7 %% 400 * INTERVAL '1 day')")
    domain = SQL("'@customer' || n %% %s || '.example.com'", customers)
    email = SQL("'contact' || n || %s", domain)
    return clone(env, template, count, lambda first: {
        'name': SQL("'Line ' || n"), 'city': SQL("'Suzhou'"), 'priority': SQL("(n %% 4)::text"),
        'type': SQL("CASE WHEN n %% 4 = 0 THEN 'opportunity' ELSE 'lead' END"),
        'user_id': SQL("(%s)[1 + n %% %s]", sellers.ids, len(sellers)),
        'team_id': SQL("(%s)[1 + n %% %s %% %s]", teams.ids, len(sellers), len(teams)),
        'stage_id': SQL("CASE WHEN n %% 40 = 0 THEN %s ELSE %s END", won.id, new.id),
        'won_status': SQL("CASE WHEN n %% 40 = 0 THEN 'won' ELSE 'pending' END"),
        'probability': SQL("CASE WHEN n %% 40 = 0 THEN 100 ELSE 10 END"),
        'partner_id': SQL("%s + n %% %s", first_partner, customers),
        'partner_name': SQL("'Customer ' || n %% %s", customers), 'contact_name': SQL("'Contact ' || n"),
        'phone': SQL("'138' || LPAD(n::text, 8, '0')"), 'phone_sanitized': SQL("'+86138' || LPAD(n::text, 8, '0')"),
        'email_from': email, 'email_normalized': email, 'expected_revenue': SQL("1000 * (n %% 900)"),
        'date_open': born, 'create_date': born, 'write_date': born, 'date_last_stage_update': born,
        'date_conversion': SQL("CASE WHEN n %% 4 = 0 THEN %s END", born),
        'ltc_name_key': SQL("'customer' || n %% %s", customers), 'email_domain_criterion': domain,
        'date_closed': SQL("CASE WHEN n %% 40 = 0 THEN %s END", born),
    })


def clone(env, template, count, prepare):
    """Write ``count`` rows like ``template``; ``prepare`` returns {column: SQL of n} of what differs.

    :return: the first of their ids, which follow one another
    """
    env.flush_all()
    table = template._table
    first = _reserve(env, table, count)
    values = {'id': SQL("%s + n", first), **prepare(first)}
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s", [table])
    columns = [name for [name] in env.cr.fetchall()]
    for start, stop in ((0, FIRST), (FIRST, count)):
        env.cr.execute(SQL(
            "INSERT INTO %(table)s (%(names)s) SELECT %(values)s FROM %(table)s AS template,"
            " GENERATE_SERIES(%(start)s, %(stop)s - 1) AS n WHERE template.id = %(template)s",
            table=SQL.identifier(table), names=SQL(', ').join(map(SQL.identifier, columns)),
            values=SQL(', ').join(values.get(name) or SQL.identifier('template', name) for name in columns),
            start=start, stop=min(stop, count), template=template.id))
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    return first


def _insert_messages(env, first):
    """Let each owner have written a few times since the lead was born, the last time half its age ago."""
    env.cr.execute(SQL(
        """INSERT INTO mail_message (model, res_id, author_id, message_type, date, body, is_internal, create_date,
                                     write_date, create_uid, write_uid)
           SELECT 'crm.lead', lead.id, person.partner_id, 'comment',
                  lead.create_date + (NOW() AT TIME ZONE 'UTC' - lead.create_date) * part.n / (2 * %(messages)s),
                  '<p>Called</p>', TRUE, lead.create_date, lead.create_date, 1, 1
             FROM crm_lead AS lead JOIN res_users AS person ON person.id = lead.user_id,
                  GENERATE_SERIES(1, %(messages)s) AS part (n)
            WHERE lead.id >= %(first)s""", first=first, messages=MESSAGES))


def _reserve(env, table, count):
    """Take ``count`` ids that follow one another from the sequence of ``table``."""
    env.cr.execute(SQL("SELECT NEXTVAL(%s)", f'{table}_id_seq'))
    [first] = env.cr.fetchone()
    env.cr.execute(SQL("SELECT SETVAL(%s, %s)", f'{table}_id_seq', first + count))
    return first
