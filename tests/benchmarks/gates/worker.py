"""Counts the queries of the actions in the profile that LTC_BENCH_PROFILE names; nothing is ever committed."""
import os
import sys

from overhead.worker import Session, main

from .actions import ACTIONS
from .fixtures import GatedCompany


class GateSession(Session):
    actions = ACTIONS

    def new_company(self, env):
        return GatedCompany(env, os.environ['LTC_BENCH_PROFILE'])


if __name__ == '__main__':
    main(sys.argv[1:], GateSession)
