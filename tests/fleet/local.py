"""local.py LIBCHDB.SO QUERY: what clickhouse-local answers, as CSV."""
import sys

import chdb

sys.stdout.buffer.write(chdb.answer(sys.argv[1], "--output-format=CSV", "--query", sys.argv[2]))
