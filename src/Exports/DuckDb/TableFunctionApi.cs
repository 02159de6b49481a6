using System.Runtime.InteropServices;

namespace TraceCap.Exports.DuckDb;

/// <summary>The part of DuckDB's C API that tables of one's own are made with.</summary>
internal static unsafe partial class TableFunctionApi
{
    private const string Library = DuckDbApi.Library;

    [LibraryImport(Library, EntryPoint = "duckdb_create_table_function")]
    internal static partial nint Create();

    [LibraryImport(Library, EntryPoint = "duckdb_destroy_table_function")]
    internal static partial void Destroy(ref nint function);

    [LibraryImport(Library, EntryPoint = "duckdb_table_function_set_name", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void SetName(nint function, string name);

    [LibraryImport(Library, EntryPoint = "duckdb_table_function_add_parameter")]
    internal static partial void AddParameter(nint function, nint type);

    [LibraryImport(Library, EntryPoint = "duckdb_table_function_add_named_parameter", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void AddNamedParameter(nint function, string name, nint type);

    [LibraryImport(Library, EntryPoint = "duckdb_table_function_set_extra_info")]
    internal static partial void SetExtraInfo(nint function, nint info, delegate* unmanaged<nint, void> destroy);

    [LibraryImport(Library, EntryPoint = "duckdb_table_function_set_bind")]
    internal static partial void SetBind(nint function, delegate* unmanaged<nint, void> bind);

    [LibraryImport(Library, EntryPoint = "duckdb_table_function_set_init")]
    internal static partial void SetInit(nint function, delegate* unmanaged<nint, void> init);

    [LibraryImport(Library, EntryPoint = "duckdb_table_function_set_local_init")]
    internal static partial void SetLocalInit(nint function, delegate* unmanaged<nint, void> init);

    [LibraryImport(Library, EntryPoint = "duckdb_table_function_set_function")]
    internal static partial void SetFunction(nint function, delegate* unmanaged<nint, nint, void> read);

    [LibraryImport(Library, EntryPoint = "duckdb_table_function_supports_projection_pushdown")]
    internal static partial void SupportProjection(nint function, [MarshalAs(UnmanagedType.U1)] bool supports);

    [LibraryImport(Library, EntryPoint = "duckdb_register_table_function")]
    internal static partial int Register(nint connection, nint function);

    [LibraryImport(Library, EntryPoint = "duckdb_bind_get_extra_info")]
    internal static partial nint BindExtraInfo(nint bind);

    [LibraryImport(Library, EntryPoint = "duckdb_bind_get_parameter")]
    internal static partial nint BindParameter(nint bind, ulong index);

    [LibraryImport(Library, EntryPoint = "duckdb_bind_get_named_parameter", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint BindNamedParameter(nint bind, string name);

    [LibraryImport(Library, EntryPoint = "duckdb_bind_add_result_column", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void BindColumn(nint bind, string name, nint type);

    [LibraryImport(Library, EntryPoint = "duckdb_bind_set_bind_data")]
    internal static partial void BindData(nint bind, nint data, delegate* unmanaged<nint, void> destroy);

    [LibraryImport(Library, EntryPoint = "duckdb_bind_set_cardinality")]
    internal static partial void BindCardinality(nint bind, ulong rows, [MarshalAs(UnmanagedType.U1)] bool isExact);

    [LibraryImport(Library, EntryPoint = "duckdb_bind_set_error", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void BindError(nint bind, string error);

    [LibraryImport(Library, EntryPoint = "duckdb_init_get_bind_data")]
    internal static partial nint InitBindData(nint init);

    [LibraryImport(Library, EntryPoint = "duckdb_init_set_init_data")]
    internal static partial void InitData(nint init, nint data, delegate* unmanaged<nint, void> destroy);

    [LibraryImport(Library, EntryPoint = "duckdb_init_get_column_count")]
    internal static partial ulong InitColumns(nint init);

    [LibraryImport(Library, EntryPoint = "duckdb_init_get_column_index")]
    internal static partial ulong InitColumn(nint init, ulong index);

    [LibraryImport(Library, EntryPoint = "duckdb_init_set_max_threads")]
    internal static partial void InitMaxThreads(nint init, ulong threads);

    [LibraryImport(Library, EntryPoint = "duckdb_init_set_error", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void InitError(nint init, string error);

    [LibraryImport(Library, EntryPoint = "duckdb_function_get_init_data")]
    internal static partial nint FunctionInitData(nint function);

    [LibraryImport(Library, EntryPoint = "duckdb_function_get_local_init_data")]
    internal static partial nint FunctionLocalData(nint function);

    [LibraryImport(Library, EntryPoint = "duckdb_function_set_error", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void FunctionError(nint function, string error);

    [LibraryImport(Library, EntryPoint = "duckdb_add_replacement_scan")]
    internal static partial void AddReplacementScan(nint database, delegate* unmanaged<nint, nint, nint, void> replace, nint data, delegate* unmanaged<nint, void> destroy);

    [LibraryImport(Library, EntryPoint = "duckdb_replacement_scan_set_function_name", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void ReplaceBy(nint scan, string function);

    [LibraryImport(Library, EntryPoint = "duckdb_replacement_scan_add_parameter")]
    internal static partial void ReplacementParameter(nint scan, nint value);
}
