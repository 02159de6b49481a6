@rem Runs tracecap by the .NET that is installed.
@dotnet "%~dp0tracecap.dll" %*
