#!/usr/bin/python3
"""ends.py - connections that end in every way that TCP knows, one after another

As root; in a network namespace of its own, so that nothing else is there, and a link can be cut.
Each is a connection to a port of its own, in the order of `ways`: from 20001.
"""
import ctypes, errno, os, select, socket, struct, subprocess

CLONE_NEWNET = 0x40000000
FIRST = 20001
DATA = b"x" * 4000


def link(state):
    subprocess.run(["ip", "link", "set", "lo", state], check=True)


def pair(port):
    listener = socket.create_server(("127.0.0.1", port))
    client = socket.create_connection(("127.0.0.1", port))
    server = listener.accept()[0]
    listener.close()
    return client, server


def reset_on_close(end):
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def await_end(end):
    """Until the peer has closed, or reset it."""
    try:
        while end.recv(1 << 16):
            pass
    except ConnectionResetError:
        pass


def client_first(port):
    client, server = pair(port)
    client.sendall(DATA)
    client.close()
    await_end(server)
    server.close()


def server_first(port):
    client, server = pair(port)
    server.sendall(DATA)
    server.close()
    await_end(client)
    client.close()


def half_closed(port):
    """The client says that it has no more to send; the server still answers."""
    client, server = pair(port)
    client.sendall(DATA)
    client.shutdown(socket.SHUT_WR)
    await_end(server)
    server.sendall(2 * DATA)
    server.close()
    await_end(client)
    client.close()


def still_sending(port):
    """The server closes what it has written before the client reads any of it."""
    client, server = pair(port)
    server.setblocking(False)
    try:
        while True:
            server.send(DATA)
    except BlockingIOError:
        server.close()
    await_end(client)
    client.close()


def reset_by_client(port):
    client, server = pair(port)
    reset_on_close(client)
    client.close()
    await_end(server)
    server.close()


def unread(port):
    """A server that closes with data that it has not read resets the connection."""
    client, server = pair(port)
    client.sendall(DATA)
    select.select([server], [], [])
    server.close()
    await_end(client)
    client.close()


def reset_before_accept(port):
    listener = socket.create_server(("127.0.0.1", port))
    client = socket.create_connection(("127.0.0.1", port))
    reset_on_close(client)
    client.close()
    server = listener.accept()[0]
    server.close()
    listener.close()


def never_accepted(port):
    listener = socket.create_server(("127.0.0.1", port))
    client = socket.create_connection(("127.0.0.1", port))
    listener.close()
    await_end(client)
    client.close()


def refused(port):
    try:
        socket.create_connection(("127.0.0.1", port))
    except ConnectionRefusedError:
        pass


def killed(port):
    """An administrator ends it at the client."""
    client, server = pair(port)
    subprocess.run(["ss", "-K", "state", "established", "dport", "=", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    client.close()
    server.close()


def cut(port):
    """Neither hears of the other any more, and waits for 200 ms."""
    client, server = pair(port)
    for end in client, server:
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 200)
    link("down")
    for end in client, server:
        end.sendall(DATA)
    for end in client, server:
        try:
            end.recv(1)
        except OSError as error:
            assert error.errno in (errno.ETIMEDOUT, errno.ENETUNREACH, errno.EHOSTUNREACH), error
        end.close()


ways = [client_first, server_first, half_closed, still_sending, reset_by_client, unread, reset_before_accept, never_accepted, refused, killed, cut]

if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
    raise OSError(ctypes.get_errno(), "unshare")
link("up")
for number, way in enumerate(ways):
    way(FIRST + number)
