#!/usr/bin/env python3
"""Log in to the running demo as a role, open a page, take its picture, tell what the browser complained about.

usage: screenshot.py --base URL ROLE URL FILE [--lang zh_CN] [--size 1440x900] [--full] [--wait SELECTOR]

ROLE is a login (its password is the same word) or `public`. URL is a path: /odoo/crm. Exit code 1 when the browser's
console holds an error or a request failed.
"""
import argparse
import os
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Error, TimeoutError, sync_playwright

BROWSERS = ('chromium', 'google-chrome', 'chromium-browser', 'google-chrome-stable')
FLAGS = (
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--force-color-profile=srgb', '--disable-dev-shm-usage',
)
# what a page of Odoo itself asks for outside this machine is no fault of the page
LOCAL = re.compile(r'^(https?|wss?)://(localhost|127\.0\.0\.1)[:/]|^(data|blob|about):')


def parse_arguments():
    parser = argparse.ArgumentParser(prog='./run screenshot')
    parser.add_argument('--base', required=True)
    parser.add_argument('role')
    parser.add_argument('url')
    parser.add_argument('file', type=Path)
    parser.add_argument('--lang', help="the language of this session")
    parser.add_argument('--size', default='1440x900')
    parser.add_argument('--full', action='store_true', help="the whole page, not only what fits on the screen")
    parser.add_argument('--wait', help="a CSS selector to wait for")
    return parser.parse_args()


def find_browser():
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    sys.exit("there is no Chromium: apt-get install chromium")


class Complaints:
    """What the browser's console and network said."""

    def __init__(self, page):
        self.lines = []
        page.on('console', self._on_console)
        page.on('pageerror', lambda error: self.lines.append(f'page error: {error}'))
        page.on('requestfailed', self._on_request_failed)
        page.on('response', self._on_response)

    def _on_console(self, message):
        # a failed load is reported with its address by the response
        if message.type == 'error' and 'Failed to load resource' not in message.text:
            self.lines.append(f'console: {message.text}')

    def _on_request_failed(self, request):
        if LOCAL.match(request.url) and request.failure != 'net::ERR_ABORTED':
            self.lines.append(f'request: {request.failure} {request.method} {request.url}')

    def _on_response(self, response):
        if response.status >= 400 and LOCAL.match(response.url):
            self.lines.append(f'request: {response.status} {response.request.method} {response.url}')


def call(page, base, path, params):
    """Call a JSON-RPC route with the session of the page."""
    answer = page.request.post(f'{base}{path}', data={'jsonrpc': '2.0', 'method': 'call', 'params': params}).json()
    if 'error' in answer:
        sys.exit(answer['error'].get('data', {}).get('message') or str(answer['error']))
    return answer['result']


def log_in(page, base, role):
    database = page.request.get(f'{base}/web/login', max_redirects=5)
    if not database.ok:
        sys.exit(f'{base}/web/login answers {database.status}')
    match = re.search(r'name="csrf_token" value="([^"]+)"', database.text())
    answer = page.request.post(f'{base}/web/login', form={
        'csrf_token': match[1], 'login': role, 'password': role, 'redirect': '/odoo'})
    if '/web/login' in answer.url:
        sys.exit(f"the user '{role}' may not log in with the password '{role}'")


def set_language(page, base, language):
    """Set the language of the user and return the one it had."""
    uid = call(page, base, '/web/session/get_session_info', {})['uid']
    user = {'model': 'res.users', 'kwargs': {}}
    before = call(page, base, '/web/dataset/call_kw/res.users/read', {
        **user, 'method': 'read', 'args': [[uid], ['lang']]})
    call(page, base, '/web/dataset/call_kw/res.users/write', {
        **user, 'method': 'write', 'args': [[uid], {'lang': language}]})
    return before[0]['lang']


def wait_until_idle(page, selector):
    page.wait_for_load_state('load')
    try:
        page.wait_for_load_state('networkidle', timeout=6000)
    except TimeoutError:
        pass  # a long poll keeps the network busy
    if page.locator('.o_web_client, body.o_web_client').count():
        page.wait_for_function(
            "!document.querySelector('.o_blockUI, .o_loading_indicator')"
            " && !!document.querySelector('.o_action_manager > *, .o_home_menu, .o_action')", timeout=30000)
    if selector:
        page.wait_for_selector(selector, timeout=15000)
    page.evaluate('document.fonts.ready')
    page.wait_for_timeout(400)


def unfold(page):
    """Grow the window to the height of the view that scrolls inside the web client."""
    height = page.evaluate(
        "Math.max(document.documentElement.scrollHeight, ...Array.from(document.querySelectorAll("
        "'.o_content, .o_form_sheet_bg, .o_form_view_container, #wrapwrap, .o_renderer'))"
        ".map(e => e.scrollHeight + e.getBoundingClientRect().top))")
    width = page.viewport_size['width']
    page.set_viewport_size({'width': width, 'height': min(int(height) + 20, 8000)})
    page.wait_for_timeout(300)


def main():
    options = parse_arguments()
    width, height = (int(number) for number in options.size.split('x'))
    url = options.url if options.url.startswith('http') else f'{options.base}/{options.url.lstrip("/")}'
    os.environ.pop('DISPLAY', None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        context = browser.new_context(
            viewport={'width': width, 'height': height}, locale=(options.lang or 'en_US').replace('_', '-'))
        page = context.new_page()
        if options.role != 'public':
            log_in(page, options.base, options.role)
        language = options.role != 'public' and options.lang and set_language(page, options.base, options.lang)
        complaints = Complaints(page)
        try:
            page.goto(url, timeout=60000)
            wait_until_idle(page, options.wait)
        except Error as error:
            complaints.lines.append(f'waiting: {error.message.splitlines()[0]}')
        if options.full:
            unfold(page)
        options.file.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(options.file), full_page=options.full)
        print(f'{options.file}: {page.title()} ({page.url})')
        if language:
            set_language(page, options.base, language)
        browser.close()
    for line in complaints.lines:
        print(line)
    return 1 if complaints.lines else 0


if __name__ == '__main__':
    sys.exit(main())
