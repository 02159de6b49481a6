"""ClickHouse in a library, as npm has it."""
import ctypes
import sys


def answer(library, *options):
    """What clickhouse-local prints with these options. An error ends the program."""
    chdb = ctypes.CDLL(library)
    chdb.chdb_query_cmdline.restype = ctypes.c_void_p
    chdb.chdb_query_cmdline.argtypes = [ctypes.c_int, ctypes.POINTER(ctypes.c_char_p)]
    chdb.chdb_result_error.restype = ctypes.c_char_p
    chdb.chdb_result_error.argtypes = [ctypes.c_void_p]
    chdb.chdb_result_buffer.restype = ctypes.c_void_p
    chdb.chdb_result_buffer.argtypes = [ctypes.c_void_p]
    chdb.chdb_result_length.restype = ctypes.c_size_t
    chdb.chdb_result_length.argtypes = [ctypes.c_void_p]
    words = [option.encode() for option in ["clickhouse", *options]]
    result = chdb.chdb_query_cmdline(len(words), (ctypes.c_char_p * len(words))(*words))
    error = chdb.chdb_result_error(result) if result else b"no result"
    if error:
        sys.exit(error.decode(errors="replace"))
    return ctypes.string_at(chdb.chdb_result_buffer(result), chdb.chdb_result_length(result))
