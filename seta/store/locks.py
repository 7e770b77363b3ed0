"""The advisory locks of this database: any numbers, but each only once."""

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    UPGRADE = 7382_01   # migrations
    WRITERS = 7382_02   # results, job lists and the rollup
    INGEST = 7382_03    # the first of two keys; the second is of the project and source
    WORKER = 7382_04    # the active worker
    LEDGER = 7382_20    # the seed of a hash of the project and build system
