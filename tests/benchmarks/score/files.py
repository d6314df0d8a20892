"""The published leads: which columns may be known before the outcome, and what is engagement."""
import csv

NEVER = {  # filled after the contact
    'Tags', 'Lead Quality', 'Lead Profile', 'Asymmetrique Activity Index', 'Asymmetrique Profile Index',
    'Asymmetrique Activity Score', 'Asymmetrique Profile Score',
}
KEYS = {'Prospect ID', 'Lead Number', 'Converted', ''}
AMOUNTS = {  # column: (code of the kind, name, unit)
    'TotalVisits': ('x_edu_visits', "Visits", "visits"),
    'Total Time Spent on Website': ('x_edu_seconds', "Time on the website", "seconds"),
    'Page Views Per Visit': ('x_edu_pages', "Pages a visit", "pages"),
}
ACTIONS = {'Last Activity': "Last activity", 'Last Notable Activity': "Last notable activity"}
NOT_ANSWERED = {'', 'Select'}


class LeadFile:
    """The rows of a file of leads, faults included; ``Select`` is a question that was not answered."""

    def __init__(self, path):
        with open(path, encoding='utf-8-sig', newline='') as file:
            self.rows = list(csv.DictReader(file))
        self.form = [
            name for name in self.rows[0]
            if name not in NEVER | KEYS and name not in AMOUNTS and name not in ACTIONS]

    def get(self, row, column):
        value = (row.get(column) or '').strip()
        return '' if value in NOT_ANSWERED else value

    def get_outcome(self, row):
        return int(row['Converted'] or 0)

    def get_amount(self, row, column):
        return float(self.get(row, column) or 0)

    def get_actions(self, row):
        """Return {(column, action)} of a row; the file writes the same action in one way only."""
        return {(column, self.get(row, column)) for column in ACTIONS if self.get(row, column)}
