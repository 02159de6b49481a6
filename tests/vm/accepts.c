// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * accepts WAY: one connection over loopback to itself, accepted in a way that
 * the usual functions do not take:
 *
 *   uring            io_uring, an ordinary descriptor
 *   uring_slot       io_uring, a direct descriptor in slot 2
 *   uring_any_slot   io_uring, a direct descriptor in a slot that the kernel chooses
 *   uring_multishot  io_uring, one request for this connection and one more
 *   compat           a 32-bit system call of a 64-bit process
 *   thread           another thread, by the name of acceptor
 *
 * accepts can WAY: says why this host has no such way; nothing if it has.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(int good, const char *what)
{
	if (!good) {
		perror(what);
		exit(1);
	}
}

/* --- io_uring: a ring of one entry, one operation at a time --- */

struct ring {
	int fd;
	char *rings;
	struct io_uring_params params;
	struct io_uring_sqe *entry;
};

static struct ring open_ring(void)
{
	struct ring ring = {};
	size_t size;

	ring.fd = syscall(SYS_io_uring_setup, 1, &ring.params);
	check(ring.fd >= 0 && ring.params.features & IORING_FEAT_SINGLE_MMAP, "io_uring_setup");
	size = ring.params.cq_off.cqes + ring.params.cq_entries * sizeof(struct io_uring_cqe) + 4096;
	ring.rings = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd, IORING_OFF_SQ_RING);
	ring.entry = mmap(NULL, sizeof(*ring.entry), PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd, IORING_OFF_SQES);
	check(ring.rings != MAP_FAILED && ring.entry != MAP_FAILED, "mmap");
	return ring;
}

/* Waits for the next completion, of this operation or of one that goes on. */
static int perform(struct ring *ring, const struct io_uring_sqe *operation)
{
	unsigned *tail = (unsigned *)(ring->rings + ring->params.sq_off.tail);
	unsigned *head = (unsigned *)(ring->rings + ring->params.cq_off.head);
	unsigned *mask = (unsigned *)(ring->rings + ring->params.cq_off.ring_mask);
	struct io_uring_cqe *completions = (struct io_uring_cqe *)(ring->rings + ring->params.cq_off.cqes);
	int result;

	if (operation) {
		*ring->entry = *operation;
		((unsigned *)(ring->rings + ring->params.sq_off.array))[0] = 0;
		__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	}
	check(syscall(SYS_io_uring_enter, ring->fd, !!operation, 1, IORING_ENTER_GETEVENTS, NULL, 0) == !!operation,
	      "io_uring_enter");
	result = completions[*head & *mask].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

static void accept_by_ring(int listener, unsigned file_index)
{
	struct io_uring_sqe accept = { .opcode = IORING_OP_ACCEPT, .fd = listener, .file_index = file_index };
	struct io_uring_sqe close_slot = { .opcode = IORING_OP_CLOSE };
	struct ring ring = open_ring();
	int empty[4] = { -1, -1, -1, -1 };
	int result;

	check(!syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, empty, 4), "io_uring_register");
	result = perform(&ring, &accept);
	check(result >= 0, "accept");
	if (!file_index) {
		close(result);
	} else {
		close_slot.file_index = file_index == IORING_FILE_INDEX_ALLOC ? result + 1 : file_index;
		check(!perform(&ring, &close_slot), "close");
	}
	close(ring.fd);
}

static int connect_to(const struct sockaddr_in *address)
{
	int client = socket(AF_INET, SOCK_STREAM, 0);

	check(!connect(client, (const struct sockaddr *)address, sizeof(*address)), "connect");
	return client;
}

/* The first connection waits already, the second comes while the request does. */
static void accept_by_multishot(int listener, const struct sockaddr_in *address)
{
	struct io_uring_sqe accept = {
		.opcode = IORING_OP_ACCEPT,
		.fd = listener,
		.ioprio = IORING_ACCEPT_MULTISHOT,
		.user_data = 42,
	};
	struct ring ring = open_ring();
	int first = perform(&ring, &accept);
	int client = connect_to(address);
	int second = perform(&ring, NULL);

	check(first >= 0 && second >= 0, "accept");
	close(first);
	close(second);
	close(client);
	close(ring.fd);
}

/* --- a 32-bit system call --- */

static void accept_by_compat_call(int listener)
{
#ifdef __x86_64__
	enum { SOCKETCALL = 102, ACCEPT = 5 };
	/* The arguments lie where 32 bits reach. */
	unsigned *arguments = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long result;

	check(arguments != MAP_FAILED, "mmap");
	arguments[0] = listener;
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(SOCKETCALL), "b"(ACCEPT), "c"(arguments) : "memory", "r8", "r9", "r10", "r11");
	check(result >= 0, "socketcall");
	close(result);
#else
	check(0, "no 32-bit system calls here");
#endif
}

/* Also where the kernel has 32-bit calls, a hypervisor may answer the interrupt with a fault: so a child tries. */
static void tell_why_no_compat_call(void)
{
#ifdef __x86_64__
	enum { GETPID = 20 };
	long result = 0;
	int status;
	pid_t child = fork();

	check(child >= 0, "fork");
	if (!child) {
		__asm__ volatile("int $0x80" : "=a"(result) : "a"(GETPID) : "memory", "r8", "r9", "r10", "r11");
		_exit(result != getpid());
	}
	check(waitpid(child, &status, 0) == child, "waitpid");
	if (WIFSIGNALED(status))
		printf("int 0x80 ends in %s here", strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		printf("the kernel has no 32-bit system calls");
#else
	printf("there are no 32-bit system calls on this processor");
#endif
}

static void tell_why_no_ring(void)
{
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 1, &params);

	if (ring < 0)
		printf("io_uring_setup: %s", strerror(errno));
	else if (!(params.features & IORING_FEAT_SINGLE_MMAP))
		printf("io_uring is that of an older kernel");
	close(ring);
}

/* --- another thread --- */

static void *accept_in_thread(void *listener)
{
	pthread_setname_np(pthread_self(), "acceptor");
	close(accept(*(int *)listener, NULL, NULL));
	return NULL;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0), client;
	const char *way = argc == 2 ? argv[1] : "";
	pthread_t thread;

	if (argc == 3 && !strcmp(argv[1], "can")) {
		if (!strcmp(argv[2], "compat"))
			tell_why_no_compat_call();
		else if (!strncmp(argv[2], "uring", strlen("uring")))
			tell_why_no_ring();
		return 0;
	}

	check(!bind(listener, (struct sockaddr *)&address, length) && !listen(listener, 1), "listen");
	getsockname(listener, (struct sockaddr *)&address, &length);
	client = connect_to(&address);

	if (!strcmp(way, "uring")) {
		accept_by_ring(listener, 0);
	} else if (!strcmp(way, "uring_slot")) {
		accept_by_ring(listener, 3);
	} else if (!strcmp(way, "uring_any_slot")) {
		accept_by_ring(listener, IORING_FILE_INDEX_ALLOC);
	} else if (!strcmp(way, "uring_multishot")) {
		accept_by_multishot(listener, &address);
	} else if (!strcmp(way, "compat")) {
		accept_by_compat_call(listener);
	} else if (!strcmp(way, "thread")) {
		check(!pthread_create(&thread, NULL, accept_in_thread, &listener), "pthread_create");
		pthread_join(thread, NULL);
	} else {
		fprintf(stderr, "usage: accepts [can] uring|uring_slot|uring_any_slot|uring_multishot|compat|thread\n");
		return 2;
	}
	close(client);
	return 0;
}
