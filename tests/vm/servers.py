#!/usr/bin/python3
"""servers.py - what real servers and clients do: nginx, Python's http.server and redis; curl, wrk and redis-benchmark

Run as root.  Ports are 21000 and up.  Whoever is not installed, or unpacked by vmtools, is left out.
"""
import contextlib, os, shutil, socket, subprocess, sys, tempfile, time

TOOLS = os.path.dirname(os.path.realpath(__file__)) + "/tools/usr/"
ENVIRONMENT = dict(os.environ, PATH=os.environ["PATH"] + ":" + TOOLS + "bin",
                   LD_LIBRARY_PATH=TOOLS + "lib/x86_64-linux-gnu")
NGINX = """daemon off; user root; worker_processes 2; pid nginx.pid; error_log stderr;
events {} http { access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
uwsgi_temp_path uwsgi; scgi_temp_path scgi;
server { listen 127.0.0.1:21000 reuseport; listen [::1]:21000; root .; location /behind { proxy_pass http://127.0.0.1:21001/; } } }
"""


def is_there(program):
    return shutil.which(program, path=ENVIRONMENT["PATH"])


def run(*command):
    subprocess.run(command, check=True, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def server(address, port, *command):
    """A program, from when it answers until it has ended."""
    process = subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while True:
        assert process.poll() is None, command
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as s:
            if not s.connect_ex((address, port)):
                break
        time.sleep(0.05)
    yield
    process.terminate()
    process.wait()


def curl(*urls):
    run("curl", "-sS", "--fail", *[argument for url in urls for argument in ("-o", "/dev/null", url)])


def web():
    for name, size in ("byte", 1), ("page", 20_000), ("picture", 3_000_000):
        with open(name, "wb") as f:
            f.write(b"x" * size)
    with open("nginx.conf", "w") as f:
        f.write(NGINX)
    with server("127.0.0.1", 21001, sys.executable, "-m", "http.server", "-b", "127.0.0.1", "21001"), \
            server("127.0.0.1", 21000, "nginx", "-p", os.getcwd(), "-c", os.getcwd() + "/nginx.conf"):
        for origin in "http://127.0.0.1:21000", "http://[::1]:21000", "http://127.0.0.1:21001":
            curl(origin + "/byte")
            curl(origin + "/page", origin + "/picture")
        curl("http://localhost:21000/behind")
        run("curl", "-s", "-T", "page", "-o", "/dev/null", "http://127.0.0.1:21000/byte")
        for headers in [], ["-H", "Connection: close"]:
            run("wrk", "-t2", "-c8", "-d1s", *headers, "http://127.0.0.1:21000/page")


def redis():
    with server("127.0.0.1", 21002, "redis-server", "--port", "21002", "--bind", "127.0.0.1", "--save", ""):
        run("redis-cli", "-p", "21002", "set", "key", "value" * 1000)
        run("redis-benchmark", "-p", "21002", "-n", "500", "-c", "10", "-q", "-t", "set,get")
        run("redis-benchmark", "-p", "21002", "-n", "50", "-c", "5", "-k", "0", "-q", "-t", "get")
        run("redis-cli", "-p", "21002", "shutdown", "nosave")


os.chdir(tempfile.mkdtemp())
if all(map(is_there, ["nginx", "curl", "wrk"])):
    web()
if is_there("redis-server"):
    redis()
