"""server.py LIBCHDB.SO OPTION...: a ClickHouse server with these options, until its standard input is closed."""
import ctypes
import sys

library = ctypes.CDLL(sys.argv[1])
library.chdb_query_cmdline.restype = ctypes.c_void_p
library.chdb_query_cmdline.argtypes = [ctypes.c_int, ctypes.POINTER(ctypes.c_char_p)]
library.chdb_result_error.restype = ctypes.c_char_p
library.chdb_result_error.argtypes = [ctypes.c_void_p]

# What clickhouse-local does: it is asked to listen, and reads standard input until there is no more.
query = "SYSTEM START LISTEN QUERIES ALL; SELECT count() FROM file('/dev/stdin', 'LineAsString', 'line String')"
options = [option.encode() for option in ["clickhouse", *sys.argv[2:], "--query", query]]
result = library.chdb_query_cmdline(len(options), (ctypes.c_char_p * len(options))(*options))
error = library.chdb_result_error(result) if result else b"no result"
if error:
    sys.exit(error.decode(errors="replace"))
