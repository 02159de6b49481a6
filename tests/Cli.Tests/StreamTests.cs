using System.Globalization;
using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

/// <summary>Standard input, output and error in the states that shells and terminals give them.</summary>
[Collection(nameof(Alone))]
public partial class StreamTests
{
    /// <summary>Begins a recording whose messages go to a pseudo terminal, and waits for the first of them.</summary>
    private const string RecordAtTerminal = """
        import fcntl, os, pty, signal, struct, subprocess, sys, tempfile, termios
        folder = tempfile.TemporaryDirectory()
        capture = os.path.join(folder.name, 'a-rather-long-name-of-a-capture.tcap')
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 40, 0, 0))
        recorder = subprocess.Popen([tracecap, 'record', '-o', capture], stdin=subprocess.DEVNULL, stderr=slave)
        seen = b''
        def see(what):
            global seen
            while what not in seen:
                seen += os.read(master, 4096)
        see(b'Ctrl-C ends it')

        """;

    [Theory]
    [InlineData("tracecap replay no.tcap 2>&-", 1)]
    [InlineData("tracecap replay no.tcap 2>/dev/full", 1)]
    [InlineData("tracecap replay x --frobnicate 2>&-", 2)]
    [InlineData("tracecap info nginx.tcap 2>/dev/full", 0)]
    [InlineData("tracecap replay no.tcap 2> >(exec true)", 1)]
    public void Messages_that_nobody_can_read_change_nothing(string line, int code) => Assert.Equal(code, Shell.Run(line).Code);

