/*
 * The recorder's own C: what no managed code may do, because it runs in a signal handler, or between fork and exec, where
 * there is one thread, which may take no lock and allocate nothing. Calls that can fail give -1 and errno.
 */
#ifndef TRACECAP_NATIVE_H
#define TRACECAP_NATIVE_H

/* Has a thread give up all capabilities but those of the mask. */
int tracecap_relinquish(int thread, unsigned long long keep);

/* Has the calling thread do so. */
void tracecap_relinquish_here(unsigned long long keep);

/* A command to start. Texts stand one after another, each with a NUL at its end. */
struct tracecap_launch {
	const char *arguments;
	const char *variables; /* NAME=VALUE, in the place of those of this process */
	const char *user;      /* whose groups it has; NULL: those of this process */
	int argument_count;
	int variable_count;
	unsigned int uid;
	unsigned int gid;
	int procs;             /* cgroup.procs of its cgroup; -1: it has none of its own */
	int closed;            /* bit by bit, which of the descriptors 0 to 2 were closed when this process was started */
};

/* Where to: a byte into `go` has it begin. `told` tells by a report how far it came, and ends when it has become the
 * command. `handle` is a pidfd. */
struct tracecap_child {
	int pid;
	int handle;
	int go;
	int told;
};

enum tracecap_step { TRACECAP_JOIN, TRACECAP_USER, TRACECAP_FIND, TRACECAP_EXECUTE };

struct tracecap_report {
	int step;
	int error; /* 0 where it waits for the go-ahead */
};

int tracecap_launch(const struct tracecap_launch *launch, struct tracecap_child *child);

/* How a child ended, as shells say it: 128 and the number of a signal; -1 while it runs. It stays what it is: its pid is not
 * given to another process. */
int tracecap_exit_code(int pid);

/* A byte into `orders` sends the signal of that number; its end has the cgroup removed once it is empty. `answers` gives a byte
 * if that may take a while, and ends when it is done. */
struct tracecap_attendant {
	int orders;
	int answers;
};

/* Begins it; cgroup.events of the folder is open. Without a cgroup the folder is empty, and events any descriptor. */
int tracecap_attend(int command, const char *folder, int events, struct tracecap_attendant *attendant);

/* A signal that came. */
struct tracecap_note {
	unsigned char signal;
	unsigned char of_terminal; /* then the command has it already */
};

/* Has these signals go to an attendant, and notes of them into a pipe that it opens, of which reads do not wait. */
int tracecap_relay(const unsigned char *signals, int count, int command, int orders, int *notes);

#endif
