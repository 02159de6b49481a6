#!/usr/bin/python3
"""kernel_sockets.py [CASE ...] - connections whose sockets no process holds: nvme, cifs

Run as root where the kernel may be changed (inside vmrun, with the modules named below). Without a name, all cases whose
modules are there. All is on loopback, and on the ports that the protocols have.
"""
import contextlib, ctypes, errno, os, socket, sys, threading

libc = ctypes.CDLL(None, use_errno=True)
CASES = {}


def case(*modules):
    def add(function):
        CASES[function.__name__] = modules, function
        return function
    return add


def write(path, text):
    with open(path, "w") as f:
        f.write(text + "\n")


def mount(kind, where, source="none", options=""):
    os.makedirs(where, exist_ok=True)
    if libc.mount(source.encode(), where.encode(), kind.encode(), 0, options.encode()):
        return errno.errorcode[ctypes.get_errno()]


@case("nvmet_tcp", "nvme_tcp")
def nvme():
    """A target and a host of NVMe over TCP: connect, accept and close are all of the kernel."""
    if not os.path.isdir("/sys/kernel/config/nvmet"):
        assert not mount("configfs", "/sys/kernel/config")
    nvmet = "/sys/kernel/config/nvmet"
    subsystem, port = nvmet + "/subsystems/test", nvmet + "/ports/1"
    os.mkdir(subsystem); write(subsystem + "/attr_allow_any_host", "1")
    os.mkdir(port)
    for name, value in ("trtype", "tcp"), ("adrfam", "ipv4"), ("traddr", "127.0.0.1"), ("trsvcid", "4420"):
        write(port + "/addr_" + name, value)
    os.symlink(subsystem, port + "/subsystems/test")
    fabrics = os.open("/dev/nvme-fabrics", os.O_RDWR)
    os.write(fabrics, b"transport=tcp,traddr=127.0.0.1,trsvcid=4420,nqn=test,nr_io_queues=2")
    controller = os.read(fabrics, 100).decode().split(",")[0].replace("instance=", "nvme")
    os.close(fabrics)
    write("/sys/class/nvme/%s/delete_controller" % controller, "1")
    os.unlink(port + "/subsystems/test"); os.rmdir(port); os.rmdir(subsystem)


@case("cifs")
def cifs():
    """A client whose server closes at once: the mount fails."""
    with socket.socket() as l:
        l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        l.bind(("127.0.0.1", 445)); l.listen()

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    l.accept()[0].close()

        threading.Thread(target=serve, daemon=True).start()
        mount("cifs", "/run/cifs", r"\\127.0.0.1\nothing", r"ip=127.0.0.1,unc=\\127.0.0.1\nothing,user=nobody,pass=x,vers=3.0")
        l.shutdown(socket.SHUT_RDWR)


def possible():
    """The cases whose modules are there."""
    return [name for name, (modules, _) in CASES.items() if all(os.path.isdir("/sys/module/" + module) for module in modules)]


if __name__ == "__main__":
    for name in sys.argv[1:] or possible():
        libc.prctl(15, name.encode(), 0, 0, 0)
        CASES[name][1]()
