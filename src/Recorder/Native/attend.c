/*
 * A process beside the recorder that keeps the few rights that it gives up: to send signals to the command, which may be
 * another user's, and to remove the command's cgroup once it is empty, which may be after the recorder has ended, however it
 * did. And how signals that the recorder gets come to it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native.h"

#define CAP_DAC_OVERRIDE 1
#define CAP_KILL 5

enum { ORDERS, ANSWERS, EVENTS, KEPT };

struct entry {
	unsigned long long inode;
	long long offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

/* Whether a process is in the cgroup, or below it; cgroup.events is open as EVENTS. */
static bool is_populated(void)
{
	char text[256];
	ssize_t length = pread(EVENTS, text, sizeof(text) - 1, 0);

	if (length <= 0)
		return false;
	text[length] = 0;
	return strstr(text, "populated 1");
}

/* Removes the cgroup with those below it that the command has made and left empty. */
static int remove_below(int folder, const char *name, int depth)
{
	char entries[1024] __attribute__((aligned(8)));
	int below, error;
	long length, at;

	error = unlinkat(folder, name, AT_REMOVEDIR) ? errno : 0;
	if (!error || error == ENOENT || !depth)
		return error;
	below = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below < 0)
		return errno;
	while ((length = syscall(SYS_getdents64, below, entries, sizeof(entries))) > 0) {
		for (at = 0; at < length;) {
			struct entry *one = (struct entry *)(entries + at);

			if (one->type == DT_DIR && strcmp(one->name, ".") && strcmp(one->name, ".."))
				remove_below(below, one->name, depth - 1);
			at += one->length;
		}
	}
	close(below);
	return unlinkat(folder, name, AT_REMOVEDIR) ? errno : 0;
}

static _Noreturn void attend(int command, const char *folder)
{
	struct pollfd waiting = { .fd = EVENTS, .events = POLLPRI };
	unsigned char order;
	ssize_t written;

	while (read(ORDERS, &order, 1) == 1)
		kill(command, order);
	/* The recorder has ended. */
	if (is_populated()) {
		order = 1;
		written = write(ANSWERS, &order, 1);
		(void)written;
		close(ANSWERS);
		while (is_populated())
			poll(&waiting, 1, -1);
	}
	remove_below(AT_FDCWD, folder, 32);
	_exit(0);
}

int tracecap_attend(int command, const char *folder, int events, struct tracecap_attendant *attendant)
{
	int orders[2], answers[2], kept[KEPT], i;
	sigset_t all, before;
	pid_t pid;

	if (pipe2(orders, O_CLOEXEC))
		return -1;
	if (pipe2(answers, O_CLOEXEC)) {
		close(orders[0]);
		close(orders[1]);
		return -1;
	}
	/* What the recorder may not be held up by. */
	fcntl(orders[1], F_SETFL, O_NONBLOCK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (!pid) {
		/* No signal but SIGKILL reaches it, and none of those to the recorder's group. */
		setsid();
		kept[ORDERS] = fcntl(orders[0], F_DUPFD, KEPT);
		kept[ANSWERS] = fcntl(answers[1], F_DUPFD, KEPT);
		kept[EVENTS] = fcntl(events, F_DUPFD, KEPT);
		for (i = 0; i < KEPT; i++)
			dup2(kept[i], i);
		syscall(SYS_close_range, KEPT, ~0u, 0);
		if (chdir("/"))
			_exit(1);
		tracecap_relinquish_here(1ull << CAP_KILL | 1ull << CAP_DAC_OVERRIDE);
		attend(command, folder);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(orders[0]);
	close(answers[1]);
	if (pid < 0) {
		close(orders[1]);
		close(answers[0]);
		return -1;
	}
	attendant->orders = orders[1];
	attendant->answers = answers[0];
	return 0;
}

static volatile int notes_to, orders_to, command_pid;
static volatile bool has_stopped_command;

/*
 * What a terminal sends, it sends to the whole group, so the command has it already; what the command sends to its group as
 * well. Shells have the whole group go on; so the command is sent SIGCONT only after a stop that it was sent: one that came
 * late would undo the next stop. A stop is as it would be without a handler: not if the group is orphaned, since nobody could
 * have it go on.
 */
static void relay(int signal_number, siginfo_t *info, void *context)
{
	struct tracecap_note note = { .signal = signal_number, .of_terminal = info->si_code == SI_KERNEL };
	struct sigaction usual = { .sa_handler = SIG_DFL }, own;
	bool is_sent_on = !note.of_terminal && info->si_pid != command_pid && (signal_number != SIGCONT || has_stopped_command);
	int error = errno;
	ssize_t written;

	(void)context;
	if (signal_number == SIGTSTP || signal_number == SIGCONT)
		has_stopped_command = signal_number == SIGTSTP && is_sent_on;
	written = write(notes_to, &note, sizeof(note));
	if (is_sent_on)
		written = write(orders_to, &note.signal, 1);
	(void)written;
	if (signal_number == SIGTSTP) {
		sigaction(SIGTSTP, &usual, &own);
		raise(SIGTSTP);
		sigaction(SIGTSTP, &own, NULL);
	}
	errno = error;
}

int tracecap_relay(const unsigned char *signals, int count, int command, int orders, int *notes)
{
	struct sigaction action = { .sa_sigaction = relay, .sa_flags = SA_SIGINFO | SA_RESTART | SA_NODEFER }, before;
	int both[2], i;

	if (pipe2(both, O_CLOEXEC | O_NONBLOCK))
		return -1;
	notes_to = both[1];
	orders_to = orders;
	command_pid = command;
	sigfillset(&action.sa_mask);
	sigdelset(&action.sa_mask, SIGTSTP);
	for (i = 0; i < count; i++) {
		/* One that ignores stops goes on ignoring them. */
		if (signals[i] == SIGTSTP && !sigaction(SIGTSTP, NULL, &before) && before.sa_handler == SIG_IGN)
			continue;
		sigaction(signals[i], &action, NULL);
	}
	*notes = both[0];
	return 0;
}
