/*
 * load connections COUNT [PER_SECOND] - connections between two processes on loopback
 * load calls COUNT                    - system calls that do next to nothing
 *
 * Prints what it took as one JSON object. Without PER_SECOND the connections
 * follow each other as fast as it goes.
 *
 * A connection is connected, accepted, closed by the server, and closed by the
 * client once it has seen that: four events, in tcptracer as well. The client
 * ends it by a reset, so that no port is left waiting. A few at a time are under
 * way, as on a host that is busy.
 */
#define _GNU_SOURCE /* accept4 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AT_A_TIME 16
#define NANOSECONDS 1000000000L

static long nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NANOSECONDS + now.tv_nsec;
}

static void wait_until(long time)
{
	struct timespec until = { .tv_sec = time / NANOSECONDS, .tv_nsec = time % NANOSECONDS };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static double processor_seconds(int who)
{
	struct rusage usage;

	getrusage(who, &usage);
	return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int listen_on_loopback(struct sockaddr_in *address)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t length = sizeof(*address);

	*address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (listener < 0 || bind(listener, (struct sockaddr *)address, length) || listen(listener, 4 * AT_A_TIME))
		err(1, "listen");
	getsockname(listener, (struct sockaddr *)address, &length);
	return listener;
}

static void serve(int listener, long count)
{
	while (count--) {
		int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (connection < 0)
			err(1, "accept4");
		close(connection);
	}
}

static int open_connection(const struct sockaddr_in *address)
{
	const struct linger reset = { .l_onoff = 1 };
	int connection = socket(AF_INET, SOCK_STREAM, 0);

	if (connection < 0 || setsockopt(connection, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)))
		err(1, "socket");
	if (connect(connection, (const struct sockaddr *)address, sizeof(*address)))
		err(1, "connect");
	return connection;
}

static void visit(const struct sockaddr_in *address, long count, long per_second)
{
	long begin = nanoseconds();
	int connections[AT_A_TIME];

	for (long done = 0; done < count;) {
		int opened = 0;
		char byte;

		if (per_second)
			wait_until(begin + (long)((double)done / per_second * NANOSECONDS));
		while (opened < AT_A_TIME && done + opened < count)
			connections[opened++] = open_connection(address);
		for (int i = 0; i < opened; i++) {
			if (read(connections[i], &byte, 1) != 0)
				err(1, "read");
			close(connections[i]);
		}
		done += opened;
	}
}

static void make_connections(long count, long per_second)
{
	struct sockaddr_in address;
	int listener = listen_on_loopback(&address), status;
	long begin = nanoseconds();
	pid_t server = fork();

	if (server < 0)
		err(1, "fork");
	if (server == 0) {
		serve(listener, count);
		_exit(0);
	}
	visit(&address, count, per_second);
	if (waitpid(server, &status, 0) != server || status != 0)
		errx(1, "the server failed");
	printf("{\"port\": %d, \"seconds\": %.6f, \"processor_seconds\": %.6f}\n", ntohs(address.sin_port),
	       (nanoseconds() - begin) / 1e9, processor_seconds(RUSAGE_SELF) + processor_seconds(RUSAGE_CHILDREN));
}

static void make_calls(long count)
{
	long begin = nanoseconds();

	for (long i = 0; i < count; i++)
		syscall(SYS_getppid);
	printf("{\"seconds\": %.6f}\n", (nanoseconds() - begin) / 1e9);
}

int main(int argc, char **argv)
{
	long count = argc > 2 ? atol(argv[2]) : 0;

	if (count > 0 && !strcmp(argv[1], "connections") && argc <= 4)
		make_connections(count, argc > 3 ? atol(argv[3]) : 0);
	else if (count > 0 && !strcmp(argv[1], "calls") && argc == 3)
		make_calls(count);
	else
		errx(2, "usage: load connections COUNT [PER_SECOND] | load calls COUNT");
	return 0;
}
