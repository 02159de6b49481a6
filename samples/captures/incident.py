#!/usr/bin/env python3
"""Twenty seconds of a small shop, with an incident: what incident.tcap was recorded of.

incident.py serve    the services, in the network namespace that is entered before: a database (5432) that is down from the
                     eighth second to the thirteenth, a store (9000), and a search (9200) whose accept queue is full
incident.py use GROUP   the clients; each enters a cgroup below GROUP first, which gives it a unit or a container
"""
import ctypes
import os
import socket
import sys
import threading
import time

HOST = "10.77.0.2"
DOWN, UP, END = 8.0, 13.0, 20.0
CONTAINER = "7d1c5b0ea4f29c3387ab46efc0d1925e6f3b8a7041c2d95e8f60b1a3c47d92e5"


def name_thread(name):
    ctypes.CDLL(None).prctl(15, name.encode(), 0, 0, 0)


def every(seconds, until, begin):
    """The times at which something is done, whatever that takes."""
    number = 0
    while (due := number * seconds) < until:
        time.sleep(max(0, begin + due - time.monotonic()))
        yield due
        number += 1


def answer(connection):
    try:
        with connection:
            while data := connection.recv(65536):
                connection.sendall(data[:64])
    except OSError:
        pass


def serve_port(port, stop=None):
    listener = socket.create_server((HOST, port), backlog=64)
    listener.settimeout(0.05)
    served = []
    while stop is None or not stop.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        served.append(connection)
        threading.Thread(target=answer, args=(connection,), daemon=True).start()
    listener.close()
    for connection in served:
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve():
    stop = threading.Event()
    threading.Thread(target=serve_port, args=(9000,), daemon=True).start()
    # Nobody accepts: the queue has room for two, and then the SYN of each client is dropped.
    search = socket.create_server((HOST, 9200), backlog=1)
    database = threading.Thread(target=serve_port, args=(5432, stop))
    database.start()
    print("serving", flush=True)
    begin = time.monotonic()
    sys.stdin.readline()
    begin = time.monotonic()
    time.sleep(max(0, begin + DOWN - time.monotonic()))
    stop.set()
    database.join()
    # The search gets on for a moment, so that those who waited are served late and not never.
    search.settimeout(0.05)
    while time.monotonic() < begin + UP:
        try:
            answered, _ = search.accept()
            answered.close()
        except TimeoutError:
            pass
    threading.Thread(target=serve_port, args=(5432,), daemon=True).start()
    sys.stdin.readline()


def once(port, size=32, hold=0.0):
    try:
        with socket.create_connection((HOST, port), timeout=6) as connection:
            connection.sendall(b"x" * size)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
            time.sleep(hold)
    except OSError:
        pass


def web(begin):
    """A pool of four connections; when one is refused it tries again at once, ten times a second."""
    def keep(place):
        connection = None
        for _ in every(0.1, END, begin):
            try:
                connection = connection or socket.create_connection((HOST, 5432), timeout=1)
                connection.sendall(b"select 1")
                if not connection.recv(64):
                    raise OSError
            except OSError:
                if connection:
                    connection.close()
                connection = None
    pool = [threading.Thread(target=keep, args=(place,)) for place in range(4)]
    for one in pool:
        one.start()
    for one in pool:
        one.join()


def worker(begin):
    """A connection for each job."""
    for due in every(0.05, END, begin):
        once(5432, hold=0.002 + 0.003 * ((due * 20) % 7))


def mailer(begin):
    """Restarted again and again, since nobody listens."""
    for _ in every(0.5, END, begin):
        once(25)


def backup(begin):
    """Two large transfers, and some small ones."""
    for due in every(2.0, END, begin):
        once(9000, size=4 << 20 if due in (4.0, 14.0) else 20_000)


def finder(begin):
    """Asks the search, which does not accept."""
    for due in every(1.0, 6.0, begin):
        threading.Thread(target=once, args=(9200,), daemon=True).start()
    time.sleep(max(0, begin + END - time.monotonic()))


def use(group):
    begin = time.monotonic()
    clients = [(web, "web.service"), (worker, f"docker-{CONTAINER}.scope"), (mailer, "mailer.service"), (backup, "backup.service"), (finder, "web.service")]
    children = []
    for client, below in clients:
        if (pid := os.fork()) == 0:
            folder = os.path.join(group, below)
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, "cgroup.procs"), "w", encoding="ascii") as procs:
                procs.write(str(os.getpid()))
            name_thread(client.__name__)
            client(begin)
            os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        use(sys.argv[2])