    [Fact]
    public void What_is_closed_is_not_replaced_by_a_file_that_is_written()
    {
        var folder = Directory.CreateTempSubdirectory("tracecap").FullName;
        var path = Path.Combine(folder, "x.tcap");
        Assert.Equal(0, Shell.Run($"tracecap cut nginx.tcap -o {path} --comm curl <&- >&- 2>&-").Code);
        Assert.Equal(0, Tracecap.Run("verify", path).Code);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Closed_standard_output_is_told()
    {
        var result = Shell.Run("tracecap replay nginx.tcap >&-");
        Assert.Equal((1, "tracecap: standard output is closed: there is nowhere to write to\n"), (result.Code, result.Error));
    }

    [Fact]
    public void A_name_of_a_file_does_nothing_to_a_terminal()
    {
        var result = Tracecap.Run("replay", "a\u001b[31m\nb");
        Assert.Equal("tracecap: a\\u001b[31m\\u000ab: no such file\n", result.Error);
    }

    [Fact]
    public void A_terminal_sees_no_escape_of_the_runtime()
    {
        var result = Shell.Python("""
            import os, pty, sys
            seen = bytearray()
            def read(fd):
                data = os.read(fd, 4096)
                seen.extend(data)
                return data
            code = pty.spawn(['/bin/sh', '-c', tracecap + ' replay no.tcap; ' + tracecap + ' info ' + traffic], read, lambda fd: b'')
            sys.exit(1 if b'\x1b' in seen or b'no such file' not in seen or b'chunks' not in seen else 0)
            """);
        Assert.True(result.Code == 0, result.Text + result.Error);
    }

    [Fact]
    public void The_status_line_fits_the_terminal()
    {
        LiveRecorder.SkipUnlessAllowed();
        var result = Shell.Python(RecordAtTerminal + """
            see(b'\x1b[K')
            while seen.count(b'\x1b[K') < 3: seen += os.read(master, 4096)
            lines = seen.split(b'\x1b[K')[1:3]
            recorder.send_signal(signal.SIGINT)
            code = recorder.wait()
            assert code == 0, code
            for line in lines: assert line.startswith(b'a-rather-long') and len(line.strip(b'\r')) < 40, line
            """);
        Assert.True(result.Code == 0, result.Error);
    }

    [Fact]
    public void A_terminal_that_was_stopped_stops_no_recording()
    {
        LiveRecorder.SkipUnlessAllowed();
        var result = Shell.Python(RecordAtTerminal + """
            termios.tcflow(slave, termios.TCOOFF)
            import socket
            size = -1
            server = socket.create_server(('127.0.0.1', 0))
            for second in range(4):
                while os.path.getsize(capture) <= size:
                    client = socket.create_connection(server.getsockname()); server.accept()[0].close(); client.close()
                size = os.path.getsize(capture)
            recorder.send_signal(signal.SIGTERM)
            assert recorder.wait() == 0
            """);
        Assert.True(result.Code == 0, result.Error);
    }

    [Theory]
    [InlineData("record', '-o', '-', '--buffer', '4K")]
    [InlineData("trace', '-t', '--all', '--buffer', '4K")]
    public void A_reader_that_stopped_reading_does_not_keep_it_from_ending(string command)
    {
        LiveRecorder.SkipUnlessAllowed();
        var result = EndUnread($$"""
            command = ['{{command}}']
            recorder = subprocess.Popen([tracecap, *command, '-p', str(os.getpid())], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            reader = recorder.stdout
            """);
        Assert.True(result.Code == 0, result.Error);
        Assert.Matches(@"standard output was not read for 2 s after the stop; the last [\d,]+ bytes are not complete", result.Text);
        if (command.StartsWith("record", StringComparison.Ordinal))
        {
            AssertAccount(result.Text);
        }
        else
        {
            Assert.Matches(@"; of [\d,]+ events, LOST [\d,]+ \(ring full [\d,]+\)", result.Text);
        }
    }

    [Fact]
    public void A_reader_of_a_named_pipe_that_stopped_reading_does_not_keep_it_from_ending()
    {
        LiveRecorder.SkipUnlessAllowed();
        var result = EndUnread("""
            command = ['record']
            folder = tempfile.TemporaryDirectory()
            pipe = os.path.join(folder.name, 'pipe')
            os.mkfifo(pipe)
            recorder = subprocess.Popen([tracecap, 'record', '-o', pipe, '--buffer', '4K', '-p', str(os.getpid())], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
            reader = os.open(pipe, os.O_RDONLY)
            """);
        Assert.True(result.Code == 0, result.Error);
        Assert.Matches(@"/pipe was not read for 2 s after the stop; the last [\d,]+ bytes are not complete", result.Text);
        AssertAccount(result.Text);
    }

    /// <summary>Ends a recorder whose reader has stopped reading; prints how many events it was to have seen, and what it said.</summary>
    /// <param name="begin">Python that begins it: sets <c>command</c>, <c>recorder</c> and <c>reader</c>.</param>
    private static Tracecap.Result EndUnread(string begin) => Shell.Python($$"""
        import fcntl, os, signal, socket, struct, subprocess, tempfile, termios
        {{begin}}
        fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
        server = socket.create_server(('127.0.0.1', 0))
        while command[0] == 'record' and b'recording to' not in recorder.stderr.readline(): pass
        def held(): return struct.unpack('i', fcntl.ioctl(reader, termios.FIONREAD, bytes(4)))[0]
        before = -1
        made = 0
        # A pipe is full before its last byte: it is once so many events no longer make it fuller.
        while before <= 0 or held() > before:
            before = held()
            for _ in range(3000):
                client = socket.create_connection(server.getsockname()); server.accept()[0].close(); client.close()
                made += 1
        recorder.send_signal(signal.SIGTERM)
        assert recorder.wait() == 1
        print(6 * made)
        print(recorder.stderr.read().decode())
        """);

    [Theory]
    [InlineData("replay', '-t")]
    [InlineData("cut', '-o', '-")]
    [InlineData("verify")]
    public void An_interrupt_of_a_pipeline_lets_the_reader_read_to_the_end(string command)
    {
        var result = Shell.Python($$"""
            import fcntl, signal, subprocess, tempfile
            output = tempfile.TemporaryFile()
            reader = subprocess.Popen([tracecap, '{{command}}', '-'], stdin=subprocess.PIPE, stdout=output)
            capture = open('nginx.tcap', 'rb').read()
            # The pipe holds less than it is given: once it has taken all, the reader reads.
            fcntl.fcntl(reader.stdin, fcntl.F_SETPIPE_SZ, 4096)
            reader.stdin.write(capture[:len(capture) - 100]); reader.stdin.flush()
            reader.send_signal(signal.SIGINT)
            while int(open(f'/proc/{reader.pid}/status').read().split('ShdPnd:')[1].split()[0], 16): pass
            reader.stdin.write(capture[len(capture) - 100:]); reader.stdin.close()
            assert reader.wait() == 0, reader.returncode
            output.seek(0)
            out = output.read()
            whole = subprocess.run([tracecap, '{{command}}', '-'], input=capture, stdout=subprocess.PIPE).stdout
            assert len(out) == len(whole), (len(out), len(whole))
            """);
        Assert.True(result.Code == 0, result.Error);
    }

    [Fact]
    public void A_second_interrupt_ends_the_reader_of_a_pipe()
    {
        var result = Shell.Python("""
            import signal, subprocess, sys
            reader = subprocess.Popen([tracecap, 'replay', '-'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            capture = open('nginx.tcap', 'rb').read()
            reader.stdin.write(capture[:5000]); reader.stdin.flush()
            reader.stdout.readline()
            while reader.poll() is None: reader.send_signal(signal.SIGINT)
            assert reader.returncode in (-signal.SIGINT, 128 + signal.SIGINT), reader.returncode
            """);
        Assert.True(result.Code == 0, result.Error);
    }

    [Fact]
    public void An_interrupt_of_recorder_and_replay_together_prints_the_last_rows()
    {
        LiveRecorder.SkipUnlessAllowed();
        var result = Shell.Python("""
            import os, signal, socket, subprocess
            recorder = subprocess.Popen([tracecap, 'record', '-o', '-', '-p', str(os.getpid())], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            replay = subprocess.Popen([tracecap, 'replay', '-'], stdin=recorder.stdout, stdout=subprocess.PIPE)
            recorder.stdout.close()
            replay.stdout.readline()
            assert b'recording' in recorder.stderr.readline()
            server = socket.create_server(('127.0.0.1', 0))
            client = socket.create_connection(server.getsockname()); server.accept()[0].close(); client.close()
            for process in (replay, recorder): process.send_signal(signal.SIGINT)
            rows = replay.stdout.read().decode().split('\n')[1:-1]
            assert ''.join(sorted(row[0] for row in rows)) == 'ACXX', rows
            assert (recorder.wait(), replay.wait()) == (0, 0)
            """);
        Assert.True(result.Code == 0, result.Error);
    }

    [Theory]
    [InlineData("tracecap replay - <&-", "tracecap: standard input is closed; give a FILE, or pipe a capture in\n")]
    [InlineData("tracecap replay - </dev/urandom", "tracecap: standard input is a device, not a capture; give a FILE, or pipe one in\n")]
    public void Standard_input_that_can_be_no_capture_is_refused(string line, string message)
    {
        var result = Shell.Run(line);
        Assert.Equal((2, message), (result.Code, result.Error));
    }

    /// <summary>Of all events that were made, each was written or lost, in the ring or here.</summary>
    private static void AssertAccount(string text)
    {
        var told = Told().Match(text);
        Assert.True(told.Success, text);
        ulong Number(string name) => ulong.Parse(told.Groups[name].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        Assert.Equal(Number("made"), Number("all"));
        Assert.Equal(Number("all"), Number("written") + Number("lost"));
        Assert.Equal(Number("lost"), Number("ring") + Number("dropped"));
    }

    [GeneratedRegex(@"^(?<made>\d+)\n(.|\n)*; of (?<all>[\d,]+) events, (?<written>[\d,]+) were written before and can be read; LOST (?<lost>[\d,]+) \(ring full (?<ring>[\d,]+), dropped (?<dropped>[\d,]+)\)")]
    private static partial Regex Told();
}
