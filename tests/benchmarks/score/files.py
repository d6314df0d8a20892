"""The published leads: which columns may be known before the outcome, and what is engagement."""
import csv
import re

FORM = [  # what is known when the lead comes in; any other column is left out, for nobody knows when it was filled
    'Lead Origin', 'Lead Source', 'Do Not Email', 'Do Not Call', 'Country', 'Specialization',
    'How did you hear about X Education', 'What is your current occupation',
    'What matters most to you in choosing a course', 'Search', 'Magazine', 'Newspaper Article', 'X Education Forums',
    'Newspaper', 'Digital Advertisement', 'Through Recommendations', 'Receive More Updates About Our Courses',
    'Update me on Supply Chain Content', 'Get updates on DM Content', 'City',
    'I agree to pay the amount through cheque', 'A free copy of Mastering The Interview',
]
NEVER = {  # filled after the contact
    'Tags', 'Lead Quality', 'Lead Profile', 'Asymmetrique Activity Index', 'Asymmetrique Profile Index',
    'Asymmetrique Activity Score', 'Asymmetrique Profile Score',
}
OUTCOME = 'Converted'
KEYS = {'Prospect ID', 'Lead Number', OUTCOME, ''}
AMOUNTS = {  # column: (code of the kind, name, unit)
    'TotalVisits': ('x_edu_visits', "Visits", "visits"),
    'Total Time Spent on Website': ('x_edu_seconds', "Time on the website", "seconds"),
    'Page Views Per Visit': ('x_edu_pages', "Pages a visit", "pages"),
}
ACTIONS = {'Last Activity': "Last activity", 'Last Notable Activity': "Last notable activity"}
NOT_ANSWERED = {'', 'select', 'na', 'n/a', 'nan', 'null', 'none'}
WON, LOST = {'1', '1.0', 'yes', 'true', 'won', 'converted'}, {'0', '0.0', 'no', 'false', 'lost', 'not converted'}


class LeadFile:
    """The rows of a file of leads, faults included; ``Select`` is a question that was not answered."""

    def __init__(self, path):
        with open(path, encoding='utf-8-sig', errors='replace', newline='') as file:
            reader = csv.DictReader(file)
            columns = {(name or '').strip().casefold(): name for name in reader.fieldnames or ()}
            used = [*FORM, *KEYS - {''}, *AMOUNTS, *ACTIONS]
            self.columns = {name: columns[name.casefold()] for name in used if name.casefold() in columns}
            self.rows = [row for row in reader if any(self.get(row, name) for name in self.columns)]
        self.form = [name for name in FORM if name in self.columns]
        self.left_out = [name for name in columns.values() if name and name not in self.columns.values()]

    def get(self, row, column):
        value = (row.get(self.columns[column]) or '').strip() if column in self.columns else ''
        return '' if value.casefold() in NOT_ANSWERED else value

    def get_outcome(self, row):
        """Return 1 for a lead that was won, 0 for one that was lost, ``None`` where the file does not say."""
        value = self.get(row, OUTCOME).casefold()
        return 1 if value in WON else 0 if value in LOST else None

    def get_amount(self, row, column):
        number = re.sub(r'[,\s]', '', self.get(row, column))
        try:
            return max(float(number), 0.0)
        except ValueError:
            return 0.0

    def get_actions(self, row):
        """Return {(column, action)} of a row; the file writes the same action in one way only."""
        return {(column, self.get(row, column)) for column in ACTIONS if self.get(row, column)}
