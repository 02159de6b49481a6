"""server.py LIBCHDB.SO OPTION...: a ClickHouse server with these options, until its standard input is closed."""
import sys

import chdb

# What clickhouse-local does: it is asked to listen, and reads standard input until there is no more.
chdb.answer(sys.argv[1], *sys.argv[2:], "--query", "SYSTEM START LISTEN QUERIES ALL; SELECT count() FROM file('/dev/stdin', 'LineAsString', 'line String')")
