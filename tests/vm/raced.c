// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * raced CONNECTIONS: accepts connections over loopback to itself, while another
 * thread closes the number of each accepted socket as soon as it can, often
 * before accept has returned.
 */
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int next_number;
static volatile int ended;

static void check(int good, const char *what)
{
	if (!good) {
		perror(what);
		exit(1);
	}
}

static void *close_next(void *unused)
{
	while (!ended)
		close(next_number);
	return unused;
}

int main(int count, char **arguments)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int connections = count > 1 ? atoi(arguments[1]) : 0;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	pthread_t closer;

	check(!bind(listener, (struct sockaddr *)&address, length) && !listen(listener, 64), "listen");
	check(!getsockname(listener, (struct sockaddr *)&address, &length), "getsockname");
	if (!fork()) {
		for (int i = 0; i < connections; i++) {
			int client = socket(AF_INET, SOCK_STREAM, 0);

			char end;

			check(!connect(client, (struct sockaddr *)&address, length), "connect");
			check(!read(client, &end, 1), "read"); /* the other end closes first */
			close(client);
		}
		return 0;
	}
	next_number = listener + 1;
	check(!pthread_create(&closer, NULL, close_next, NULL), "pthread_create");
	for (int i = 0; i < connections; i++) {
		int server = accept(listener, NULL, NULL);

		check(server >= 0, "accept");
		if (server != next_number) /* the one before had not been closed yet */
			close(server);
	}
	ended = 1;
	pthread_join(closer, NULL);
	close(next_number); /* the last one, if nobody did */
	wait(NULL);
	return 0;
}
