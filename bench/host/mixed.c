/*
 * mixed CONNECTIONS PEERS - the traffic of a busy host, on loopback
 *
 * Four clients connect to three services from PEERS addresses of 127.0.0.0/8,
 * ask for something and get up to 16 KiB. Most connections are short; some are
 * kept for a while, some until the end. Of a hundred connects two go where
 * nobody listens, and of a hundred connections five are reset.
 *
 * Every connection is connected, accepted, closed by both, and ended twice.
 */
#define _GNU_SOURCE /* accept4 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLIENTS 4
#define SERVICES 3
#define KEPT 512
#define MOST_REPLY 16384

static const char *const client_names[CLIENTS] = { "api", "batch", "crawler", "agent" };
static const char *const service_names[SERVICES] = { "web", "cache", "database" };
static uint64_t state;

/* xorshift64: the same traffic every time. */
static uint32_t some(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % below;
}

static int listen_on_loopback(struct sockaddr_in *address)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t length = sizeof(*address);

	*address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (listener < 0 || bind(listener, (struct sockaddr *)address, length) || listen(listener, 1024))
		err(1, "listen");
	getsockname(listener, (struct sockaddr *)address, &length);
	return listener;
}

static void answer(int connection)
{
	static char reply[MOST_REPLY];
	char request[256];

	if (read(connection, request, sizeof(request)) <= 0 || write(connection, reply, 1 + some(MOST_REPLY)) < 0)
		close(connection);
}

/* Until it is killed. */
static void serve(int listener, int number)
{
	struct epoll_event ready[64], wanted = { .events = EPOLLIN, .data.fd = listener };
	int poll = epoll_create1(0);

	prctl(PR_SET_NAME, service_names[number]);
	state = number + 1;
	if (poll < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, listener, &wanted))
		err(1, "epoll");
	for (;;) {
		int count = epoll_wait(poll, ready, 64, -1);

		for (int i = 0; i < count; i++) {
			if (ready[i].data.fd != listener) {
				answer(ready[i].data.fd);
				continue;
			}
			wanted.data.fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
			if (wanted.data.fd < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, wanted.data.fd, &wanted))
				err(1, "accept4");
		}
	}
}

static void part(int connection)
{
	const struct linger reset = { .l_onoff = 1 };

	if (some(100) < 5)
		setsockopt(connection, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(connection);
}

/* An open connection, or -1 if it was refused. */
static int visit(const struct sockaddr_in *service, uint32_t peers)
{
	static char reply[MOST_REPLY];
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f010000 + some(peers)) };
	int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (connection < 0 || setsockopt(connection, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on)) ||
	    bind(connection, (struct sockaddr *)&own, sizeof(own)))
		err(1, "bind");
	if (connect(connection, (const struct sockaddr *)service, sizeof(*service))) {
		close(connection);
		return -1;
	}
	if (write(connection, "?", 1) != 1 || read(connection, reply, sizeof(reply)) <= 0)
		err(1, "read");
	return connection;
}

static void visit_all(const struct sockaddr_in *services, const struct sockaddr_in *nobody, long count, uint32_t peers)
{
	int kept[KEPT], filled = 0;

	while (count--) {
		int connection = visit(some(100) < 2 ? nobody : &services[some(SERVICES)], peers);

		if (connection < 0)
			continue;
		if (filled < KEPT) {
			kept[filled++] = connection;
			continue;
		}
		/* The first eighth is never let go. */
		if (some(100) < 20) {
			int *place = &kept[KEPT / 8 + some(KEPT - KEPT / 8)], before = *place;

			*place = connection;
			connection = before;
		}
		part(connection);
	}
}

static pid_t begin(void)
{
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	return child;
}

int main(int argc, char **argv)
{
	long count = argc == 3 ? atol(argv[1]) : 0, peers = argc == 3 ? atol(argv[2]) : 0;
	struct sockaddr_in services[SERVICES], nobody;
	struct rlimit files = { .rlim_cur = 65536, .rlim_max = 65536 };
	pid_t servers[SERVICES], clients[CLIENTS];
	int listeners[SERVICES], failed = 0;

	if (count <= 0 || peers <= 0 || peers > 1 << 23)
		errx(2, "usage: mixed CONNECTIONS PEERS");
	setrlimit(RLIMIT_NOFILE, &files);
	close(listen_on_loopback(&nobody));
	for (int i = 0; i < SERVICES; i++)
		listeners[i] = listen_on_loopback(&services[i]);
	for (int i = 0; i < SERVICES; i++)
		if ((servers[i] = begin()) == 0)
			serve(listeners[i], i);
	for (int i = 0; i < CLIENTS; i++)
		if ((clients[i] = begin()) == 0) {
			prctl(PR_SET_NAME, client_names[i]);
			state = 0x9e3779b97f4a7c15 * (i + 1);
			visit_all(services, &nobody, count / CLIENTS, peers);
			_exit(0);
		}
	for (int i = 0, status; i < CLIENTS; i++)
		failed |= waitpid(clients[i], &status, 0) != clients[i] || status != 0;
	for (int i = 0; i < SERVICES; i++) {
		kill(servers[i], SIGTERM);
		waitpid(servers[i], NULL, 0);
	}
	return failed;
}
