"""Makes handshake.pcapng and reset.pcapng: real connections over loopback in a network namespace of their own, as dumpcap saw them."""
import os, socket, struct, subprocess, sys, time

def lo_up():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)

def capture(name, traffic):
    dump = subprocess.Popen(["dumpcap", "-q", "-i", "lo", "-w", name, "-f", "tcp"], stderr=subprocess.PIPE, text=True)
    for line in dump.stderr:
        if line.startswith("File:"):
            break
    traffic()
    # dumpcap has what the kernel has shown it once it has seen this.
    while True:
        time.sleep(0.2)
        count = subprocess.run(["tshark", "-r", name, "-Y", "tcp.port == 1", "-T", "fields", "-e", "tcp.port"], capture_output=True, text=True).stdout.split()
        if len(count) >= 2:
            break
        try:
            socket.create_connection(("127.0.0.1", 1), 1)
        except OSError:
            pass
    dump.terminate()
    dump.wait()
    kept = name + ".kept"
    subprocess.run(["tshark", "-r", name, "-Y", "tcp.port != 1", "-w", kept], check=True, stderr=subprocess.DEVNULL)
    os.replace(kept, name)

def serve(family, address, port):
    s = socket.socket(family)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((address, port)); s.listen()
    return s

def handshake():
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        s = serve(family, address, 8080)
        c = socket.socket(family); c.bind((address, 40001)); c.connect((address, 8080))
        a, _ = s.accept()
        c.sendall(b"x" * 3000); assert len(a.recv(3000, socket.MSG_WAITALL)) == 3000
        a.sendall(b"y" * 500); assert len(c.recv(500, socket.MSG_WAITALL)) == 500
        c.close(); assert a.recv(1) == b""; a.close(); s.close(); time.sleep(0.1)

def reset():
    s = serve(socket.AF_INET, "127.0.0.1", 8081)
    # The server resets.
    c = socket.socket(); c.bind(("127.0.0.1", 40002)); c.connect(("127.0.0.1", 8081)); a, _ = s.accept()
    c.sendall(b"hello"); time.sleep(0.05)
    a.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); a.close(); time.sleep(0.05); c.close()
    # The client does.
    c = socket.socket(); c.bind(("127.0.0.1", 40003)); c.connect(("127.0.0.1", 8081)); a, _ = s.accept()
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); c.close(); time.sleep(0.05); a.close()
    # Nobody listens.
    c = socket.socket(); c.bind(("127.0.0.1", 40004))
    try: c.connect(("127.0.0.1", 8082))
    except ConnectionRefusedError: pass
    s.close()

lo_up()
capture("handshake.pcapng", handshake)
capture("reset.pcapng", reset)
