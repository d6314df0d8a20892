"""Keys by which the same customer is recognised however it was written."""
import re
import unicodedata

LATIN_FORMS = {
    'ab', 'ag', 'and', 'as', 'bv', 'co', 'company', 'corp', 'corporation', 'gmbh', 'group', 'holding', 'holdings',
    'inc', 'incorporated', 'kg', 'kgaa', 'limited', 'llc', 'llp', 'ltd', 'nv', 'oy', 'plc', 'pte', 'pty', 'pvt', 'sa',
    'sarl', 'sas', 'se', 'sl', 'spa', 'srl',
}
CHINESE_FORMS = re.compile(r'(?:股份有限公司|有限责任公司|有限公司|股份公司|集团公司|总公司|(?<!分)公司|集团|股份)$')
PLACE_SUFFIX = re.compile(r'^([\u4e00-\u9fff]{2,3})[市省](?=[\u4e00-\u9fff]{2})')
DOTTED = re.compile(r'\b(?:\w\.){2,}')
KEY_LENGTH = 120


def get_name_key(name):
    """Return the key of a company name, or False where too little is left to recognise anybody by.

    Case, accents, full and half width, punctuation and the legal form do not count: "Suzhou Huachen Co., Ltd." is
    "SUZHOU HUACHEN", "苏州市华辰（集团）有限公司" is "苏州华辰". A place stays, for 苏州华辰 is not 无锡华辰; only
    the word for city or province behind it goes.
    """
    text = unicodedata.normalize('NFKD', name or '').casefold()
    text = ''.join(letter for letter in text if not unicodedata.combining(letter))
    text = DOTTED.sub(lambda match: match.group().replace('.', ''), text)  # s.a. and g.m.b.h.
    words = re.findall(r'\w+', text.replace('_', ' '))
    if words[:1] == ['the']:
        words = words[1:]
    while len(words) > 1 and words[-1] in LATIN_FORMS:
        words.pop()
    key = _strip_chinese_form(''.join(word for word in words if word != 'and'))
    return key[:KEY_LENGTH] if len(key) >= (2 if re.search(r'[^\x00-\x7f]', key) else 3) else False


def _strip_chinese_form(key):
    while True:
        shorter = CHINESE_FORMS.sub('', key)
        if shorter == key or len(shorter) < 2:
            return PLACE_SUFFIX.sub(r'\1', key)
        key = shorter


def get_vat_key(vat):
    """Return a tax number without blanks and marks, or False; a stroke alone says that there is none."""
    key = re.sub(r'[^0-9A-Z]', '', (vat or '').upper())
    return key if len(key) >= 5 else False
