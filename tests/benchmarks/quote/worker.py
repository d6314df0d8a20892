"""Measures the actions in profile LTC_BENCH_PROFILE, among LTC_BENCH_QUOTATIONS; nothing is ever committed."""
import os
import sys

from overhead.worker import Session, main

from .actions import ACTIONS
from .fixtures import GatedQuoteCompany, QuoteCompany


class QuoteSession(Session):
    actions = ACTIONS

    def new_company(self, env):
        profile, count = os.environ['LTC_BENCH_PROFILE'], int(os.environ['LTC_BENCH_QUOTATIONS'])
        is_gated = os.environ['LTC_BENCH_SUITE'] and profile != 'light'
        return GatedQuoteCompany(env, count, profile) if is_gated else QuoteCompany(env, count)


if __name__ == '__main__':
    main(sys.argv[1:], QuoteSession)
